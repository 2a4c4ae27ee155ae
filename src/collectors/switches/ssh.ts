// Reads a switch by SSH with its driver: types the driver's commands, parses the answers, and makes readings of them.
// Sessions and routes succeed or fail by themselves; of the routes each layer does. A command that failed makes its view
// partial, and a layer without any answer is an empty partial view: what it would have shown is unknown, neither missing
// nor to be read off another layer.
import type { Collected, Collector, CollectQuery, DeviceFacts } from '../../model/collector.ts';
import type { PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { failure, type Reading, type ReadingError, success } from '../../model/reading.ts';
import type { RouteLayer, RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';
import { type SshDevice, sshDevice } from '../../transport/ssh.ts';
import { SshError } from '../../transport/ssh-errors.ts';
import type { SshOptions } from '../../transport/ssh-options.ts';
import { joinedSessions } from './session-join.ts';
import { capabilitiesOf } from './ssh-capabilities.ts';
import { type Answer, commandRunner, isVrfName, type StreamedAnswer } from './ssh-runner.ts';
import { ViewBuilder } from './ssh-views.ts';

export { commandAllowed } from './ssh-runner.ts';

export interface SshCollectorOptions {
  readonly device: string;
  readonly driver: SwitchDriver;
  readonly connection: SshOptions;
  /** VRFs beside the default one; `all`: those in which it shows sessions. */
  readonly vrfs?: 'all' | readonly string[];
  /** Reads whole tables instead of asking for the prefixes in question, where the driver can. */
  readonly wholeTables?: boolean;
  /** Reads over this connection instead of one of its own. */
  readonly connected?: SshDevice;
  /** Secret of the driver's command for more rights; without it none is typed. */
  readonly enableSecret?: string;
  /** For one exec request or one command of a shell. */
  readonly commandTimeoutMs: number;
  /** For one exec request or one command of a shell. */
  readonly maxOutputBytes: number;
  readonly now: () => number;
}

/** A reading's error for whatever went wrong: a sentence that starts with the device's name. */
export function toReadingError(device: string, error: unknown): ReadingError {
  if (error instanceof SshError) return { kind: error.kind, message: `${device}: ${error.message}` };
  if (error instanceof ParseError) return { kind: 'parse', message: `${device}: ${error.message}` };
  return {
    kind: 'internal',
    message: `${device}: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** Most VRFs that are read because the device has them: each costs all commands again. */
const mostVrfs = 32;

/** Most bytes of one answer that is read while it comes: six full Internet tables as FRR's JSON. */
const mostStreamedBytes = 2_000_000_000;

type SessionRow = Omit<Session, 'device'>;

/** What the first release says whose commands are all understood. Throws what stood in the way where none is. */
function firstUnderstood(
  releases: readonly string[],
  rowsOf: (release: string) => SessionRow[],
): readonly SessionRow[] {
  const errors: unknown[] = [];
  for (const release of releases) {
    try {
      return rowsOf(release);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 0) return [];
  const said = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new ParseError(`commands of ${releases.join(' and ')}`, said.join('; '));
}

function localAsnOf(sessions: Reading<readonly Session[]>): Pick<DeviceFacts, 'localAsn'> {
  if (!sessions.ok) return {};
  const own = new Set(sessions.value.filter(({ vrf }) => vrf === 'default').map(({ localAsn }) => localAsn));
  const [localAsn] = own;
  return own.size === 1 && typeof localAsn === 'number' ? { localAsn } : {};
}

/** A collector that reads one switch by SSH. Connects on the first collection and keeps the connection. */
export function sshCollector(options: SshCollectorOptions): Collector {
  const { device, driver, commandTimeoutMs, maxOutputBytes, now } = options;
  const ssh = options.connected ?? sshDevice(options.connection);
  const { run, stream, hostname } = commandRunner(driver, ssh, options.enableSecret);

  /** Types the commands; each failure is in its own answer. */
  const ask = (planned: readonly PlannedCommand[], signal: AbortSignal): Promise<Answer[]> =>
    run(
      planned.map(({ command }) => command),
      { signal, timeoutMs: commandTimeoutMs, maxOutputBytes },
    );

  /** The same for answers that are read while they come; those behind one that found nobody are not asked for. */
  const streamAll = async (planned: readonly PlannedCommand[], signal: AbortSignal) => {
    const limits = { signal, timeoutMs: commandTimeoutMs, maxOutputBytes: mostStreamedBytes };
    const answers: StreamedAnswer[] = [];
    for (const { command } of planned) {
      const last = answers.at(-1);
      const gone = last && !last.ok && isUnreachable(last.error, signal);
      answers.push(gone ? { ...last, command } : await stream(command, limits));
    }
    return answers;
  };

  const readSessions = async (query: CollectQuery, signal: AbortSignal): Promise<readonly Session[]> => {
    const planned = driver.sessionCommands(query);
    const answers = await ask(planned, signal);
    const rowsOf = (release: string | undefined): SessionRow[] =>
      answers
        .filter((_, i) => planned[i]?.release === release)
        .flatMap((answer) => {
          if (!answer.ok) throw answer.error;
          return driver.parse(answer.command, answer.output).sessions;
        });
    const always = rowsOf(undefined);
    const releases = [...new Set(planned.flatMap(({ release }) => release ?? []))];
    const rows = [...always, ...firstUnderstood(releases, rowsOf)];
    return joinedSessions(rows.map((row) => [row])).map((row) => ({ device, ...row }));
  };

  /** Adds one answer to the view of its layer, or why there is none. */
  const place = (
    view: ViewBuilder,
    answer: Answer | StreamedAnswer,
    planned: PlannedCommand | undefined,
  ): unknown => {
    const { vrf = 'default' } = planned ?? {};
    const scope = planned?.scope && { ...planned.scope, asked: planned.command };
    try {
      if (!answer.ok) throw answer.error;
      // Where one answer holds all VRFs (RouterOS), a route of another is none of this one.
      const ownOf = <T extends { readonly vrf: string }>(routes: readonly T[]) => {
        const own = routes.filter((table) => table.vrf === vrf);
        return own.length > 0 ? own : routes;
      };
      if ('packed' in answer) view.addPacked(ownOf(answer.packed.routes), scope);
      else view.add(ownOf(driver.parse(answer.command, answer.output).routes), scope);
      return undefined;
    } catch (error) {
      view.fail(toReadingError(device, error).message, scope);
      return error;
    }
  };

  const readRoutes = async (query: CollectQuery, signal: AbortSignal): Promise<readonly RouteView[]> => {
    const planned = driver.routeCommands(query);
    const views = new Map<string, { layer: RouteLayer; vrf: string; view: ViewBuilder }>();
    let firstError: unknown;
    let unreachable: Extract<Answer, { ok: false }> | undefined;
    // One layer after the other: where bgpd does not answer, the routing table still may.
    for (const layer of new Set(planned.map((command) => command.layer ?? 'bgp'))) {
      const commands = planned.filter((command) => (command.layer ?? 'bgp') === layer);
      const before = unreachable;
      const answers = before
        ? commands.map(({ command }): Answer => ({ ...before, command }))
        : await (commands.some(({ streamed }) => streamed) ? streamAll : ask)(commands, signal);
      for (const [i, answer] of answers.entries()) {
        const { vrf = 'default' } = commands[i] ?? {};
        const entry = views.get(`${layer} ${vrf}`) ?? { layer, vrf, view: new ViewBuilder() };
        views.set(`${layer} ${vrf}`, entry);
        const error = place(entry.view, answer, commands[i]);
        firstError ??= error;
      }
      const last = answers.at(-1);
      if (last && !last.ok && isUnreachable(last.error, signal)) unreachable = last;
    }
    const gathered = [...views.values()];
    if (gathered.length > 0 && gathered.every(({ view }) => view.silent)) throw firstError;
    return gathered.map(({ layer, vrf, view }) => view.build(layer, vrf));
  };

  const failed = <T>(error: unknown): Reading<T> => {
    const { kind, message } = toReadingError(device, error);
    return failure(now(), kind, message);
  };

  /** The question with the VRFs of this device: those configured, or those in which it has shown sessions. */
  const withVrfs = (question: CollectQuery, sessions: readonly Session[]): CollectQuery => {
    const wholeTables = options.wholeTables && driver.stream !== undefined && driver.channel === 'exec';
    const query = wholeTables ? { ...question, wholeTables } : question;
    if (!driver.readsVrfs) return query;
    const shown = sessions.map(({ vrf }) => vrf).filter((vrf) => vrf !== 'default' && isVrfName(vrf));
    const vrfs = options.vrfs === 'all' ? [...new Set(shown)].slice(0, mostVrfs) : options.vrfs;
    return vrfs === undefined || vrfs.length === 0 ? query : { ...query, vrfs };
  };

  const collect = async (question: CollectQuery, signal: AbortSignal): Promise<Collected> => {
    let query = withVrfs(question, []);
    let sessions: Reading<readonly Session[]>;
    try {
      const value = await readSessions(query, signal);
      sessions = success(now(), value);
      query = withVrfs(question, value);
    } catch (error) {
      sessions = failed(error);
      // Nobody is there: a second try would only cost a second deadline, or a second failed login.
      if (isUnreachable(error, signal)) return { sessions, routes: failed(error) };
    }
    const name = hostname();
    let routes: Reading<readonly RouteView[]>;
    try {
      const value = await readRoutes(query, signal);
      routes = success(now(), value);
    } catch (error) {
      routes = failed(error);
    }
    const capabilities = capabilitiesOf(driver, query, sessions, routes);
    const facts: DeviceFacts = {
      driver: driver.name,
      ...localAsnOf(sessions),
      ...(name !== undefined && { hostname: name }),
      capabilities,
    };
    return { sessions, routes, facts };
  };

  return { device, source: 'ssh', collect, close: () => ssh.close() };
}

/** True when asking on makes no sense: no connection could be made, or the time is over. */
function isUnreachable(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof SshError && error.phase === 'connect');
}
