// One collection and one audit, for the commands that print and end: audit and explain.
import { createExporter, type Progress } from '../exporter.ts';
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

/** `asked 37 of 50 devices, waiting for leaf07, leaf09 and 11 more`. */
function inWords({ done, waiting }: Progress): string {
  const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : '';
  const whom = waiting.length === 0 ? '' : `, waiting for ${waiting.slice(0, 3).join(', ')}${more}`;
  return `asked ${done} of ${done + waiting.length} devices${whom}`;
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
  const fabric = await withProgress(io, 'reading the objects', (show) =>
    Promise.race([exporter.runOnce((progress) => show(inWords(progress))), stopped(io.signal())]),
  ).finally(() => exporter.stop());
  if (!fabric.expected.ok) {
    throw new CannotRun(`what should be there is not known: ${fabric.expected.error.message}`);
  }
  return { fabric, maxAgeMs: exporter.maxAgeMs };
}
