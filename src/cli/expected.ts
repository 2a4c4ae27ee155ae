// expected: which sessions and prefixes must be there, computed from objects alone, with the object that is the reason.
// No device is asked. JSON as designed: {sessions, prefixes, problems}, prefixes as text.
import { DatastoreError, loadFiles } from '../datastores/files.ts';
import { computeExpected } from '../expected/compute.ts';
import type { ExpectedState, ObjectProblem } from '../model/expectation.ts';
import { formatPrefix } from '../model/prefix.ts';
import { CannotRun, flagValue, flagValues, type Invocation, type Io, UsageError } from './command.ts';
import { readConfig } from './config-file.ts';
import { exitCodes } from './exit-codes.ts';
import { columns } from './table.ts';
import { widthOf } from './terminal.ts';

interface Shown extends Pick<ExpectedState, 'sessions' | 'prefixes'> {
  readonly problems: readonly ObjectProblem[];
}

async function compute(invocation: Invocation, io: Io): Promise<ExpectedState> {
  const files = [...flagValues(invocation, 'datastore'), ...invocation.rest];
  const path = flagValue(invocation, 'config');
  if (files.length > 0 && path) throw new UsageError('--datastore and --config both name objects; keep one');
  if (files.length === 0 && !path)
    throw new UsageError('which objects? Add --datastore FILE or --config FILE');
  const config = path ? await readConfig(path, io) : undefined;
  try {
    const { objects, problems } = await loadFiles(config?.datastore.files ?? files);
    const expected = computeExpected(objects, config?.expected ?? {});
    return { ...expected, problems: [...problems, ...expected.problems] };
  } catch (error) {
    if (error instanceof DatastoreError) throw new CannotRun(error.message);
    throw error;
  }
}

function ofNode(expected: ExpectedState, node: string | undefined): Shown {
  if (node === undefined) return expected;
  if (!expected.nodes.some(({ name }) => name === node)) {
    const names = expected.nodes.map(({ name }) => name);
    throw new CannotRun(
      `there is no node ${node} among the objects; nodes are ${names.slice(0, 20).join(', ') || 'none at all'}`,
    );
  }
  return {
    sessions: expected.sessions.filter((session) => session.node === node),
    prefixes: expected.prefixes.filter(({ origins }) => origins.includes(node)),
    problems: expected.problems,
  };
}

function json({ sessions, prefixes, problems }: Shown): string {
  const plain = prefixes.map(({ prefix, ...rest }) => ({ prefix: formatPrefix(prefix), ...rest }));
  return `${JSON.stringify({ sessions, prefixes: plain, problems }, null, 2)}\n`;
}

function flags({ passive, rrClient, nextHopKeep }: ExpectedState['sessions'][number]): string {
  const words = [passive && 'passive', rrClient && 'rr-client', nextHopKeep && 'next-hop-keep'];
  return words.filter(Boolean).join(' ') || '-';
}

function table({ sessions, prefixes, problems }: Shown, width: number | undefined): string {
  const sessionRows = sessions.map((session) => {
    const { node, name, peerAddress, port, peerAsn, localAsn, kind, because } = session;
    const address = port === undefined ? peerAddress : `${peerAddress} port ${port}`;
    return [node, String(localAsn), address, String(peerAsn), kind, name, flags(session), because];
  });
  const prefixRows = prefixes.map(({ prefix, kind, origins, because }) => [
    formatPrefix(prefix),
    kind,
    origins.join(' '),
    because,
  ]);
  const problemRows = problems.map(({ severity, object, field, message }) => [
    severity,
    field ? `${object}, ${field}` : object,
    message,
  ]);
  const part = (title: string, head: string[], rows: string[][]) =>
    rows.length === 0
      ? [`${title}: none`, '']
      : [`${title}: ${rows.length}`, ...columns([head, ...rows], width), ''];
  return [
    ...part(
      'Sessions',
      ['NODE', 'AS', 'PEER', 'PEER AS', 'KIND', 'NAME IN BIRD', 'FLAGS', 'BECAUSE'],
      sessionRows,
    ),
    ...part('Prefixes', ['PREFIX', 'KIND', 'FROM', 'BECAUSE'], prefixRows),
    ...(problems.length > 0 ? part('Problems', ['SEVERITY', 'OBJECT', 'WHAT'], problemRows) : []),
  ].join('\n');
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const shown = ofNode(await compute(invocation, io), flagValue(invocation, 'node'));
  const asJson = flagValue(invocation, 'output') === 'json';
  io.stdout.write(asJson ? json(shown) : table(shown, widthOf(io.stdout)));
  return exitCodes.clean;
}
