// Whole tables of FRR over SSH, read while they come, from a server on loopback that answers as vtysh does: all that a switch
// shows, and that an answer which is not whole never makes a shorter table without saying so.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { type SshCollectorOptions, sshCollector } from '../../../src/collectors/switches/ssh.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { wasAsked } from '../../../src/model/route-view.ts';
import { answer, optionsFor, type Play, sshServer } from '../../transport/ssh-server.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4/lab-dual-stack-leaf01');
const textOf = (command: string) =>
  readFileSync(path.join(folder, `${command.replace(/[ /:]/g, '_')}.txt`), 'utf8');

const query = {
  prefixes: ['10.233.66.0/24', 'fd00:10:233:2::/122'].map(parsePrefix),
  ranges: ['10.233.64.0/18', 'fd00:10:233::/48'].map(parsePrefix),
};
const commands = {
  bgp: ['show bgp ipv4 unicast json', 'show bgp ipv6 unicast json'],
  installed: ['show ip route json', 'show ipv6 route json'],
};
const rowsOf = (asked: readonly string[]) =>
  asked.flatMap((command) => frr.parse(command, textOf(command)).routes.flatMap(({ rows }) => rows));

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function collect(exec: NonNullable<Play['exec']>, more: Partial<SshCollectorOptions> = {}) {
  const server = await sshServer({ exec });
  const collector = sshCollector({
    device: 'leaf01',
    driver: frr,
    connection: optionsFor(server.port),
    commandTimeoutMs: 5000,
    // Not the bound of a table: the captures are longer.
    maxOutputBytes: 10_000,
    wholeTables: true,
    now: () => 1_700_000_000_000,
    ...more,
  });
  closers.push(
    () => server.close(),
    () => collector.close(),
  );
  return collector.collect(query, new AbortController().signal);
}

function viewOf({ routes }: Collected, layer: string) {
  if (!routes.ok) throw new Error(routes.error.message);
  const view = routes.value.find((candidate) => candidate.layer === layer);
  if (!view) throw new Error(`no view of ${layer}`);
  return view;
}

const summary = '{}';
const known = (command: string) =>
  [...commands.bgp, ...commands.installed].includes(command) ? command : undefined;
const said = (command: string) => (known(command) ? textOf(command) : summary);

describe('the plan for whole tables', () => {
  it('asks for each layer, VRF and family of the question once, and for all that is in it', () => {
    const planned = frr.routeCommands({ ...query, wholeTables: true, vrfs: ['red'] });
    expect(planned.map(({ command }) => command)).toEqual([
      ...commands.bgp,
      'show bgp vrf red ipv4 unicast json',
      'show bgp vrf red ipv6 unicast json',
      ...commands.installed,
      'show ip route vrf red json',
      'show ipv6 route vrf red json',
    ]);
    const only6 = { prefixes: [], ranges: query.ranges.slice(1), wholeTables: true };
    expect(frr.routeCommands(only6).map(({ command }) => command)).toEqual([
      'show bgp ipv6 unicast json',
      'show ipv6 route json',
    ]);
  });
});

describe('a switch that is asked for whole tables', () => {
  it('gives every route of both families, in chunks of any size', async () => {
    const typed: string[] = [];
    const collected = await collect(async (command, channel) => {
      typed.push(command);
      const bytes = Buffer.from(said(command));
      for (let at = 0; at < bytes.length; at += 1000) channel.write(bytes.subarray(at, at + 1000));
      answer(channel, '');
    });
    for (const layer of ['bgp', 'installed'] as const) {
      const view = viewOf(collected, layer);
      const rows = rowsOf(commands[layer]);
      expect(rows.length).toBeGreaterThan(10);
      expect([...view.table.rows()]).toEqual(rows);
      expect(view.partial).toBeUndefined();
      for (const text of ['203.0.113.0/24', '2001:db8::/32'])
        expect(wasAsked(view, parsePrefix(text))).toBe(true);
    }
    expect(typed.slice(-4)).toEqual([...commands.bgp, ...commands.installed]);
    expect(collected.facts?.capabilities?.routes?.questions).toEqual(['ranges']);
  });

  it('is asked through the shell of a Unix system, too', async () => {
    const collected = await collect((request, channel) => {
      const [, command] = /^vtysh -c '(.*)'$/s.exec(request) ?? [];
      if (command === undefined) {
        channel.stderr.write('sh: show: not found\n');
        answer(channel, '', 127);
      } else answer(channel, said(command));
    });
    expect(viewOf(collected, 'bgp').table.size).toBe(rowsOf(commands.bgp).length);
  });

  it.each([
    ['that ends in the middle', (text: string) => text.slice(0, 3000), 'it was cut off'],
    ['with a hole', (text: string) => text.replace(',"path"', '"path"'), 'not valid JSON near'],
    ['that is a complaint', () => 'bgpd is not running\n', 'bgpd is not running'],
  ])('makes a table %s unknown, not shorter', async (_, change, reason) => {
    const collected = await collect((command, channel) =>
      answer(channel, command === commands.bgp[0] ? change(said(command)) : said(command)),
    );
    const view = viewOf(collected, 'bgp');
    expect(view.partial).toContain('1 of 2 commands failed, the first: leaf01: show bgp ipv4 unicast json: ');
    expect(view.partial).toContain(reason);
    expect([...view.table.rows()]).toEqual(rowsOf(commands.bgp.slice(1)));
    expect(viewOf(collected, 'installed').partial).toBeUndefined();
  });

  it('is not listened to any longer once its answer makes no sense', async () => {
    const collected = await collect((command, channel) => {
      // It goes on and on; only who no longer listens gets past it before its deadline.
      if (command === commands.bgp[0]) channel.write('{"routes":{"10.0.0.0/8" oops');
      else answer(channel, said(command));
    });
    expect(viewOf(collected, 'bgp').partial).toContain('a colon is missing');
    expect([...viewOf(collected, 'installed').table.rows()]).toEqual(rowsOf(commands.installed));
  });

  it('is asked for prefixes alone by a driver that cannot read whole tables', async () => {
    const typed: string[] = [];
    await collect(
      (command, channel) => {
        typed.push(command);
        answer(channel, '');
      },
      { driver: { ...ios, channel: 'exec' } },
    );
    expect(typed.length).toBeGreaterThan(0);
    expect(typed.filter((command) => / json$/.test(command))).toEqual([]);
  });
});
