// systemd's own verdict on the units, and what the compose example mounts and calls.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { root } from './render.ts';

const analyze = '/usr/bin/systemd-analyze';
const noSystemd = existsSync(analyze) ? '' : ' (skipped: systemd-analyze is not installed)';
const units = ['calico-bgp-exporter.service', 'calico-bgp-exporter-agent.service'];
const textOf = (unit: string) => readFileSync(path.join(root, 'deploy', 'systemd', unit), 'utf8');

describe.each(units)('%s', (unit) => {
  it.skipIf(noSystemd !== '')(`is right and well confined by systemd's own measure${noSystemd}`, () => {
    // The program it names is another one here.
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'unit-')), unit);
    writeFileSync(file, textOf(unit).replaceAll('/usr/bin/node', process.execPath));
    const verify = spawnSync(analyze, ['verify', '--man=no', '--recursive-errors=no', file], {
      encoding: 'utf8',
    });
    expect(verify.stderr.split('\n').filter((line) => line.includes(unit))).toEqual([]);
    const table = spawnSync(analyze, ['security', '--offline=true', '--no-pager', file], {
      encoding: 'utf8',
    }).stdout;
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(table)?.[1]);
    expect(exposure).toBeLessThan(2.5);
  });

  it('calls a command with flags that it has', () => {
    for (const [, line = ''] of textOf(unit).matchAll(/^ExecStart(?:Pre)?=(.*)$/gm)) {
      const [, , name, ...words] = line.split(' ');
      const command = commands.find((each) => each.name === name);
      expect(command, name).toBeDefined();
      for (const word of words.filter((each) => each.startsWith('--')))
        expect(Object.keys(command?.flags ?? {})).toContain(word.slice(2));
    }
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly healthcheck?: { readonly test: readonly string[] };
        readonly command?: readonly string[];
        readonly volumes?: readonly string[];
        readonly ports: readonly string[];
      }
    >
  >;
}

describe('the compose example', () => {
  const folder = path.join(root, 'deploy', 'compose');
  const compose = parse(readFileSync(path.join(folder, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as Compose;

  it('mounts files that are there and listens on this machine alone', () => {
    for (const { volumes = [], ports } of Object.values(compose.services)) {
      for (const mount of volumes.filter((each) => each.startsWith('.')))
        expect(existsSync(path.join(folder, mount.split(':')[0] ?? '')), mount).toBe(true);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('knows by its health check whether the exporter is ready: %i', async (status, exit) => {
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/-/ready' ? status : 404).end(),
    );
    await once(server.listen(0, 'localhost'), 'listening');
    const { port } = server.address() as AddressInfo;
    const [, command = '', ...args] = compose.services.exporter?.healthcheck?.test ?? [];
    expect(command).toBe('node');
    const here = args.map((arg) => arg.replace('localhost:10179', `localhost:${port}`));
    const [code] = await once(spawn(process.execPath, here), 'exit');
    server.close();
    expect(code).toBe(exit);
  });

  it.skipIf(!existsSync('/usr/bin/promtool'))(
    'has a configuration that Prometheus and Alertmanager take',
    () => {
      const work = mkdtempSync(path.join(tmpdir(), 'compose-'));
      const config = readFileSync(path.join(folder, 'prometheus.yml'), 'utf8');
      const file = path.join(work, 'prometheus.yml');
      writeFileSync(file, config.replace('/etc/prometheus/rules', path.join(root, 'alerts')));
      expect(execFileSync('/usr/bin/promtool', ['check', 'config', file], { encoding: 'utf8' })).toContain(
        'SUCCESS',
      );
      const alertmanager = path.join(folder, 'alertmanager.yml');
      expect(execFileSync('/usr/bin/amtool', ['check-config', alertmanager], { encoding: 'utf8' })).toContain(
        'SUCCESS',
      );
    },
  );
});
