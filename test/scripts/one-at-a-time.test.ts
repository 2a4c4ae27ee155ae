// Two first starts at once in one tree: one installs, the other waits for it. A copy of the set-up in a folder of its own, with an
// npm that only writes down when it ran.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const scripts = path.resolve(import.meta.dirname, '..', '..', 'scripts');
let root = '';
let lock = '';

function npm(script: string): void {
  const file = path.join(root, 'bin', 'npm');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'one-at-a-time-'));
  lock = path.join(root, '.tools', 'npm-ci.lock');
  for (const folder of ['scripts', 'bin', '.tools']) mkdirSync(path.join(root, folder));
  for (const file of ['setup.mjs', 'one-at-a-time.mjs'])
    copyFileSync(path.join(scripts, file), path.join(root, 'scripts', file));
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  npm('echo begin >> npm.log; sleep 0.5; mkdir -p node_modules; echo end >> npm.log');
});
afterEach(() => rmSync(root, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly text: string;
}

function setUp(onText: (text: string) => void = () => {}): Promise<Ran> {
  const env = { ...process.env, PATH: `${path.join(root, 'bin')}:${process.env.PATH}` };
  const child = spawn(process.execPath, [path.join(root, 'scripts', 'setup.mjs')], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
      onText(text);
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

const ranNpm = () => readFileSync(path.join(root, 'npm.log'), 'utf8');

it('installs once when several start at once', async () => {
  const ran = await Promise.all([setUp(), setUp(), setUp()]);
  expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ranNpm()).toBe('begin\nend\n');
  expect(existsSync(lock)).toBe(false);
});

it('waits for one that lives, and says for whom', async () => {
  writeFileSync(lock, String(process.pid));
  const ran = await setUp((text) => {
    if (!text.includes('waiting for it')) return;
    expect(existsSync(path.join(root, 'npm.log'))).toBe(false);
    rmSync(lock, { force: true });
  });
  expect(ran.code).toBe(0);
  expect(ran.text).toContain(`Process ${process.pid} installs the npm packages here: waiting for it`);
  expect(ranNpm()).toBe('begin\nend\n');
});

it('takes over from one that has died, once', async () => {
  writeFileSync(lock, String(spawnSync('true').pid));
  const ran = await Promise.all([setUp(), setUp()]);
  expect(ran.map(({ code }) => code)).toEqual([0, 0]);
  expect(ranNpm()).toBe('begin\nend\n');
});

it('takes over from one whose number is another process’s by now', async () => {
  writeFileSync(lock, String(process.pid));
  utimesSync(lock, new Date('2026-01-01'), new Date('2026-01-01'));
  expect(await setUp()).toMatchObject({ code: 0 });
});

it('lets the next one try after a failure', async () => {
  npm('exit 1');
  const ran = await setUp();
  expect(ran.code).toBe(2);
  expect(ran.text).toContain('npm ci failed');
  expect(existsSync(lock)).toBe(false);
  npm('mkdir node_modules');
  expect(await setUp()).toMatchObject({ code: 0 });
});
