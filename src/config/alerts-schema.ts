// Thresholds of the shipped alert rules. They are exported as calico_bgp_alert_threshold and read by the rules, so that nobody has to
// edit those.
import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { duration, whole } from './values.ts';

export const alertsSchema = z
  .strictObject({
    flaps: whole(1, 1000)
      .default(3)
      .describe('Times a session may go down within 15 minutes before CalicoBGPSessionFlapping fires.'),
    auditAge: duration(15_000)
      .default('5m')
      .describe('Age of the last audit above which CalicoBGPAuditStale fires.'),
  })
  .prefault({})
  .describe('Thresholds of the shipped alert rules, exported as calico_bgp_alert_threshold.');

/** Values by the label `threshold`; times in seconds. */
export function thresholdsOf({ flaps, auditAge }: z.output<typeof alertsSchema>): Record<string, number> {
  return { flaps, audit_age_seconds: (parseDuration(auditAge) ?? 0) / 1000 };
}
