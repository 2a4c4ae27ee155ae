// The table of checks, in the order in which findings of the same severity are listed. A new check is one file, one line
// here and one name in model/finding.ts.
import type { CheckId } from '../model/finding.ts';
import type { Check } from './check.ts';
import { deviceUnreachable } from './device-unreachable.ts';
import { objectInvalid } from './object-invalid.ts';
import { routeMissing } from './route-missing.ts';
import { routeNextHop } from './route-next-hop.ts';
import { routeUnannounced } from './route-unannounced.ts';
import { routeUnexpected } from './route-unexpected.ts';
import { routeWithheld } from './route-withheld.ts';
import { sessionDown } from './session-down.ts';
import { sessionMissing } from './session-missing.ts';
import { sessionUnexpected } from './session-unexpected.ts';

export const checks: Readonly<Record<CheckId, Check>> = {
  'device-unreachable': deviceUnreachable,
  'route-missing': routeMissing,
  'route-next-hop': routeNextHop,
  'session-down': sessionDown,
  'session-missing': sessionMissing,
  'route-unexpected': routeUnexpected,
  'session-unexpected': sessionUnexpected,
  'route-withheld': routeWithheld,
  'route-unannounced': routeUnannounced,
  'object-invalid': objectInvalid,
};
