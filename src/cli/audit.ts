// audit: reads the objects and every device once, audits once, prints what is wrong. For scripts: exit code 0 when
// nothing is, 1 when something is (a device that cannot be read included), 2 when there was nothing to judge by.
import { createExporter } from '../exporter.ts';
import type { Fabric } from '../model/fabric.ts';
import { CannotRun, flagValue, type Invocation, type Io } from './command.ts';
import { requiredConfig } from './config-file.ts';
import { exitCodes } from './exit-codes.ts';
import { quietLog } from './log.ts';
import { renderReport, reportJson } from './report.ts';
import { painter, widthOf, withProgress } from './terminal.ts';

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new CannotRun('stopped before the audit was done')), {
      once: true,
    });
  });
}

/** True when not one device could be read, neither sessions nor routes. */
function nobodyAnswered({ devices }: Fabric): boolean {
  return devices.every(({ sessions, routes }) => !sessions.ok && !routes.ok);
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const config = await requiredConfig(invocation, io);
  const exporter = createExporter(config, { log: quietLog, now: io.now });
  const devices = config.nodes.length + config.switches.length;
  const fabric = await withProgress(io, `asking ${devices} devices`, () =>
    Promise.race([exporter.runOnce(), stopped(io.signal())]),
  ).finally(() => exporter.stop());
  if (!fabric.expected.ok) {
    throw new CannotRun(`what should be there is not known: ${fabric.expected.error.message}`);
  }
  const text =
    flagValue(invocation, 'output') === 'json'
      ? `${JSON.stringify(reportJson(fabric), null, 2)}\n`
      : renderReport(fabric, { paint: painter(io.stdout, io.env), width: widthOf(io.stdout) });
  io.stdout.write(text);
  if (nobodyAnswered(fabric)) {
    io.stderr.write('not one device answered: nothing could be audited\n');
    return exitCodes.couldNotRun;
  }
  return fabric.audit.findings.length > 0 ? exitCodes.findings : exitCodes.clean;
}
