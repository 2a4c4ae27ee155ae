// The SSH collector against a server on loopback that answers as FRR's vtysh does, from captures of FRR 8.4.4: what a
// healthy switch gives, and that a sick one never gives less without saying so.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { type SshCollectorOptions, sshCollector } from '../../../src/collectors/switches/ssh.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { wasAsked } from '../../../src/model/route-view.ts';
import type { SshOptions } from '../../../src/transport/ssh-options.ts';
import { answer, optionsFor, otherHostKey, type Play, sshServer } from '../../transport/ssh-server.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4/up');
const captures = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
);

/** What vtysh says to one command: a capture, or that there is nothing. */
function vtysh(command: string): { text: string; code: number } {
  const text = captures.get(`${command.replace(/[ /:]/g, '_')}.txt`);
  if (text !== undefined) return { text, code: 0 };
  if (command.includes('longer-prefixes')) return { text: '{\n}\n', code: 0 };
  if (/^show (bgp ipv|ip route|ipv6 route)/.test(command)) return { text: '{}\n', code: 0 };
  return { text: `% Unknown command: ${command}\n`, code: 1 };
}

type Change = (command: string) => { text: string; code: number } | undefined;

/** A login shell that is vtysh: several lines in one request, stopping at the first that fails. */
function vtyshShell(typed: string[], change: Change = () => undefined): Play {
  return {
    exec: (request, channel) => {
      let text = '';
      for (const command of request.split('\n')) {
        typed.push(command);
        const said = change(command) ?? vtysh(command);
        text += said.text;
        if (said.code !== 0) return answer(channel, text, said.code);
      }
      return answer(channel, text);
    },
  };
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const query = {
  prefixes: ['10.233.64.0/24', '10.233.65.0/24', '10.99.0.1/32'].map(parsePrefix),
  ranges: ['10.233.0.0/16', 'fd00:10::/32'].map(parsePrefix),
};

async function collectorFor(
  play: Play,
  more: Partial<SshCollectorOptions> = {},
  options: Partial<SshOptions> = {},
) {
  const server = await sshServer(play);
  closers.push(() => server.close());
  const collector = sshCollector({
    device: 'leaf01',
    driver: frr,
    connection: optionsFor(server.port, options),
    commandTimeoutMs: 5000,
    maxOutputBytes: 1_000_000,
    now: () => 1_700_000_000_000,
    ...more,
  });
  closers.push(() => collector.close());
  return { server, collector };
}

const never = new AbortController().signal;

function viewsOf({ routes }: Collected) {
  if (!routes.ok) throw new Error(routes.error.message);
  return routes.value;
}
function viewOf(collected: Collected, layer: string) {
  const view = viewsOf(collected).find((candidate) => candidate.layer === layer);
  if (!view) throw new Error(`no view of ${layer}`);
  return view;
}

/** That the view of this layer was asked for, in vain: empty, partial, and so no proof that anything is missing. */
function nothingOf(collected: Collected, layer: string) {
  const view = viewOf(collected, layer);
  expect(view.table.size).toBe(0);
  expect(view.partial).toMatch(/^(\d+) of \1 commands failed, the first: leaf01: /);
  for (const prefix of query.prefixes) expect(wasAsked(view, prefix), formatPrefix(prefix)).toBe(true);
}

describe('a healthy switch', () => {
  it('gives sessions, put together from summary and neighbors', async () => {
    const { collector } = await collectorFor(vtyshShell([]));
    const { sessions, facts } = await collector.collect(query, never);
    if (!sessions.ok) throw new Error(sessions.error.message);
    expect(sessions.at).toBe(1_700_000_000_000);
    const [unnumbered, node] = sessions.value;
    expect(unnumbered).toMatchObject({
      device: 'leaf01',
      name: 'sfac',
      // From neighbors; the summary knows the interface only.
      peerAddress: '10.2.0.2',
      prefixesReceived: 3,
      prefixesAccepted: 3,
      prefixesAdvertised: 6,
      lastError: 'User reset',
    });
    expect(node).toMatchObject({
      peerAddress: '10.1.0.2',
      description: 'rack 1 "node" 1',
      localAddress: '10.1.0.1',
    });
    expect(sessions.value.map((session) => `${session.vrf} ${session.peerAddress} ${session.afi}`)).toEqual([
      'default 10.2.0.2 ipv4',
      'default 10.1.0.2 ipv4',
      'default 10.1.0.9 ipv4',
      'default 10.9.9.9 ipv4',
      'default fd01::2 ipv6',
      'red 10.1.0.3 ipv4',
      // Configured by address as well as by interface; no family is active on it, so the summary leaves it out.
      'default 10.2.0.2 ipv4',
    ]);
    expect(facts).toEqual({
      driver: 'frr',
      localAsn: 65009,
      capabilities: {
        sessions: { families: ['ipv4', 'ipv6'], vrfs: 'all', counts: ['received', 'accepted', 'advertised'] },
        routes: {
          families: ['ipv4', 'ipv6'],
          vrfs: ['default'],
          layers: ['bgp', 'installed'],
          allNextHops: true,
          questions: ['ranges', 'exact'],
          cacheSeconds: 0,
        },
      },
    });
  });

  it('gives one view a layer, with what was asked', async () => {
    const typed: string[] = [];
    const { collector, server } = await collectorFor(vtyshShell(typed));
    const collected = await collector.collect(query, never);
    expect(
      viewsOf(collected).map(({ layer, vrf, partial, allNextHops }) => [layer, vrf, partial, allNextHops]),
    ).toEqual([
      ['bgp', 'default', undefined, true],
      ['installed', 'default', undefined, true],
    ]);
    const bgp = viewOf(collected, 'bgp');
    const installed = viewOf(collected, 'installed');
    const found = (text: string) => installed.table.rowsOf(parsePrefix(text));
    expect(found('10.233.64.0/24')[0]?.nextHops.map((hop) => hop.address)).toEqual(['10.1.0.2', '10.2.0.2']);
    expect(bgp.table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    expect(bgp.table.rowsOf(parsePrefix('fd00:10:244::/64'))).toHaveLength(1);
    // Asked for and absent, against never asked for.
    for (const text of ['10.233.65.0/24', '10.99.0.1/32', '0.0.0.0/0', 'fd00:10:244::/64']) {
      expect(wasAsked(bgp, parsePrefix(text)), text).toBe(true);
      expect(wasAsked(installed, parsePrefix(text)), text).toBe(true);
    }
    expect(wasAsked(bgp, parsePrefix('172.16.0.0/12'))).toBe(false);
    expect(server.connections).toHaveLength(1);
    expect(new Set(typed).size).toBe(typed.length);
  });

  it('counts a covering route once, however many look-ups show it', async () => {
    const cover =
      captures.get('show_ip_route_10.233.64.0_24_json.txt')?.replaceAll('10.233.64.0/24', '10.96.0.0/11') ??
      '';
    const change: Change = (command) =>
      /^show ip route 10\.99\.0\.\d json/.test(command) ? { text: cover, code: 0 } : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const hosts = ['10.99.0.1/32', '10.99.0.2/32', '10.99.0.3/32'].map(parsePrefix);
    const collected = await collector.collect({ prefixes: hosts, ranges: [] }, never);
    expect([...viewOf(collected, 'installed').table.rows()].map((row) => formatPrefix(row.prefix))).toEqual([
      '10.96.0.0/11',
    ]);
  });

  it('finds its way where the login shell is a Unix shell, and remembers it', async () => {
    const requests: string[] = [];
    const inner = vtyshShell([]);
    const play: Play = {
      exec: (request, channel, connection) => {
        requests.push(request);
        const wrapped = /^sudo -n vtysh -c '([^']+)'$/s.exec(request);
        if (wrapped) return inner.exec?.(wrapped[1] ?? '', channel, connection);
        if (request.startsWith('vtysh')) {
          channel.stderr.write('Exiting: failed to connect to any daemons.\n');
          return answer(channel, '', 1);
        }
        channel.stderr.write(`bash: line 1: ${request.split(' ')[0]}: command not found\n`);
        return answer(channel, '', 127);
      },
    };
    const { collector } = await collectorFor(play);
    const first = await collector.collect(query, never);
    expect(first.sessions.ok && first.routes.ok).toBe(true);
    const before = requests.length;
    await collector.collect(query, never);
    expect(requests.slice(before).every((request) => request.startsWith('sudo -n vtysh -c '))).toBe(true);
  });
});

describe('a sick switch', () => {
  it('without BGP: sessions and BGP table fail, the routing table is still read', async () => {
    const change: Change = (command) =>
      command.includes('bgp')
        ? { text: '{\n  "warning":"Default BGP instance not found"\n}\n', code: 0 }
        : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const collected = await collector.collect(query, never);
    expect(collected.sessions).toEqual({
      ok: false,
      at: 1_700_000_000_000,
      error: {
        kind: 'parse',
        message: 'leaf01: show bgp vrf all summary json: the device says: Default BGP instance not found',
      },
    });
    nothingOf(collected, 'bgp');
    expect(viewOf(collected, 'installed').partial).toBeUndefined();
  });

  it('whose bgpd is not running is no switch without sessions', async () => {
    const change: Change = (command) =>
      command.includes('bgp') ? { text: 'bgpd is not running\n', code: 1 } : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const collected = await collector.collect(query, never);
    expect(collected.sessions).toMatchObject({ ok: false, error: { kind: 'parse' } });
    nothingOf(collected, 'bgp');
    expect(viewOf(collected, 'installed').partial).toBeUndefined();
  });

  it('without zebra: what is in the routing table is unknown, the BGP table takes no place of it', async () => {
    const change: Change = (command) =>
      /^show (ip|ipv6) route/.test(command) ? { text: 'zebra is not running\n', code: 1 } : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const collected = await collector.collect(query, never);
    expect(viewOf(collected, 'bgp').table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    nothingOf(collected, 'installed');
    expect(viewOf(collected, 'installed').partial).toContain('zebra is not running');
  });

  it('whose time is over after the BGP table: the routing table is unknown', async () => {
    const inner = vtyshShell([]);
    const play: Play = {
      exec: (request, channel, connection) => {
        if (!request.includes('show ip route')) inner.exec?.(request, channel, connection);
      },
    };
    const { collector } = await collectorFor(play);
    const collected = await collector.collect(query, AbortSignal.timeout(900));
    expect(viewOf(collected, 'bgp').table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    nothingOf(collected, 'installed');
  });

  it('whose time is over in the BGP table: the routing table that was never asked is unknown', async () => {
    const inner = vtyshShell([]);
    const play: Play = {
      exec: (request, channel, connection) => {
        if (!request.includes('bgp ipv6')) inner.exec?.(request, channel, connection);
      },
    };
    // One command a request: those of IPv4 are answered before the one that hangs.
    const driver = { ...frr, ...(frr.batch && { batch: { ...frr.batch, most: 1 } }) };
    const { collector } = await collectorFor(play, { driver });
    const collected = await collector.collect(query, AbortSignal.timeout(1500));
    expect(viewOf(collected, 'bgp').partial).toBeDefined();
    expect(viewOf(collected, 'bgp').table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    nothingOf(collected, 'installed');
  });

  it('that does not know one command gives a partial view', async () => {
    const bad = 'show bgp ipv6 unicast fd00:10::/32 longer-prefixes json';
    const change: Change = (command) =>
      command === bad ? { text: `% Unknown command: ${bad}\n`, code: 1 } : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const collected = await collector.collect(query, never);
    const bgp = viewOf(collected, 'bgp');
    expect(bgp.partial).toMatch(
      /^1 of \d+ commands failed, the first: leaf01: show bgp ipv6 unicast .*Unknown command/,
    );
    expect(wasAsked(bgp, parsePrefix('fd00:10:244::/64'))).toBe(true);
    expect(wasAsked(bgp, parsePrefix('10.233.64.0/24'))).toBe(true);
    expect(bgp.table.rowsOf(parsePrefix('10.233.64.0/24'))).toHaveLength(2);
    expect(viewOf(collected, 'installed').partial).toBeUndefined();
  });

  it('that sends half an answer gives an error naming device, command and line', async () => {
    const change: Change = (command) =>
      command.includes('neighbors') ? { text: '{\n"default":{\n  "10.1.0.2":{\n', code: 0 } : undefined;
    const { collector } = await collectorFor(vtyshShell([], change));
    const { sessions, routes } = await collector.collect(query, never);
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'parse' } });
    expect(!sessions.ok && sessions.error.message).toBe(
      'leaf01: show bgp vrf all neighbors json: line 1: the answer ends in the middle of its JSON: it was cut off',
    );
    expect(routes.ok).toBe(true);
  });

  it('that hangs on one command costs that command, not the others', async () => {
    const inner = vtyshShell([]);
    const play: Play = {
      exec: (request, channel, connection) => {
        if (!request.includes('bgp ipv4')) inner.exec?.(request, channel, connection);
      },
    };
    const { collector } = await collectorFor(play, { commandTimeoutMs: 500 });
    const began = Date.now();
    const collected = await collector.collect(query, never);
    expect(Date.now() - began).toBeLessThan(4000);
    expect(collected.sessions.ok).toBe(true);
    nothingOf(collected, 'bgp');
    expect(viewOf(collected, 'installed').partial).toBeUndefined();
  });

  it("that hangs altogether ends with the caller's signal", async () => {
    const { collector } = await collectorFor({ exec: () => {} }, { commandTimeoutMs: 60_000 });
    const began = Date.now();
    const { sessions, routes } = await collector.collect(query, AbortSignal.timeout(700));
    expect(Date.now() - began).toBeLessThan(2500);
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    expect(routes).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });

  it('that says too much is cut off', async () => {
    const { collector } = await collectorFor(vtyshShell([]), { maxOutputBytes: 2000 });
    const { sessions } = await collector.collect(query, never);
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'protocol' } });
    expect(!sessions.ok && sessions.error.message).toMatch(
      /^leaf01: .* sent more than 2000 bytes for one command$/,
    );
  });

  it.each<[string, Partial<SshOptions>, Play, string]>([
    ['auth', { password: 'wrong' }, {}, 'auth'],
    ['host-key', {}, { hostKeys: [otherHostKey.private] }, 'host-key'],
  ])('%s: both readings fail after one attempt', async (_what, options, play, kind) => {
    const { collector, server } = await collectorFor({ ...vtyshShell([]), ...play }, {}, options);
    const { sessions, routes } = await collector.collect(query, never);
    expect(sessions).toMatchObject({ ok: false, error: { kind } });
    expect(routes).toMatchObject({ ok: false, error: { kind } });
    expect(!routes.ok && routes.error.message.startsWith('leaf01: ')).toBe(true);
    expect(server.connections).toHaveLength(1);
  });

  it('gone is refused, and comes back without a restart', async () => {
    const { collector, server } = await collectorFor(vtyshShell([]));
    expect((await collector.collect(query, never)).sessions.ok).toBe(true);
    await server.close();
    const { sessions, routes } = await collector.collect(query, never);
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(routes).toMatchObject({ ok: false, error: { kind: 'refused' } });
    const back = await sshServer(vtyshShell([]), server.port);
    closers.push(() => back.close());
    const again = await collector.collect(query, never);
    expect(again.sessions.ok && again.routes.ok).toBe(true);
  });
});
