// One collection and one audit, for the commands that print and end: audit and explain.
import { createExporter } from '../exporter.ts';
import type { Fabric } from '../model/fabric.ts';
import { CannotRun, type Invocation, type Io } from './command.ts';
import { requiredConfig } from './config-file.ts';
import { quietLog } from './log.ts';
import { withProgress } from './terminal.ts';

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new CannotRun('stopped before the audit was done')), {
      once: true,
    });
  });
}

/** True when not one device could be read, neither sessions nor routes. */
export function nobodyAnswered({ devices }: Fabric): boolean {
  return devices.every(({ sessions, routes }) => !sessions.ok && !routes.ok);
}

export interface AuditedOnce {
  readonly fabric: Fabric;
  /** Oldest reading of a device, in milliseconds, by which it is judged. */
  readonly maxAgeMs: (device: string) => number;
}

/** Reads everything that --config names, once. Throws CannotRun where the objects cannot be read. */
export async function auditOnce(invocation: Invocation, io: Io): Promise<AuditedOnce> {
  const config = await requiredConfig(invocation, io);
  const exporter = createExporter(config, { log: quietLog, now: io.now });
  const devices = config.nodes.length + config.switches.length;
  const fabric = await withProgress(io, `asking ${devices} devices`, () =>
    Promise.race([exporter.runOnce(), stopped(io.signal())]),
  ).finally(() => exporter.stop());
  if (!fabric.expected.ok) {
    throw new CannotRun(`what should be there is not known: ${fabric.expected.error.message}`);
  }
  return { fabric, maxAgeMs: exporter.maxAgeMs };
}
