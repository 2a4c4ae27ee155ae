// Completion in the shells themselves: what they offer for a line that is being typed. A shell that is not installed is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { cli } from './io.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

async function script(shell: string): Promise<string> {
  const { code, out, err } = await cli(['completion', shell]);
  expect([code, err]).toEqual([0, '']);
  const file = path.join(folder, shell);
  writeFileSync(file, out);
  return file;
}

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s knows every command and flag of the table', async (shell) => {
    const { out } = await cli(['completion', shell]);
    for (const { name, flags } of commands) {
      expect(out).toContain(name);
      for (const flag of Object.keys(flags))
        expect(out).toContain(shell === 'fish' ? `-l ${flag} ` : `--${flag}`);
    }
  });

  it('says which shells there are', async () => {
    expect(await cli(['completion', 'bsh'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^there is no completion for "bsh"; did you mean "bash"\?\n/),
    });
    expect((await cli(['completion'])).err).toMatch(/^for which shell\? Name one of bash, zsh, fish\n/);
  });
});

const lines: readonly (readonly [string, readonly string[]])[] = [
  ['au', ['audit']],
  ['audit --out', ['--output']],
  ['audit --output ', ['table', 'json', 'markdown', 'junit']],
  ['explain --output m', ['markdown']],
  ['demo ', ['faults', 'inject', 'heal']],
  ['demo --no', ['--no-color']],
  ['completion z', ['zsh']],
];

describe.skipIf(!has('bash'))('in bash', () => {
  const offered = (file: string, words: readonly string[]) =>
    execFileSync(
      'bash',
      [
        '--norc',
        '-c',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _calico_bgp_exporter; printf "%s\\n" "${COMPREPLY[@]}"',
        'bash',
        file,
        'calico-bgp-exporter',
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter(Boolean);

  it.each(lines)('%j', async (line, words) => {
    expect(offered(await script('bash'), line.split(' '))).toEqual(words);
  });

  it('completes --flag=value, which bash takes apart', async () => {
    expect(offered(await script('bash'), ['audit', '--output', '=', 'j'])).toEqual(['json', 'junit']);
    expect(offered(await script('bash'), ['audit', '--output', '='])).toContain('table');
  });

  it('leaves file names to bash', async () => {
    expect(offered(await script('bash'), ['audit', '--config', ''])).toEqual([]);
  });
});

describe.skipIf(!has('fish'))('in fish', () => {
  it.each(lines)('%j', async (line, words) => {
    const file = await script('fish');
    const out = execFileSync(
      'fish',
      ['--no-config', '-c', `source ${file}; complete -C 'calico-bgp-exporter ${line}'`],
      { encoding: 'utf8', env: { ...process.env, HOME: folder } },
    );
    const offered = out.split('\n').flatMap((each) => each.split('\t')[0] || []);
    expect(offered.sort()).toEqual([...words].sort());
  });
});

describe.skipIf(!has('zsh'))('in zsh', () => {
  it('is a script that zsh reads and registers', async () => {
    const file = await script('zsh');
    const check =
      'autoload -Uz compinit && compinit -u -D; source "$1"; print -r -- $_comps[calico-bgp-exporter]';
    expect(execFileSync('zsh', ['-f', '-c', check, 'zsh', file], { encoding: 'utf8' })).toBe(
      '_calico-bgp-exporter\n',
    );
  });
});
