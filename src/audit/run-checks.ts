// Runs every check and puts together what they say: drafts by list, exact counts, what is to be read again.
import type { CheckId } from '../model/finding.ts';
import type { Check, CheckOutcome, Draft, RouteAudit } from './check.ts';
import { checks } from './checks.ts';
import type { Context } from './context.ts';
import { keyOf } from './finding-order.ts';
import { Listing, listingOf } from './listing.ts';

/** Outcomes of an audit by check. */
export type Outcomes = ReadonlyMap<CheckId, CheckOutcome>;

const listNames = ['findings', 'pending', 'unknown'] as const;
export type ListName = (typeof listNames)[number];

export interface Said {
  readonly outcomes: Outcomes;
  readonly drafts: readonly (readonly [CheckId, ListName, readonly Draft[]])[];
  /** Findings by check and device, listed or not. */
  readonly counts: ReadonlyMap<string, number>;
  /** Check and device of lists that were cut: what is not on them any more may still be so. */
  readonly cut: ReadonlySet<string>;
  /** Missing routes that are not listed, by device. */
  readonly unlisted: ReadonlyMap<string, number>;
  /** Devices to be read again, with the time. */
  readonly again: Map<string, number>;
  /** Since when other words are due for what stands. */
  readonly revised: ReadonlyMap<string, number>;
}

/** Checks that look at nothing but sessions: they say the same where only prefixes have changed. */
const ofSessions: ReadonlySet<CheckId> = new Set(['session-down', 'session-missing', 'session-unexpected']);

/** Adds devices that are to be read again, each at the first time that is asked for. */
export function askAgain(all: Map<string, number>, more: CheckOutcome['again'] = []): void {
  for (const [device, from] of more) all.set(device, Math.min(from, all.get(device) ?? from));
}

function keepRevised(
  all: Map<string, number>,
  context: Context,
  check: CheckId,
  outcome: CheckOutcome,
): void {
  for (const id of outcome.revised ?? [])
    all.set(keyOf({ check, ...id }), context.revisedSince(check, id) ?? context.input.now);
}

/** Counts findings by check and device. A session that neither end has is one finding, and each end lacks one session. */
function count(counts: Map<string, number>, check: CheckId, drafts: readonly Draft[] | Listing): void {
  if (drafts instanceof Listing) {
    for (const [device, number] of drafts.counts) counts.set(`${check} ${device}`, number);
    return;
  }
  for (const { device, ends } of drafts) {
    const lacking = ends?.flatMap((end) => (end.state === 'absent' ? [end.device] : []));
    for (const at of check === 'session-missing' && lacking ? lacking : [device])
      counts.set(`${check} ${at}`, (counts.get(`${check} ${at}`) ?? 0) + 1);
  }
}

/** `before`: outcomes of the audit before, where only prefixes have changed since. */
export function runChecks(context: Context, routes: RouteAudit, before: Outcomes | undefined): Said {
  const outcomes = new Map<CheckId, CheckOutcome>();
  const drafts: [CheckId, ListName, readonly Draft[]][] = [];
  const counts = new Map<string, number>();
  const cut = new Set<string>();
  const unlisted = new Map<string, number>();
  const again = new Map<string, number>();
  const revised = new Map<string, number>();
  for (const [id, check] of Object.entries(checks) as [CheckId, Check][]) {
    const outcome = (ofSessions.has(id) && before?.get(id)) || check(context, routes);
    outcomes.set(id, outcome);
    count(counts, id, outcome.findings);
    askAgain(again, outcome.again);
    keepRevised(revised, context, id, outcome);
    for (const [device, number] of outcome.unlisted ?? []) unlisted.set(device, number);
    for (const list of listNames) {
      const listing = listingOf(outcome[list] ?? []);
      drafts.push([id, list, listing.bounded()]);
      for (const device of listing.counts.keys()) {
        if (listing.left(device) > 0) cut.add(`${id} ${device}`);
      }
    }
  }
  return { outcomes, drafts, counts, cut, unlisted, again, revised };
}
