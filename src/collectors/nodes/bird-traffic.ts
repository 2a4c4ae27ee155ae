// What a protocol or channel of BIRD's says of its routes beside their number: the counters of "Route change stats", limits
// that were hit (bird: nest/proto.c channel_show_stats, channel_show_limit), and how long a silent peer's routes are still
// kept (proto/bgp/bgp.c "Restart timer"). None of it decides about a session, so what cannot be read is left out.
import { type ChangeKind, changeKinds, type RouteChanges, routeLimits } from '../../model/route-changes.ts';
import type { Session } from '../../model/session.ts';
import type { Details } from './bird-protocols.ts';

const rows: Readonly<Record<ChangeKind, string>> = {
  importUpdates: 'Import updates',
  importWithdraws: 'Import withdraws',
  exportUpdates: 'Export updates',
  exportWithdraws: 'Export withdraws',
};

const limitKeys = { receive: 'Receive limit', import: 'Import limit', export: 'Export limit' } as const;

// BIRD 3 has columns of its own in between; without its heading they cannot be told apart.
const cell = String.raw`(\d{1,15}|---)`;
const rowPattern = new RegExp(`^${Array.from({ length: 5 }, () => cell).join(String.raw`\s+`)}$`);

function numbersOf(text: string | undefined): readonly (number | null)[] | undefined {
  const cells = text === undefined ? null : rowPattern.exec(text);
  return cells?.slice(1).map((number) => (number === '---' ? null : Number(number)));
}

/** Counters and limits of a protocol (BIRD 1.6) or channel (BIRD 2). */
export function trafficOf(details: Details | undefined): Pick<Session, 'routeChanges' | 'limitsHit'> {
  if (!details) return {};
  const known = changeKinds.flatMap((kind) => {
    const numbers = numbersOf(details.get(rows[kind]));
    return numbers ? [[kind, numbers] as const] : [];
  });
  const limitsHit = routeLimits.filter((limit) => details.get(limitKeys[limit])?.includes('[HIT]'));
  return {
    ...(known.length > 0 ? { routeChanges: Object.fromEntries(known) as RouteChanges } : {}),
    ...(limitsHit.length > 0 ? { limitsHit } : {}),
  };
}

/** From `Restart timer: 119/-`: seconds left. */
export function restartOf(details: Details | undefined): Pick<Session, 'restartRemainingSeconds'> {
  const left = /^(\d{1,9}(?:\.\d+)?)\//.exec(details?.get('Restart timer') ?? '')?.[1];
  return left === undefined ? {} : { restartRemainingSeconds: Number(left) };
}
