// The table of checks, in the order in which findings of the same severity are listed. A new check is one file, one line
// here and one name in model/finding.ts.
import type { CheckId } from '../model/finding.ts';
import type { Check } from './check.ts';
import { deviceUnreachable } from './device-unreachable.ts';
import { objectInvalid } from './object-invalid.ts';
import { routeMissing } from './route-missing.ts';
import { routeUnexpected } from './route-unexpected.ts';
import { sessionDown } from './session-down.ts';
import { sessionMissing } from './session-missing.ts';
import { sessionUnexpected } from './session-unexpected.ts';

export const checks: Readonly<Record<CheckId, Check>> = {
  'device-unreachable': deviceUnreachable,
  'route-missing': routeMissing,
  'session-down': sessionDown,
  'session-missing': sessionMissing,
  'route-unexpected': routeUnexpected,
  'session-unexpected': sessionUnexpected,
  'object-invalid': objectInvalid,
};
