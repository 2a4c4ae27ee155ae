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
    certificateExpiry: duration(60_000)
      .default('14d')
      .describe("How long before the end of the web certificate's time CalicoBGPCertificateExpires fires."),
  })
  .prefault({})
  .describe('Thresholds of the shipped alert rules, exported as calico_bgp_alert_threshold.');

/** Values by the label `threshold`; times in seconds. */
export function thresholdsOf(alerts: z.output<typeof alertsSchema>): Record<string, number> {
  const seconds = (text: string) => (parseDuration(text) ?? 0) / 1000;
  return {
    flaps: alerts.flaps,
    audit_age_seconds: seconds(alerts.auditAge),
    certificate_expiry_seconds: seconds(alerts.certificateExpiry),
  };
}
