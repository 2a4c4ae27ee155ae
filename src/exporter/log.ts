// Logs a device once when it stops answering and once when it answers again: log volume grows with changes, not with time.
import type { Collected, Collector } from '../model/collector.ts';
import type { AuditResult } from '../model/finding.ts';

/** What the exporter logs with; pino's shape. Static messages, data in the object. */
export interface Log {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/** `healthy` remembers what was logged last, by device and source. */
export function logChange(
  log: Log,
  healthy: Map<string, boolean>,
  { device, source }: Collector,
  { sessions, routes, facts = {} }: Collected,
): void {
  const key = `${device} ${source}`;
  const { driver, detectedBy } = facts;
  if (detectedBy !== undefined && !healthy.has(`${key} driver`)) {
    log.info({ device, driver, detectedBy }, 'driver found');
    healthy.set(`${key} driver`, true);
  }
  const ok = sessions.ok && routes.ok;
  if (healthy.get(key) === ok) return;
  // The first good reading is the normal case and needs no line.
  if (ok && healthy.has(key)) log.info({ device, source }, 'device answers again');
  if (!sessions.ok) log.warn({ device, source, reason: sessions.error.message }, 'sessions cannot be read');
  if (!routes.ok) log.warn({ device, source, reason: routes.error.message }, 'routes cannot be read');
  healthy.set(key, ok);
}

/** Most lines about findings that ended with one audit; the rest is counted. */
const mostResolvedLines = 20;

/** Says which findings have ended with this audit, and how long each lasted. */
export function logResolved(log: Log, { at, resolved = [] }: AuditResult): void {
  const ended = resolved.filter(({ until }) => until === at);
  for (const { finding, durationSeconds } of ended.slice(0, mostResolvedLines)) {
    const { check, device, subject, cause } = finding;
    log.info({ check, device, subject, cause, durationSeconds }, 'finding resolved');
  }
  if (ended.length > mostResolvedLines)
    log.info({ findings: ended.length - mostResolvedLines }, 'more findings resolved');
}
