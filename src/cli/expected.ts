// expected: which sessions and prefixes must be there, computed from objects alone, with the object that is the reason; of
// one node also what it announces to whom; with --diff what a change of objects would do. No device is asked.
import { announcements } from '../expected/announcements.ts';
import { diffExpected, isSame, type Side } from '../expected/diff.ts';
import type { ExpectedState } from '../model/expectation.ts';
import { CannotRun, flagValue, type Invocation, type Io } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { readExpected, readSides } from './expected-input.ts';
import {
  diffJson,
  diffMarkdown,
  diffTable,
  expectedJson,
  expectedMarkdown,
  expectedTable,
  type Shown,
} from './expected-table.ts';
import { widthOf } from './terminal.ts';

function checkNode(node: string, ...states: readonly ExpectedState[]): void {
  const names = states.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  if (names.includes(node)) return;
  const some = [...new Set(names)].slice(0, 20).join(', ') || 'none at all';
  throw new CannotRun(`there is no node ${node} among the objects; nodes are ${some}`);
}

/** Says on stderr, too, what an empty table does not: that these are hardly the objects of a cluster with Calico. */
function remark({ problems }: ExpectedState, io: Io): void {
  for (const { object, field, message } of problems) {
    // Problems of a single object have its name behind the kind.
    if (field === undefined && (object === 'Node' || object === 'Calico object')) {
      io.stderr.write(`${object}: ${message}\n`);
    }
  }
}

function ofNode(expected: ExpectedState, map: Side['map'] | undefined, node: string): Shown {
  return {
    sessions: expected.sessions.filter((session) => session.node === node),
    prefixes: expected.prefixes.filter(({ origins }) => origins.includes(node)),
    ...(map && { announcements: [...announcements(map, node)] }),
    problems: expected.problems,
  };
}

async function compare(invocation: Invocation, io: Io): Promise<number> {
  const node = flagValue(invocation, 'node');
  const [before, after] = await readSides(invocation, io);
  if (node !== undefined) checkNode(node, before.expected, after.expected);
  const diff = diffExpected(before, after, node);
  const format = flagValue(invocation, 'output');
  if (format === 'json') io.stdout.write(diffJson(diff));
  else if (format === 'markdown') io.stdout.write(diffMarkdown(diff));
  else io.stdout.write(diffTable(diff, widthOf(io.stdout)));
  return isSame(diff) ? exitCodes.clean : exitCodes.findings;
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.on.has('diff')) return compare(invocation, io);
  const node = flagValue(invocation, 'node');
  const { expected, map } = await readExpected(invocation, io, node !== undefined);
  remark(expected, io);
  if (node !== undefined) checkNode(node, expected);
  const shown: Shown = node === undefined ? expected : ofNode(expected, map, node);
  const format = flagValue(invocation, 'output');
  if (format === 'json') io.stdout.write(expectedJson(shown));
  else if (format === 'markdown') io.stdout.write(expectedMarkdown(shown));
  else io.stdout.write(expectedTable(shown, widthOf(io.stdout)));
  return exitCodes.clean;
}
