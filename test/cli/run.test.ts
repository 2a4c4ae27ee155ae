// The command line itself: help, versions, and what a mistyped line says. Everything wrong ends with exit code 2.
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { cli } from './io.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const tsx = path.join(root, 'node_modules', '.bin', 'tsx');

describe('help', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists every command', async (flag) => {
    const { code, out, err } = await cli([flag]);
    expect([code, err]).toEqual([0, '']);
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}`, 'm'));
  });

  it.each(commands.map(({ name }) => name))(
    '%s --help teaches by example and says what exit codes mean',
    async (name) => {
      const { code, out } = await cli([name, '--help']);
      expect(code).toBe(0);
      const command = commands.find((candidate) => candidate.name === name);
      for (const flag of Object.keys(command?.flags ?? {})) expect(out).toContain(`--${flag}`);
      expect(command?.examples.length).toBeGreaterThan(0);
      for (const [line] of command?.examples ?? []) expect(out).toContain(`\n  ${line}\n`);
      expect(out).toMatch(/Exit codes: 0 /);
      expect((await cli(['help', name])).out).toBe(out);
    },
  );

  it.each(commands.flatMap(({ examples }) => examples.map(([line]) => [line])))(
    'the example %s is a command line that is understood',
    async (line) => {
      const words = [...(line ?? '').replace(/^.*\| *(?=calico)|\|.*$/g, '').matchAll(/"([^"]*)"|(\S+)/g)];
      const argv = words.map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1);
      // With --help behind it the line is read, but nothing runs.
      expect(await cli([...argv, '--help'])).toMatchObject({ code: 0, err: '' });
    },
  );

  it('fits into a narrow terminal, except for what is to be copied', async () => {
    const { out } = await cli(['demo', '--help'], { columns: 60 });
    const about = out
      .slice(0, out.indexOf('Examples:'))
      .split('\n')
      .filter((line) => !/calico-bgp-exporter/.test(line));
    expect(Math.max(...about.map((line) => line.length))).toBeLessThanOrEqual(62);
  });

  it('is shown on stderr when there is no command', async () => {
    const { code, out, err } = await cli([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Commands:');
  });
});

describe('wrong command lines', () => {
  it.each([
    [['audti'], 'there is no command "audti"; did you mean "audit"?\nTry: calico-bgp-exporter --help\n'],
    [['--config', 'x'], 'the first word must be a command, not "--config"; commands are serve, audit,'],
    [
      ['audit', '--confg', 'x'],
      'audit has no flag --confg; did you mean "--config"?\nTry: calico-bgp-exporter audit --help\n',
    ],
    [['audit', '-c', 'x'], 'audit has no flag --c'],
    [['audit', '--config'], '--config needs a value: --config FILE\n'],
    [['audit', '--config', '--output', 'json'], '--config needs a value: --config FILE\n'],
    [['audit', '--config='], '--config needs a value: --config FILE\n'],
    [['audit', '--config', 'a', '--config', 'b'], '--config is given twice\n'],
    [
      ['audit', '--config', 'a', '--output', 'jsn'],
      '--output must be one of table, json, markdown, junit, not "jsn"; did you mean "json"?\n',
    ],
    [['trust', 'h', '--legacy-algorithms=yes'], '--legacy-algorithms takes no value\n'],
    [['serve', '--shard'], '--shard needs a value: --shard INDEX/COUNT\n'],
    [['audit', 'config.yml'], 'audit takes flags only; what is "config.yml"?\n'],
    [['audit'], 'which configuration? Add --config FILE'],
    [['expected'], 'which objects? Add --datastore FILE or --config FILE\n'],
    [
      ['expected', '--datastore', 'a', '--config', 'b'],
      '--datastore and --config both name objects; keep one\n',
    ],
    [['parse'], 'what kind of answer is it? Give one of --driver NAME, --snmpwalk FILE and --bird FILE\n'],
    [['parse', '--driver', 'ffr', 'x'], '--driver must be one of frr, h3c-comware, huawei-vrp, '],
    [['parse', '--bird', 'a', '--driver', 'frr'], 'what kind of answer is it?'],
    [
      ['parse', '--driver', 'frr', '--command', 'c', 'a', 'b'],
      'parse takes one argument at most; what is "b"?\n',
    ],
    [['parse', '--driver', 'frr', 'x'], 'which command was it? Add --command "…"; frr types:\n  show'],
    [['parse', '--driver', 'frr', '--command', 'show bgp summary json'], 'which file holds the answer?'],
    [['parse', '--bird', 'a', '--command', 'c'], '--command goes with --driver only\n'],
    [['parse', '--bird', 'a', 'b'], 'what is "b"? The file stands behind --bird\n'],
    [
      ['demo', 'injekt', 'x'],
      'demo can do: faults, inject FAULT, heal [FAULT]; what is "injekt"; did you mean "inject"?',
    ],
    [['demo', 'inject'], 'which fault? "demo faults" lists them\n'],
    [['demo', 'faults', '--url', 'localhost'], '--url must be a web address'],
    [['trust'], 'whose keys? Name one or more hosts'],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await cli(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(message), err).toBe(true);
    expect(err).toMatch(/\nTry: calico-bgp-exporter ([a-z-]+ )?--help\n$/);
  });
});

describe('the program', () => {
  it('tells its version', () => {
    const out = execFileSync(tsx, ['src/main.ts', '--version'], { cwd: root, encoding: 'utf8' });
    expect(out).toMatch(/^calico-bgp-exporter \d+\.\d+\.\d+ \(Node\.js v\d+\.\d+\.\d+\)\n$/);
  });

  it('hands over exit codes, stdin and streams', () => {
    const args = ['src/main.ts', 'parse', '--bird', '-'];
    const { status, stdout, stderr } = spawnSync(tsx, args, {
      cwd: root,
      encoding: 'utf8',
      input: 'nothing that BIRD says\n',
    });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^-:\d+: /);
  });
});
