// The table of checks. A check is one file: it looks at the context and says findings; what it cannot judge it says too,
// as unknown. A new check is a file, a line here, a name in model/finding.ts and a page in docs/findings/.
import type { CheckId, Finding } from '../model/finding.ts';
import type { Context } from './context.ts';
import { deviceUnreachable } from './device-unreachable.ts';
import { objectInvalid } from './object-invalid.ts';
import { type RouteAudit, routeMissing } from './route-missing.ts';
import { routeUnexpected } from './route-unexpected.ts';
import { sessionDown } from './session-down.ts';
import { sessionMissing } from './session-missing.ts';
import { sessionUnexpected } from './session-unexpected.ts';

/** A finding before it has a history: `since` is added by the audit. */
export type Draft = Omit<Finding, 'check' | 'since'>;

export interface CheckOutcome {
  readonly findings: readonly Draft[];
  /** What could not be judged and why. */
  readonly unknown?: readonly Draft[];
}

export type Check = (context: Context, routes: RouteAudit) => CheckOutcome;

export const checks: Readonly<Record<CheckId, Check>> = {
  'device-unreachable': deviceUnreachable,
  'route-missing': routeMissing,
  'session-down': sessionDown,
  'session-missing': sessionMissing,
  'route-unexpected': routeUnexpected,
  'session-unexpected': sessionUnexpected,
  'object-invalid': objectInvalid,
};
