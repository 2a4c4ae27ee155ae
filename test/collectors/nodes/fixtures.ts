// Where the BIRD captures are, and how the tests read them: our own beside the tests, others' in the shared folder where
// there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReplyReader } from '../../../src/collectors/nodes/bird-reply.ts';
import { cutText } from '../../../src/collectors/nodes/bird-text.ts';

const own = join(import.meta.dirname, '../../fixtures/bird');

/** Other people's captures. */
const sharedFixtures = join(import.meta.dirname, '../../../../shared/fixtures');
export const hasShared = existsSync(join(sharedFixtures, 'bird'));

export function readShared(path: string): string {
  return readFileSync(join(sharedFixtures, path), 'utf8');
}

/** What describes the reference fabric, e.g. the article. */
export function readReference(name: string): string {
  return readFileSync(join(sharedFixtures, '..', 'reference', name), 'utf8');
}

export function readOwn(path: string): string {
  return readFileSync(join(own, path), 'utf8');
}

/** Every capture of ours, as `1.6/up-node1.txt`. */
export function ownCaptures(): string[] {
  return readdirSync(own, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .sort();
}

/** What a reader makes of the n-th answer to a command in a capture of ours. */
export function readAnswer<T>(capture: string, command: string, reader: ReplyReader<T>, nth = 0): T {
  const answers = cutText(readOwn(capture), capture).answers.filter((answer) => answer.command === command);
  const answer = answers[nth];
  if (!answer) throw new Error(`${capture} has no answer ${nth} to "${command}"`);
  for (const line of answer.lines) reader.line(line);
  return reader.end();
}

/** What a reader makes of lines as birdc prints them. */
export function readPlain<T>(text: string, reader: ReplyReader<T>): T {
  for (const [i, line] of text.split('\n').entries()) {
    reader.line({ code: undefined, text: line, number: i + 1 });
  }
  return reader.end();
}
