// Every mistake that a configuration can hold, with its exact message: each bad/*.yml has its whole output in the .txt
// beside it. A person reads that output at 3 a.m.: when a line changes here, read it as that person would.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { driverNames } from '../../src/collectors/switches/driver-names.ts';
import { ConfigError, formatProblem, loadConfig } from '../../src/config/load.ts';

const parent = path.resolve(import.meta.dirname, '..', 'fixtures', 'config');
const folder = path.join(parent, 'bad');
const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));

const env = {
  SNMP_COMMUNITY: 'tell-nobody-1',
  SWITCH_PASSWORD: 'tell-nobody-2',
  LONG_ENOUGH: 'tell-nobody-3',
  SHORT: 'hush',
  EMPTY: '',
};

async function problemsOf(name: string) {
  try {
    await loadConfig(path.join(folder, name), env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('bad configurations', () => {
  it('are at least fifteen', () => {
    expect(names.length).toBeGreaterThanOrEqual(15);
  });

  it.each(names)('%s', async (name) => {
    const expected = readFileSync(path.join(folder, name.replace('.yml', '.txt')), 'utf8')
      .replaceAll('{folder}', folder)
      .replaceAll('{parent}', parent)
      .replaceAll('{drivers}', driverNames.join(', '));
    const problems = await problemsOf(name);
    expect(problems.map((problem) => `${formatProblem({ ...problem, file: name })}\n`).join('')).toBe(
      expected,
    );
  });

  it.each(names)('%s shows no secret', async (name) => {
    const text = JSON.stringify(await problemsOf(name));
    for (const secret of ['tell-nobody', 'hush', 'hunter2', '12345']) expect(text).not.toContain(secret);
  });
});
