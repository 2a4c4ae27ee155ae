// explain: reads the objects and every device once, audits once, and shows the whole way of one prefix, address, node or
// switch with its evidence. Exit code 0 when nothing is wrong with it, 1 when something is, 2 when nothing is known by that
// name or nothing could be read.
import { explain } from '../audit/explain/explain.ts';
import type { Explanation } from '../model/explanation.ts';
import { explanationJson } from '../model/explanation-json.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { renderExplanation } from './explain-report.ts';
import { explanationMarkdown } from './markdown.ts';
import { auditOnce, nobodyAnswered } from './once.ts';
import { painter, widthOf } from './terminal.ts';

function printed(explanation: Explanation, invocation: Invocation, io: Io): string {
  switch (flagValue(invocation, 'output')) {
    case 'json':
      return `${JSON.stringify(explanationJson(explanation), null, 2)}\n`;
    case 'markdown':
      return explanationMarkdown(explanation);
    default:
      return renderExplanation(explanation, { paint: painter(invocation, io), width: widthOf(io.stdout) });
  }
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const [target] = invocation.rest;
  if (!target) throw new UsageError('explain what? Name a prefix, an address, a node or a switch');
  const { fabric, maxAgeMs } = await auditOnce(invocation, io);
  const device = flagValue(invocation, 'device');
  const explained = explain({ fabric, maxAgeMs, target, ...(device === undefined ? {} : { device }) });
  if (!explained.ok) throw new CannotRun(explained.message);
  const { explanation } = explained;
  io.stdout.write(printed(explanation, invocation, io));
  if (nobodyAnswered(fabric)) {
    io.stderr.write('not one device answered: nothing could be looked at\n');
    return exitCodes.couldNotRun;
  }
  // What is within a grace time is shown and is no finding yet, as with `audit`.
  const firing = explanation.findings.some(({ until }) => until === undefined);
  return explanation.tone === 'bad' || firing ? exitCodes.findings : exitCodes.clean;
}
