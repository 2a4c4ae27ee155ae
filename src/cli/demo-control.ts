// demo faults, demo inject, demo heal: talk to a running demo over its HTTP endpoints (web/server.ts, /demo/faults).
import { hint } from '../model/suggest.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { columns } from './table.ts';

const actions = ['faults', 'inject', 'heal'];
/** Where a demo serves unless told otherwise. */
export const usualUrl = 'http://127.0.0.1:10179';
const patience = 5000;

interface Fault {
  readonly name: string;
  readonly title: string;
  readonly active: boolean;
}

async function ask(
  url: string,
  path: string,
  calledAs: string,
  action?: 'inject' | 'heal',
): Promise<readonly Fault[]> {
  let response: Response;
  let body: { data?: { faults?: readonly Fault[] }; error?: { message?: string } };
  const target = URL.canParse(path, url) ? new URL(path, url) : undefined;
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new UsageError(`--url must be a web address such as ${usualUrl}, not "${url}"`);
  }
  try {
    response = await fetch(target, {
      signal: AbortSignal.timeout(patience),
      ...(action && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      }),
    });
    body = response.headers.get('content-type')?.includes('json')
      ? ((await response.json()) as typeof body)
      : {};
  } catch {
    throw new CannotRun(`no demo answers at ${url}; start one with "${calledAs} demo", or say --url`);
  }
  if (body.data?.faults) return body.data.faults;
  if (response.status === 404 && !body.error) throw new CannotRun(`what answers at ${url} is not a demo`);
  throw new CannotRun(`${url} answers: ${body.error?.message ?? `HTTP ${response.status}`}`);
}

/** Runs one of the three; names are checked against the running demo's own list. */
export async function controlDemo(
  action: string,
  rest: readonly string[],
  invocation: Invocation,
  io: Io,
): Promise<number> {
  if (!actions.includes(action)) {
    throw new UsageError(
      `demo can do: faults, inject FAULT, heal [FAULT]; what is "${action}"${hint(action, actions) || '?'}`,
    );
  }
  const [name] = rest;
  if (action === 'inject' && name === undefined)
    throw new UsageError('which fault? "demo faults" lists them');
  if (action === 'faults' && name !== undefined)
    throw new UsageError(`"demo faults" takes no name; what is "${name}"?`);
  const url = flagValue(invocation, 'url') ?? usualUrl;
  const known = await ask(url, '/demo/faults', io.calledAs);
  let now = known;
  if (action === 'inject' || action === 'heal') {
    const all = action === 'heal' && (name === undefined || name === 'all');
    if (!all && !known.some((fault) => fault.name === name)) {
      const names = known.map((fault) => fault.name);
      throw new CannotRun(`there is no fault "${name}"${hint(name ?? '', names, 'there are')}`);
    }
    now = await ask(
      url,
      all ? '/demo/faults' : `/demo/faults/${encodeURIComponent(name ?? '')}`,
      io.calledAs,
      action,
    );
  }
  const rows = now.map((fault) => [fault.active ? 'ACTIVE' : '-', fault.name, fault.title]);
  io.stdout.write(`${columns([['STATE', 'FAULT', 'WHAT IS WRONG THEN'], ...rows]).join('\n')}\n`);
  return exitCodes.clean;
}
