// The demo's NX-OS switch: what it prints, in the columns of real captures, read by the project's driver; and its shell
// through the SSH collector, with the pager off and with one that cannot be turned off. Expected values are written by hand
// from the topology; the captures are read in place.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { frr } from '../../src/collectors/switches/frr.ts';
import { nxos } from '../../src/collectors/switches/nxos.ts';
import { faults } from '../../src/demo/faults.ts';
import { frrReply } from '../../src/demo/frr-replies.ts';
import { nxosManners, nxosReply } from '../../src/demo/nxos-replies.ts';
import { because } from '../because.ts';
import { collectFrom, routesIn, sessionsIn } from './shells.ts';
import { viewOf } from './view.ts';

const summary = 'show bgp all summary vrf all | json';
const neighbors = 'show bgp vrf all all neighbors';
const ask = (command: string, fault?: string, seconds?: number) =>
  nxosReply(viewOf('leaf02', fault, seconds), command);

describe('what it prints', () => {
  test('the summary, as JSON', () => {
    const { ROW_vrf } = JSON.parse(ask(summary)).TABLE_vrf;
    expect(ROW_vrf).toMatchObject({ 'vrf-name-out': 'default', 'vrf-local-as': '65010' });
    const { ROW_saf } = ROW_vrf.TABLE_af.ROW_af.TABLE_saf;
    expect(ROW_saf).toMatchObject({ 'af-name': 'IPv4 Unicast', configuredpeers: '3', capablepeers: '3' });
    expect(ROW_saf.TABLE_neighbor.ROW_neighbor[0]).toMatchObject({
      neighborid: '100.0.0.5',
      neighboras: '65008',
      time: '01:00:00',
      state: 'Established',
      prefixreceived: '4',
    });
  });

  test('neighbours: how long, how many, and who reset the session', () => {
    expect(ask(neighbors, undefined, 523_860)).toContain('  BGP state = Established, up for 6d01h\n');
    expect(ask(neighbors, 'stop-bird-node5')).toContain(
      '  BGP state = Active, down for 01:00:00, retry in 00:00:33\n',
    );
    expect(ask(neighbors, 'stop-bird-node5')).toContain(
      '  Last reset by us never, due to No error\n  Last reset by peer 01:00:00, due to administratively shutdown\n',
    );
    expect(nxosReply(viewOf('spine01', 'shut-spine01-leaf02'), neighbors)).toContain(
      '  BGP state = Shut (Admin), down for 01:00:00\n',
    );
  });

  test('paths inside a range, to one prefix, and to one that is not there', () => {
    expect(ask('show bgp ipv4 unicast 10.233.69.0/24 longer-prefixes')).toContain(
      '*>e10.233.69.0/24     173.20.0.11                                    0 64513 i\n' +
        '*|e                   173.20.0.12                                    0 64513 i\n',
    );
    expect(ask('show bgp ipv4 unicast 10.233.69.0/24')).toContain('Paths: (2 available, best #1)\n');
    expect(ask('show bgp ipv4 unicast 10.233.0.0/17')).toBe('% Network not in table\n');
  });

  test('routes inside a range, to one prefix, and to one that is not there', () => {
    expect(ask('show ip route 10.233.69.0/24')).toContain(
      '10.233.69.0/24, ubest/mbest: 2/0\n' +
        '    *via 173.20.0.11, [20/0], 01:00:00, bgp-65010, external, tag 64513\n' +
        '    *via 173.20.0.12, [20/0], 01:00:00, bgp-65010, external, tag 64513\n',
    );
    expect(ask('show ip route 173.20.0.0/24 longer-prefixes')).toContain(
      '173.20.0.254/32, ubest/mbest: 1/0, attached\n    *via 173.20.0.254, Vlan20, [0/0], 01:00:00, local\n',
    );
    expect(ask('show ip route 10.0.0.0/8')).toMatch(/\nRoute not found\n$/);
  });

  test('anything else is unknown', () => {
    for (const command of ['configure terminal', 'clear bgp *', 'show running-config', 'show ip route x'])
      expect(ask(command)).toBe("        ^\n% Invalid command at '^' marker.\n");
  });
});

describe('read by the driver', () => {
  test.each([undefined, ...faults.map(({ name }) => name)])(
    'as FRR tells the same with fault %s',
    (fault) => {
      for (const name of ['spine01', 'leaf01', 'leaf02']) {
        const view = viewOf(name, fault);
        const read = (command: string) => nxos.parse(command, nxosReply(view, command));
        const told = (command: string) => frr.parse(command, frrReply(view, command).output);
        expect(sessionsIn(read(summary))).toEqual(sessionsIn(told('show bgp vrf all summary json')));
        expect(read(neighbors).sessions.map(({ state }) => state)).toEqual(
          view.state.sessions.map(({ state }) => state),
        );
        for (const table of ['show bgp ipv4 unicast', 'show ip route']) {
          const range = `${table} 10.233.0.0/16 longer-prefixes`;
          expect(routesIn(read(range))).toEqual(routesIn(told(`${range} json`)));
          const exact = `${table} 10.233.65.0/24`;
          expect(routesIn(read(exact))).toEqual(routesIn(told(`${exact} json`)));
        }
      }
    },
  );
});

const shared = join(import.meta.dirname, '../../../shared/fixtures/cisco-nxos');
const captures = join(shared, 'batfish__lab-validation/snapshots/nxos_redistribution/show/d1_redist');

describe.skipIf(!existsSync(captures))(
  because(
    !existsSync(captures),
    'against captures of real switches',
    'needs the public captures in ../shared',
  ),
  () => {
    const linesOf = (...file: string[]) => readFileSync(join(...file), 'utf8').split('\n');
    test('the tables: headings and rows', () => {
      const table = ask('show bgp ipv4 unicast').split('\n');
      const theirs = linesOf(captures, 'show_ip_bgp_vrf_all.txt').map((line) => line.trimEnd());
      const still = (line: string) => line.replace(/version is \d+, Local Router ID is \S+/, 'version');
      expect(table.slice(0, 7).map(still)).toEqual(theirs.slice(0, 7).map(still));
      const row = (lines: readonly string[]) => lines.find((line) => line.startsWith('*>e'))?.slice(22);
      const ends = (text: string | undefined) => text?.search(/ 0 \d[\d ]* i$/);
      expect(ends(row(table))).toBe(ends(row(theirs)));
      const routes = ask('show ip route').split('\n');
      const installed = linesOf(captures, 'show_ip_route_vrf_all.txt');
      expect(routes.slice(0, 6)).toEqual(installed.slice(0, 6));
      const bgp = (lines: readonly string[]) => lines.find((line) => line.includes(', external, tag '));
      const form = (line: string | undefined) => line?.replace(/\d+/g, 'N');
      expect(form(bgp(routes))).toBe(form(bgp(installed)));
    });

    test('neighbours: every line of ours is one of theirs', () => {
      const form = (line: string) =>
        line
          .replace(/\d+:\d\d:\d\d/g, 'T')
          .replace(/\d+/g, 'N')
          .trimEnd();
      const theirs = new Set(linesOf(captures, 'show_ip_bgp_all_neighbor.txt').map(form));
      const ours = ask(neighbors).split('\n').map(form);
      expect(ours.filter((line) => !theirs.has(line) && !line.startsWith('  Description: '))).toEqual([]);
    });

    test('the summary has no field that the captured one lacks', () => {
      const file = 'napalm-automation__napalm/test/nxos/mocked_data/test_get_bgp_neighbors/asdot';
      const theirs = readFileSync(join(shared, file, 'show_bgp_all_summary_vrf_all.json'), 'utf8');
      const names = [...ask(summary).matchAll(/"([\w-]+)":/g)].map(([, name]) => name);
      expect(names.filter((name) => !theirs.includes(`"${name}"`))).toEqual([]);
    });
  },
);

describe('its shell, through the SSH collector', () => {
  test.each([
    ['as it is', nxosManners('leaf02')],
    ['with a pager that stays on', { ...nxosManners('leaf02'), pagingOff: /^never$/, pageLines: 5 }],
  ])('%s', async (_, manners) => {
    const system = {
      ident: 'OpenSSH_8.3',
      manners,
      reply: (command: string) => nxosReply(viewOf('leaf02'), command),
    };
    const { sessions, hops } = await collectFrom(system, nxos);
    expect(sessions).toEqual(['100.0.0.5 established', '173.20.0.11 established', '173.20.0.12 established']);
    expect(hops).toEqual(['173.20.0.11', '173.20.0.12']);
  });
});
