// Options of the discovery section: switches that are not listed but named by the cluster's BGPPeer objects.
import * as z from 'zod';
import { ssh } from './ssh-schema.ts';
import { duration, list, prefix, whole } from './values.ts';

/** The section, with the snmp section's schema put in (it stands in schema.ts). */
export function discoverySchema<S extends z.ZodType>(snmp: S) {
  return z.strictObject({
    within: list(prefix, 'prefix')
      .optional()
      .describe(
        'Only addresses inside these ranges are asked; without it every peerIP that is no node of the cluster. Whoever may write BGPPeers names the hosts that are offered the credentials below.',
      ),
    most: whole(1, 1000)
      .default(64)
      .describe('Most switches that are discovered; the rest is left out with a warning.'),
    prefer: z
      .enum(['ssh', 'snmp'])
      .default('ssh')
      .describe('Which source counts when both are given; the other one counts while this one fails.'),
    snmp: snmp
      .optional()
      .describe('How to ask them by SNMP. `snmp: {}` takes everything from defaults.snmp.'),
    ssh: ssh
      .optional()
      .describe(
        'How to ask them by SSH. `ssh: {}` takes everything from defaults.ssh; a driver that nobody names is `auto`.',
      ),
    interval: duration(1000)
      .optional()
      .describe('Time between two readings; without it collection.interval.'),
    timeout: duration(100).optional().describe('Most time for one reading; without it collection.timeout.'),
  });
}
