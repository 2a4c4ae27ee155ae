// audit: reads the objects and every device once, audits once, prints what is wrong. For scripts: exit code 0 when
// nothing is, 1 when something is (a device that cannot be read included), 2 when there was nothing to judge by.
import type { Fabric } from '../model/fabric.ts';
import { flagValue, type Invocation, type Io } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { junitReport } from './junit.ts';
import { auditMarkdown } from './markdown.ts';
import { auditOnce, nobodyAnswered } from './once.ts';
import { renderReport, reportJson } from './report.ts';
import { painter, widthOf } from './terminal.ts';

function printed(fabric: Fabric, invocation: Invocation, io: Io): string {
  switch (flagValue(invocation, 'output')) {
    case 'json':
      return `${JSON.stringify(reportJson(fabric), null, 2)}\n`;
    case 'markdown':
      return auditMarkdown(fabric);
    case 'junit':
      return junitReport(fabric);
    default:
      return renderReport(fabric, { paint: painter(invocation, io), width: widthOf(io.stdout) });
  }
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { fabric } = await auditOnce(invocation, io);
  io.stdout.write(printed(fabric, invocation, io));
  if (nobodyAnswered(fabric)) {
    io.stderr.write('not one device answered: nothing could be audited\n');
    return exitCodes.couldNotRun;
  }
  return fabric.audit.findings.length > 0 ? exitCodes.findings : exitCodes.clean;
}
