// Whatever the documentation tells to type can be typed: programs, commands, flags, scripts, files and paths of the API exist. Nothing is run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { driverNames } from '../../src/collectors/switches/driver-names.ts';
import { endpoints } from '../../src/web/api.ts';
import { parseParameters, parseQuery } from '../../src/web/api-query.ts';
import { commandsOf, root, type Typed, typed, wordsOf } from './commands.ts';

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
/** A file, a folder, or how the names of some files begin. */
function exists(file: string): void {
  const whole = path.join(root, file);
  const folder = path.dirname(whole);
  const known = existsSync(folder) ? readdirSync(folder) : [];
  const begins = known.some((name) => name.startsWith(path.basename(whole)));
  expect(existsSync(whole) || begins, `there is no ${file}`).toBe(true);
}

/** Our own command line. Drivers that a page makes up are called acme. */
function own([name = '', ...rest]: readonly string[]): void {
  if (name === '--help' || name === '--version') return;
  const command = commands.find((each) => each.name === name);
  if (!command) throw new Error(`there is no command "${name}"`);
  const at = rest.indexOf('--driver') + 1;
  const isMadeUp = at > 0 && /^(?:[A-Z]+|acme.*)$/.test(rest[at] ?? '');
  parseFlags(command, isMadeUp ? rest.with(at, driverNames[0] ?? '') : rest);
}

/** Flags of a command line of the tests: those that its own source names. */
function flagsOf(file: string, words: readonly string[]): void {
  const main = readFileSync(path.join(root, file), 'utf8');
  for (const word of words)
    if (word.startsWith('--')) expect(main).toMatch(new RegExp(`\\b${word.slice(2)}\\b`));
}

/** What stands behind `npm run NAME --`. */
const runs: Readonly<Record<string, (words: readonly string[]) => void>> = {
  dev: own,
  start: own,
  unit(words) {
    for (const word of words) if (!word.includes('acme')) exists(word);
  },
  bench(words) {
    for (const word of words) if (!word.startsWith('-')) exists(`bench/${word}.bench.ts`);
  },
  lab: ([name = '']) =>
    expect(readFileSync(path.join(root, 'test/lab/main.ts'), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`)),
  campaign: (words) => flagsOf('test/campaign/main.ts', words),
  soak: (words) => flagsOf('test/soak/main.ts', words),
  test: (words) => {
    const main = readFileSync(path.join(root, 'scripts/test.mjs'), 'utf8');
    for (const word of words) expect(main).toContain(`'${word}'`);
  },
};

function npm([first = '', ...rest]: readonly string[]): void {
  if (first === 'ci' || first === 'install') return;
  const name = first === 'run' ? (rest[0] ?? '') : first;
  expect(Object.keys(scripts), `npm run ${name}`).toContain(name);
  const at = rest.indexOf('--');
  if (at >= 0) runs[name]?.(rest.slice(at + 1));
}

function kubectl(words: readonly string[]): void {
  const at = words.indexOf('-k');
  const folder = at >= 0 ? words[at + 1] : words[0] === 'kustomize' ? words[1] : undefined;
  if (folder !== undefined && folder !== '.' && !folder.startsWith('-'))
    exists(path.join(folder, 'kustomization.yaml'));
}

const plainPaths = [
  '/metrics',
  '/config',
  '/-/healthy',
  '/-/ready',
  '/-/reload',
  '/demo/faults',
  '/demo/faults/NAME',
];

function curl(words: readonly string[], { line }: Typed): void {
  if (words.some((word) => word.includes('?') && !word.startsWith('-')))
    expect(line, 'a shell takes ? and & for its own').toMatch(/'[^']*\?[^']*'|"[^"]*\?[^"]*"/);
  const url = words.find((word) => /^(?:https?:\/\/)?(?:localhost:10179|EXPORTER)\//.test(word));
  if (url === undefined) return;
  const [, target = ''] = /^(?:https?:\/\/)?[^/]+(\/.*)$/.exec(url) ?? [];
  const { pathname, search } = new URL(target, 'http://x');
  if (plainPaths.includes(pathname)) return;
  const name = pathname.replace('/api/v1/', '');
  if (name === 'explain') {
    parseParameters(search, ['target', 'device', 'shard']);
    return;
  }
  const endpoint = endpoints.find((each) => each.name === name);
  if (!endpoint) throw new Error(`there is no ${pathname}`);
  parseQuery(search, endpoint.filters, endpoint.choices);
}

/** Files of ours that any program is given. */
function files(words: readonly string[]): void {
  for (const word of words) {
    if (/^(?:bench|deploy|alerts|dashboards|test|scripts)\/[\w./-]+$/.test(word) && !word.includes('acme'))
      exists(word);
  }
}

const programs: Readonly<Record<string, (words: readonly string[], typed: Typed) => void>> = {
  'calico-bgp-exporter': own,
  npm,
  kubectl,
  curl,
  npx: files,
  node: files,
  docker: files,
  promtool: files,
  amtool: files,
};

it('the pages tell to type something', () => {
  const first = new Set(typed.map(({ words }) => words[0]));
  expect([...first].sort()).toEqual(
    expect.arrayContaining(['calico-bgp-exporter', 'curl', 'kubectl', 'npm']),
  );
  expect(typed.length).toBeGreaterThan(120);
});

it.each(typed.map((each) => [each.page, each.line, each] as const))('%s: %s', (_, __, each) => {
  const [program = '', ...words] = each.words;
  expect(() => programs[program]?.(words, each)).not.toThrow();
});

describe('the test itself', () => {
  it('splits as a shell does', () => {
    expect(commandsOf(`a "b | c" d | e 'f # g' > h && i  # j`)).toEqual([`a "b | c" d`, `e 'f # g'`, 'i']);
    expect(wordsOf(`a "b c" 'd"e' --f="g h"`)).toEqual(['a', 'b c', 'd"e', '--f=g h']);
    expect(wordsOf(`a 'b`)).toBeUndefined();
  });

  it.each([
    ['calico-bgp-exporter', 'audit --confg x'],
    ['calico-bgp-exporter', 'audti'],
    ['calico-bgp-exporter', 'parse --driver frrr --command x y'],
    ['npm', 'run nothing'],
    ['npm', 'start -- demo inject x --nothing'],
    ['npm', 'run bench -- nothing'],
    ['kubectl', 'apply -k deploy/nothing'],
    ['curl', 'EXPORTER/api/v1/nothing'],
    ['curl', "'EXPORTER/api/v1/routes?verdict=mising'"],
    ['curl', 'EXPORTER/api/v1/routes?verdict=missing'],
    ['docker', 'compose -f deploy/nothing.yml up'],
  ])('complains of %s %s', (program, rest) => {
    const line = `${program} ${rest}`;
    const words = wordsOf(rest) ?? [];
    expect(() => programs[program]?.(words, { page: '', line, words })).toThrow();
  });
});
