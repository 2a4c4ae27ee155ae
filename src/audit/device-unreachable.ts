// A device that could not be read: said as a finding of its own, so that its routes can be `unknown` instead of missing.
// A device that has not been asked yet is unknown without being a fault.
import type { Reading } from '../model/reading.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';

function describe(parts: readonly (readonly [string, Reading<unknown>])[]): string {
  const failed = parts.flatMap(([name, reading]) =>
    reading.ok ? [] : [{ name, message: reading.error.message }],
  );
  const [first] = failed;
  if (!first) return '';
  // One cause usually fails both readings: say it once.
  if (failed.every(({ message }) => message === first.message)) return first.message;
  return failed.map(({ name, message }) => `${name}: ${message}`).join('; ');
}

function draft({ device, sessions, routes }: DeviceSnapshot): Draft {
  const both = !sessions.ok && !routes.ok;
  const what = both ? 'cannot be read' : `cannot be read in part (${sessions.ok ? 'routes' : 'sessions'})`;
  const reason = describe([
    ['sessions', sessions],
    ['routes', routes],
  ]);
  return {
    severity: 'warning',
    device: device.name,
    subject: device.name,
    verdict: 'unknown',
    detail: `${device.name} ${what}, so its state is unknown, not faulty: ${reason}`,
  };
}

export const deviceUnreachable: Check = (context) => {
  const findings: Draft[] = [];
  const unknown: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const failed = [snapshot.sessions, snapshot.routes].filter((reading) => !reading.ok);
    if (failed.length === 0) continue;
    const pending = failed.every((reading) => !reading.ok && reading.error.kind === 'pending');
    (pending ? unknown : findings).push(draft(snapshot));
  }
  return { findings, unknown };
};
