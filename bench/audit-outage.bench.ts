// The audit of the big cluster in an outage: of its prefixes one in ten, and then every one, is missing at every switch. What the
// event loop stands still for, and what the process takes, must stay bounded.
import { audit } from '../src/audit/audit.ts';
import { clusterFabric } from './audit/racks.ts';
import { big } from './cluster.ts';
import { type Measured, memory, print } from './measure.ts';

const measured: Measured[] = [];
for (const [what, thousandth] of [
  ['one prefix in ten', 100],
  ['every prefix', 1000],
] as const) {
  const input = clusterFabric({ ...big, switches: 200 }, 4, thousandth);
  const timedAudit = (name: string, now: number, before?: ReturnType<typeof audit>) => {
    const began = performance.now();
    const result = audit({ ...input, now, maxAgeMs: () => 3_600_000 }, before);
    measured.push({
      what: `${what} missing: ${name}`,
      value: Math.round(performance.now() - began),
      unit: 'ms',
    });
    return result;
  };
  const first = timedAudit('the first audit', input.now);
  const second = timedAudit('the audit that tells it', input.now + 60_000, first);
  const { findings, summary } = timedAudit('an audit while it lasts', input.now + 120_000, second);
  measured.push(
    { what: `${what} missing: routes counted`, value: summary.missing, unit: '' },
    { what: `${what} missing: findings listed`, value: findings.length, unit: '' },
  );
}
print([...measured, ...memory()]);
