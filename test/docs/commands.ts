// The command lines that the documentation tells people to type: every line of a shell block and every inline code that begins with a program
// that is known here, split into words as a shell would.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** Pages that are read by people: all of docs/, and those beside the code. */
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'deploy/README.md',
  'test/lab/README.md',
  'test/campaign/README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

export interface Typed {
  readonly page: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** The words of one command, quotes taken away; undefined where a quote does not end. */
export function wordsOf(command: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+)/gy;
  let end = 0;
  for (const match of command.matchAll(pattern)) {
    end = match.index + match[0].length;
    words.push(
      (match[1] ?? '').replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, double = '', single = '') => double + single,
      ),
    );
  }
  return command.slice(end).trim() === '' ? words : undefined;
}

const quoted = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

/** The commands of a line: what stands between pipes, redirections and `&&`, without a comment. */
export function commandsOf(line: string): string[] {
  // What is quoted is no syntax of the shell.
  const hidden: string[] = [];
  const plain = line.replace(quoted, (text) => `\u0000${hidden.push(text) - 1}\u0000`);
  const parts = plain
    .replace(/\s#.*$/, '')
    .split(/\s*(?:\|\||&&|[|;])\s*/)
    .map((part) => part.replace(/\s*[<>]{1,2}\s*\S+/g, ''));
  return parts.map((part) => part.replace(/\u0000(\d+)\u0000/g, (_, i) => hidden[Number(i)] ?? '').trim());
}

const programs = /^(?:calico-bgp-exporter|npm|npx|node|kubectl|promtool|amtool|docker|curl)$/;

function linesOf(text: string): string[] {
  const lines: string[] = [];
  const prose = text.replace(/```(\w*)\n([\s\S]*?)```/g, (_, language: string, block: string) => {
    if (/^(?:sh|bash|shell|console|text|)$/.test(language))
      lines.push(...block.replace(/\\\n\s*/g, ' ').split('\n'));
    return '';
  });
  // In a table `|` is written `\|`.
  for (const [, code = ''] of prose.matchAll(/`([^`\n]+)`/g)) lines.push(code.replaceAll('\\|', '|'));
  return lines.map((line) => line.trim());
}

/** How a command is called in general: optional parts in brackets, choices, repetition. */
const isUsage = (line: string) =>
  /\[[-A-Z]|…$|… |\||: /.test(line.replace(quoted, '').replace(/\s\|\s/g, ' '));

/** Everything that is typed, once for each page. */
export const typed: readonly Typed[] = pages.flatMap((page) => {
  const seen = new Set<string>();
  return linesOf(readFileSync(path.join(root, page), 'utf8')).flatMap((line) => {
    if (isUsage(line)) return [];
    return commandsOf(line).flatMap((command) => {
      const words = wordsOf(command) ?? [];
      if (words.length < 2 || !programs.test(words[0] ?? '') || seen.has(command)) return [];
      seen.add(command);
      return [{ page, line: command, words }];
    });
  });
});
