// Holds the rooms apart: who may import whom, which file may use which outside library, and how long a file may be.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const src = path.resolve(import.meta.dirname, '..', 'src');

const pure = ['model', 'expected', 'audit', 'metrics'];
const allowed: Record<string, readonly string[]> = {
  model: [],
  transport: [],
  collectors: ['model', 'transport'],
  datastores: ['model', 'transport'],
  expected: ['model'],
  audit: ['model'],
  metrics: ['model'],
  demo: ['model'],
  config: ['model', 'collectors/switches/driver-names.ts', 'collectors/switches/drivers.ts'],
  web: ['model', 'metrics'],
  'exporter.ts': [...pure, 'exporter', 'transport', 'collectors', 'datastores', 'config'],
  exporter: [...pure, 'transport', 'collectors', 'datastores', 'config'],
  // Beyond the story itself, commands print what pure parsers and readers say (parse, expected, trust).
  // The agent shows its own node's snapshot without the rest of the story, to stay small.
  cli: [
    ...pure,
    'exporter.ts',
    'exporter/store.ts',
    'config',
    'web',
    'demo',
    'collectors',
    'datastores',
    'transport',
  ],
  'main.ts': ['cli'],
};

const fences: Record<string, RegExp> = {
  ssh2: /^(transport\/ssh[^/]*|demo\/[^/]+)\.ts$/,
  'net-snmp': /^(transport\/snmp[^/]*|demo\/[^/]+)\.ts$/,
  '@kubernetes/client-node': /^transport\/kube[^/]*\.ts$/,
  'prom-client': /^metrics\/self\.ts$/,
  express: /^web\/server\.ts$/,
  bcryptjs: /^web\/basic-auth\.ts$/,
  zod: /^config\/[^/]+\.ts$/,
  pino: /^(cli\/[^/]+|main)\.ts$/,
  'p-limit': /^(transport|exporter)\/[^/]+\.ts$/,
  yaml: /^(config|datastores|demo|cli)\/[^/]+\.ts$/,
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  return [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g)].map((match) => match[1] ?? '');
}

const room = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);

/** Checks one import of one file against the table of rooms and the fences. */
function check(file: string, name: string): void {
  if (name.startsWith('node:')) {
    if (/^node:(net|dgram|tls|http|https|http2)$/.test(name))
      expect(file).toMatch(/^(transport|demo|web|cli)\//);
    return;
  }
  if (!name.startsWith('.')) {
    const library = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? '');
    expect(fences[library], `${library} has no fence in this test`).toBeDefined();
    expect(file, `${library} is fenced`).toMatch(fences[library] ?? /^$/);
    return;
  }
  const target = path.posix.join(path.posix.dirname(file), name);
  if (target === '../package.json' || room(target) === room(file)) return;
  const may = allowed[room(file)] ?? [];
  const ok = may.some((entry) => target === entry || target.startsWith(`${entry}/`));
  expect(ok, `${file} must not import ${target}`).toBe(true);
}

describe('rooms', () => {
  it.each(files)('%s imports only what its room may', (file) => {
    for (const name of importsOf(file)) check(file, name);
  });

  it.each(files)('%s is at most 300 lines and starts by saying what it is for', (file) => {
    const lines = readFileSync(path.join(src, file), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(301);
    expect(lines[0]?.startsWith('#!') ? lines[1] : lines[0]).toMatch(/^\/\/ /);
  });
});
