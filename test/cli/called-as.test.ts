// The command that hints name is the one that works where they are read: a clone, a bundle, an installed package.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { calledAs } from '../../src/cli/called-as.ts';

describe('calledAs', () => {
  const cwd = '/home/me/clone';
  const env = { PATH: '/usr/bin:/usr/local/bin' };
  it.each([
    [
      'npm start',
      `${cwd}/dist/calico-bgp-exporter.js`,
      { CALICO_BGP_EXPORTER_STARTED_BY: 'npm start --' },
      'npm start --',
    ],
    ['the bundle', `${cwd}/dist/calico-bgp-exporter.js`, env, 'node dist/calico-bgp-exporter.js'],
    [
      'the bundle elsewhere',
      '/app/dist/calico-bgp-exporter.js',
      env,
      'node /app/dist/calico-bgp-exporter.js',
    ],
    ['a folder with a blank', '/my app/calico-bgp-exporter.js', env, "node '/my app/calico-bgp-exporter.js'"],
    ['the sources', `${cwd}/src/main.ts`, env, 'npx tsx src/main.ts'],
    ['a command on the path', '/usr/local/bin/calico-bgp-exporter', env, 'calico-bgp-exporter'],
    [
      'a command that is not on the path',
      '/opt/bin/calico-bgp-exporter',
      env,
      '/opt/bin/calico-bgp-exporter',
    ],
    ['a command beside', `${cwd}/calico-bgp-exporter`, env, './calico-bgp-exporter'],
  ])('%s', (_, script, given, expected) => {
    expect(calledAs({ script, cwd, env: given })).toBe(expected);
  });

  it('is what the pointer to the help says', () => {
    const root = path.resolve(import.meta.dirname, '..', '..');
    const ran = spawnSync(process.execPath, ['--import', 'tsx', 'src/main.ts', 'demo', '--colour'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(ran.stderr).toMatch(/\nTry: npx tsx src\/main\.ts demo --help\n$/);
  });
});
