// check-config as a person and a pipeline see it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from './io.ts';

const folder = path.resolve(import.meta.dirname, '..', 'fixtures', 'config');
const env = { SWITCH_PASSWORD: 'x', SNMP_AUTH: 'x'.repeat(8), SNMP_PRIV: 'x'.repeat(8) };

describe('check-config', () => {
  it('says that all is fine, and of how many devices', async () => {
    const file = path.join(folder, 'good', 'example.yml');
    expect(await cli(['check-config', '--config', file], { env })).toEqual({
      code: 0,
      out: `${file}: ok: 2 nodes, 2 switches\n`,
      err: '',
    });
  });

  it('takes the file from the environment or as an argument, too', async () => {
    const file = path.join(folder, 'good', 'minimal.yml');
    const ok = { code: 0, out: `${file}: ok: 1 node, 0 switches\n`, err: '' };
    expect(await cli(['check-config'], { env: { CALICO_BGP_EXPORTER_CONFIG: file } })).toEqual(ok);
    expect(await cli(['check-config', file])).toEqual(ok);
  });

  it('prints every mistake with file, line and column', async () => {
    const file = path.join(folder, 'bad', 'several-rooms.yml');
    const { code, out, err } = await cli(['check-config', '--config', file]);
    const expected = readFileSync(path.join(folder, 'bad', 'several-rooms.txt'), 'utf8');
    expect(out).toBe(expected.replaceAll('several-rooms.yml', file));
    expect([code, err]).toEqual([2, `7 mistakes in ${file}\n`]);
  });

  it('says that there is no such file', async () => {
    const { code, out } = await cli(['check-config', '--config', '/nonexistent.yml']);
    expect([code, out]).toEqual([2, '/nonexistent.yml:1:1 this file does not exist\n']);
  });

  it('ends at once with what never ends, and with what is far too large', async () => {
    const temporary = mkdtempSync(path.join(tmpdir(), 'check-config-'));
    try {
      const fifo = path.join(temporary, 'fifo');
      expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
      for (const file of [fifo, '/dev/zero']) {
        const { code, out } = await cli(['check-config', '--config', file]);
        const message = 'this is not a regular file; a configuration is read from one';
        expect([code, out]).toEqual([2, `${file}:1:1 ${message}\n`]);
      }
      const large = path.join(temporary, 'large.yml');
      writeFileSync(large, '');
      truncateSync(large, 8 * 1024 * 1024 + 1);
      const { code, out } = await cli(['check-config', '--config', large]);
      expect([code, out]).toEqual([
        2,
        `${large}:1:1 this file is larger than 8388608 bytes; is it the right one?\n`,
      ]);
    } finally {
      rmSync(temporary, { recursive: true });
    }
  });
});

describe('a bad configuration', () => {
  it.each(['audit', 'serve'])('stops %s with every mistake', async (command) => {
    const file = path.join(folder, 'bad', 'unknown-option.yml');
    const { code, out, err } = await cli([command, '--config', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`${file}:6:7 switch leaf01: snmp has no option "comunity"; did you mean "community"?\n`);
  });
});
