// A device that could not be read, or not lately: said as a finding of its own, so that its routes can be `unknown` instead
// of missing. A device that has not been asked yet is unknown without being a fault; nodes of the cluster that nobody
// looks at are named, too.
import type { CauseId } from '../model/cause.ts';
import type { ReadingErrorKind } from '../model/reading.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context, Known } from './context.ts';

interface Failed {
  readonly part: string;
  readonly reason: string;
  /** How the reading failed; absent where it is only too old. */
  readonly kind?: ReadingErrorKind;
  /** The last good value is still young enough to be judged by. */
  readonly known: boolean;
}

/** Why each part cannot be judged or, though the last good value still counts, could not be read just now. */
function reasons(context: Context, snapshot: DeviceSnapshot): Failed[] {
  const parts = [
    { part: 'sessions', reading: snapshot.sessions, known: context.sessions(snapshot) as Known<unknown> },
    { part: 'routes', reading: snapshot.routes, known: context.routes(snapshot) as Known<unknown> },
  ];
  return parts.flatMap(({ part, reading, known }): Failed[] => {
    if (!reading.ok)
      return [{ part, reason: reading.error.message, kind: reading.error.kind, known: known.known }];
    return known.known ? [] : [{ part, reason: known.reason, known: false }];
  });
}

/** No socket, or nobody behind it: BIRD does not run. Anything else tells nothing of what the device does. */
function causeOf(
  context: Context,
  { device, facts, routes }: DeviceSnapshot,
  failed: readonly Failed[],
): CauseId {
  const node = context.nodes.get(device.name);
  if (device.role === 'node' && node?.lifecycle?.ready === false) return 'node-not-ready';
  const gone =
    failed.some(({ kind }) => kind === 'refused' || kind === 'not-found') ||
    // Facts outlive a reading that failed: they count only beside the other family's routes, which came with them.
    (routes.ok && (facts.familiesDown ?? []).length > 0);
  return device.role === 'node' && gone ? 'bird-down' : 'unknown-device-unreachable';
}

function draft(context: Context, snapshot: DeviceSnapshot, failed: readonly Failed[]): Draft {
  const { name } = snapshot.device;
  const what = failed.length > 1 ? 'cannot be read' : `cannot be read in part (${failed[0]?.part})`;
  const same = failed.every(({ reason }) => reason === failed[0]?.reason);
  // One cause usually fails both readings: say it once.
  const reason = same ? failed[0]?.reason : failed.map((each) => `${each.part}: ${each.reason}`).join('; ');
  return {
    severity: 'warning',
    device: name,
    subject: name,
    verdict: 'unknown',
    cause: causeOf(context, snapshot, failed),
    detail: `${name} ${what}, so its state is unknown, not faulty: ${reason}`,
  };
}

/** Most names in one sentence. */
const mostNames = 10;

function unwatched(context: Context): Draft[] {
  const watched = [...context.devices.values()].filter(({ device }) => device.role === 'node');
  if (watched.length === 0) return [];
  const elsewhere = new Set(context.input.elsewhere?.map(({ name }) => name));
  const names = (context.expected?.nodes ?? [])
    .map(({ name }) => name)
    .filter((name) => !context.devices.has(name) && !elsewhere.has(name));
  if (names.length === 0) return [];
  const shown = names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ', …' : '');
  return [
    {
      severity: 'info',
      device: '',
      subject: 'nodes',
      verdict: 'unknown',
      detail: `${names.length} node(s) of the objects are not configured here, so nobody looks at their BIRD: ${shown}`,
    },
  ];
}

/** A node that is read but is no Node of the cluster: removed, or not yet there. Then nothing can be expected of it. */
function hasLeft({ nodes, input }: Context, { device }: DeviceSnapshot): boolean {
  const { name, role } = device;
  return role === 'node' && input.expected.ok && !nodes.has(name);
}

function left(name: string): Draft {
  return {
    severity: 'info',
    device: name,
    subject: name,
    verdict: 'unknown',
    detail: `${name} cannot be read, and is no Node of the cluster (any more) either: take it out of the configuration`,
  };
}

/**
 * A switch that answers, but not for one part, of which the last value still counts: an SNMP agent whose BGP objects come
 * back a few seconds after itself, a daemon that was restarted. It has until that value is too old.
 */
function mayComeBack({ device }: DeviceSnapshot, failed: readonly Failed[]): boolean {
  return device.role === 'switch' && failed.length === 1 && failed.every(({ known }) => known);
}

export const deviceUnreachable: Check = (context) => {
  const findings: Draft[] = [];
  const pending: Draft[] = [];
  const unknown: Draft[] = unwatched(context);
  for (const snapshot of context.devices.values()) {
    const failed = reasons(context, snapshot);
    if (failed.length === 0) continue;
    if (hasLeft(context, snapshot)) {
      unknown.push(left(snapshot.device.name));
      continue;
    }
    const untried = [snapshot.sessions, snapshot.routes].every(
      (part) => !part.ok && part.error.kind === 'pending',
    );
    const list = untried ? unknown : mayComeBack(snapshot, failed) ? pending : findings;
    list.push(draft(context, snapshot, failed));
  }
  return { findings, pending, unknown };
};
