// audit: reads the objects and every device once, audits once, prints what is wrong. For scripts: exit code 0 when
// nothing is, 1 when something is (a device that cannot be read included), 2 when there was nothing to judge by.
import { flagValue, type Invocation, type Io } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { auditOnce, nobodyAnswered } from './once.ts';
import { renderReport, reportJson } from './report.ts';
import { painter, widthOf } from './terminal.ts';

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { fabric } = await auditOnce(invocation, io);
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
