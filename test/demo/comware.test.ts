// The demo's Comware switch: what it prints, in the columns of real captures, read by the project's driver; and its shell
// through the SSH collector, with the pager off and with one that cannot be turned off. Expected values are written by hand
// from the topology; the captures are read in place.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { comware } from '../../src/collectors/switches/comware.ts';
import { frr } from '../../src/collectors/switches/frr.ts';
import { comwareManners, comwareReply } from '../../src/demo/comware-replies.ts';
import { faults } from '../../src/demo/faults.ts';
import { frrReply } from '../../src/demo/frr-replies.ts';
import { because } from '../because.ts';
import { collectFrom, routesIn, sessionsIn } from './shells.ts';
import { viewOf } from './view.ts';

const peers = 'display bgp peer ipv4';
const bgp = 'display bgp routing-table ipv4';
const rib = 'display ip routing-table';
const ask = (command: string, fault?: string, seconds?: number) =>
  comwareReply(viewOf('leaf02', fault, seconds), command);

describe('what it prints', () => {
  test('peers', () => {
    expect(ask(peers)).toBe(`
 BGP local router ID: 3.3.3.3
 Local AS number: 65010
 Total number of peers: 3\t\t  Peers in established state: 3

  * - Dynamically created peer
  Peer                    AS  MsgRcvd  MsgSent OutQ PrefRcv Up/Down  State

  100.0.0.5            65008       65       68    0       4 01:00:00 Established
  173.20.0.11          64513       65       68    0       4 01:00:00 Established
  173.20.0.12          64513       65       68    0       4 01:00:00 Established
`);
    expect(ask(peers, 'stop-bird-node5', 523_860)).toContain(
      '  173.20.0.12          64513        0        0    0       0 0145h31m Active\n',
    );
  });

  test('the BGP table: its total, best paths and the others', () => {
    const table = ask(bgp);
    expect(table).toContain(' Total number of routes: 12\n');
    expect(table).toContain(
      '* >e 10.233.69.0/24     173.20.0.11                           0       64513i\n' +
        '*  e                    173.20.0.12                           0       64513i\n',
    );
    expect(table).toContain('65008 65009 64512i\n');
  });

  test('the routing table: destinations, routes, next hops', () => {
    const table = ask(rib);
    expect(table).toContain('Destinations : 20       Routes : 24\n');
    expect(table).toContain(
      '10.233.69.0/24     BGP     255 0           173.20.0.11     Vlan20\n' +
        '                   BGP     255 0           173.20.0.12     Vlan20\n',
    );
    expect(table).toContain('173.20.0.255/32    Direct  0   0           173.20.0.254    Vlan20\n');
  });

  test('shortened commands and the alias; anything else is unknown', () => {
    expect(ask('dis ip routing-table')).toBe(ask(rib));
    expect(ask('show bgp peer ipv4')).toBe(ask(peers));
    for (const command of ['system-view', 'reset bgp all', 'display current-configuration', 'save'])
      expect(ask(command)).toBe("        ^\n % Unrecognized command found at '^' position.\n");
  });
});

describe('read by the driver', () => {
  test.each([undefined, ...faults.map(({ name }) => name)])(
    'as FRR tells the same with fault %s',
    (fault) => {
      for (const name of ['spine01', 'leaf01', 'leaf02']) {
        const view = viewOf(name, fault);
        const read = (command: string) => comware.parse(command, comwareReply(view, command));
        const told = (command: string) => frr.parse(command, frrReply(view, command).output);
        expect(sessionsIn(read(peers))).toEqual(sessionsIn(told('show bgp vrf all summary json')));
        const wide = '10.233.0.0/16 longer-prefixes json';
        expect(routesIn(read(bgp))).toEqual(routesIn(told(`show bgp ipv4 unicast ${wide}`)));
        expect(routesIn(read(rib))).toEqual(routesIn(told(`show ip route ${wide}`)));
        expect([...read(peers).notes, ...read(bgp).notes, ...read(rib).notes]).toEqual([]);
      }
    },
  );
});

const captures = join(import.meta.dirname, '../../../shared/fixtures/h3c-comware/transcribed');

describe.skipIf(!existsSync(captures))(
  because(
    !existsSync(captures),
    'against captures of real switches',
    'needs the public captures in ../shared',
  ),
  () => {
    /** Where the words of a line begin and end. */
    const shape = (line: string) => line.replaceAll(/[^\s]/g, 'x').trimEnd();
    const linesOf = (file: string) => readFileSync(join(captures, file), 'utf8').split('\n');

    test('peers: line by line as the leaf of the reference fabric, but for its counters', () => {
      const [, ...theirs] = linesOf('leaf01-calico.show_bgp_peer_ipv4.txt').map((line) => line.trimEnd());
      const ours = comwareReply(viewOf('leaf01', undefined, 85_948), peers).split('\n');
      const still = (line: string) =>
        line.replace(/(\S+ +\d+) +\d+ +\d+ +0 +\d+ \d\d:\d\d:\d\d/, '$1').replace('AS 65009', 'AS');
      expect(ours.map(still).slice(0, theirs.length).join('\n').trim()).toBe(
        theirs.map(still).join('\n').trim(),
      );
    });

    test('both tables: the same headings, and columns in the same places', () => {
      const theirs = linesOf('otus-r1-1.session.txt').map((line) => line.trimEnd());
      const row = (lines: readonly string[], start: string) =>
        shape(lines.find((line) => line.startsWith(start))?.slice(0, 24) ?? 'none');
      for (const command of [bgp, rib]) {
        const ours = ask(command).split('\n');
        const heading = ours.find((line) => /^(?: +Network|Destination\/Mask)/.test(line));
        expect(theirs).toContain(heading);
      }
      expect(row(ask(rib).split('\n'), '127.0.0.0/8')).toBe(row(theirs, '127.0.0.0/8'));
      const system = (lines: readonly string[]) => lines.find((line) => line.startsWith('224.0.0.0/4'));
      expect(system(ask(rib).split('\n'))).toBe(system(theirs));
    });
  },
);

describe('its shell, through the SSH collector', () => {
  test.each([
    ['as it is', comwareManners('leaf02')],
    ['with a pager that stays on', { ...comwareManners('leaf02'), pagingOff: /^never$/, pageLines: 5 }],
  ])('%s', async (_, manners) => {
    const reply = (command: string) => comwareReply(viewOf('leaf02'), command);
    const { sessions, hops, facts } = await collectFrom(
      { ident: 'Comware-7.1.070', manners, reply },
      comware,
    );
    expect(sessions).toEqual(['100.0.0.5 established', '173.20.0.11 established', '173.20.0.12 established']);
    expect(facts).toMatchObject({ hostname: 'leaf02', localAsn: 65010 });
    expect(hops).toEqual(['173.20.0.11', '173.20.0.12']);
  });
});
