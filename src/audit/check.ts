// What a check is: it looks at the context and says findings; what it cannot judge it says too, as unknown.
import type { Finding } from '../model/finding.ts';
import type { Grounded } from './confirm.ts';
import type { Context, FindingId } from './context.ts';
import type { JudgedDevice } from './judged.ts';
import type { Listing } from './listing.ts';
import type { Cause } from './origin.ts';

/** A finding before it has a history: `since` is added by the audit. */
export type Draft = Omit<Finding, 'check' | 'since' | 'incident' | 'times'> & {
  /** The cause with its place: what puts consequences together with their root. */
  readonly root?: Cause;
  /** What it was concluded from, where no root says so. */
  readonly grounds?: Grounded;
  /** What became of it in the latest audit that said it; not that of a draft that it was copied from. */
  told?: Told;
};

/** A draft that was dated. */
export interface Told {
  readonly draft: Draft;
  readonly finding: Finding;
  /** The token of that audit. */
  by: object;
}

export interface CheckOutcome {
  readonly findings: readonly Draft[] | Listing;
  /** What may be no fault: a grace time runs. */
  readonly pending?: readonly Draft[] | Listing;
  /** Missing routes that were not looked into and are not listed, by device. */
  readonly unlisted?: ReadonlyMap<string, number>;
  /** What could not be judged and why. */
  readonly unknown?: readonly Draft[];
  /** Findings that are said as before although other words are due, which wait. */
  readonly revised?: readonly FindingId[];
  /** Devices to be read again soon, and not before when (ms since the epoch): what waits rests on readings of different moments. */
  readonly again?: Iterable<readonly [string, number]>;
}

/** Verdicts by device name, of all that should carry prefixes; made once per audit. */
export type RouteAudit = ReadonlyMap<string, JudgedDevice>;

export type Check = (context: Context, routes: RouteAudit) => CheckOutcome;
