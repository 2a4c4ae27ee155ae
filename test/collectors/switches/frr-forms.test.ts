// FRR's other forms, as a leaf of our own lab printed them: one prefix in the BGP table and in the routing table, what one
// neighbour sent, a range, a wide summary, and `json detail`. Expected values are read off the captures by eye.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';
import { refusesWithout } from './vrp-like-captures.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4/forms-leaf01');
const read = (file: string) => readFileSync(path.join(folder, `${file}.txt`), 'utf8');

describe('FRR 8.4.4', () => {
  it('shows all paths of one prefix, and which is best', () => {
    const text = read('show_bgp_ipv4_unicast_10.233.66.0_24');
    const command = 'show bgp ipv4 unicast 10.233.66.0/24';
    expect(routesRead(frr, command, text)).toEqual([
      'bgp default 10.233.66.0/24 to 172.20.0.12 path "64512"',
      'bgp default 10.233.66.0/24 to 172.20.0.11 path "64512"',
      'bgp default 10.233.66.0/24 to 172.20.0.12 path "64512"',
      'bgp default 10.233.66.0/24 best to 172.20.0.11 path "64512"',
    ]);
    // Four lines with a next hop, four with an origin; without one of them paths are missing.
    expect(refusesWithout(frr, command, text, / from /)).toBe(4);
    expect(refusesWithout(frr, command, text, / Origin /)).toBe(4);
  });

  it('shows all next hops of one installed route', () => {
    expect(routesRead(frr, 'show ip route 10.233.66.0/24', read('show_ip_route_10.233.66.0_24'))).toEqual([
      'installed default 10.233.66.0/24 best to 172.20.0.11%rack0 172.20.0.12%rack0 by bgp',
    ]);
  });

  it('counts a part of the table by its own prefixes, not by the paths of the whole', () => {
    const command = 'show bgp ipv4 unicast neighbors 100.0.0.1 routes';
    const sent = read('show_bgp_ipv4_unicast_neighbors_100.0.0.1_routes');
    expect(routesRead(frr, command, sent)).toEqual([
      'received default 10.233.0.0/18 to 100.0.0.1 path "65008 65010 64513"',
      'received default 10.233.67.0/24 best to 100.0.0.1 path "65008 65010 64513"',
      'received default 10.233.68.0/24 best to 100.0.0.1 path "65008 65010 64513"',
      'received default 10.233.69.0/24 best to 100.0.0.1 path "65008 65010 64513"',
      'received default 173.20.0.0/24 best to 100.0.0.1 path "65008 65010"',
    ]);
    expect(refusesWithout(frr, command, sent, /100\.0\.0\.1 /)).toBe(5);
    const range = read('show_bgp_ipv4_unicast_10.233.64.0_18_longer-prefixes');
    const whole = frr.parse('show bgp ipv4 unicast 10.233.64.0/18 longer-prefixes', range);
    expect(whole.routes[0]?.rows).toHaveLength(11);
    // Said of the whole table, the count is of its paths.
    expect(() => frr.parse('show bgp ipv4 unicast', range)).toThrow('11 paths were read of 22');
  });

  it('reads a wide summary', () => {
    const text = read('show_bgp_ipv4_unicast_summary_wide');
    const sessions = sessionsRead(frr, 'show bgp ipv4 unicast summary wide', text);
    expect(sessions).toEqual([
      'default 100.0.0.1 ipv4 AS 65008 of 65009 established 5 received, 147 s',
      'default 172.20.0.11 ipv4 AS 64512 of 65009 established 8 received, 147 s',
      'default 172.20.0.12 ipv4 AS 64512 of 65009 established 8 received, 147 s',
    ]);
  });

  it('takes what `json detail` says of a prefix for no path of it', () => {
    const { routes } = frr.parse(
      'show bgp ipv4 unicast json detail',
      read('show_bgp_ipv4_unicast_json_detail'),
    );
    const rows = routes.flatMap((table) => table.rows);
    expect(rows).toHaveLength(22);
    expect(rows.filter(({ best }) => best)).toHaveLength(9);
    expect(rows.every(({ nextHops }) => nextHops.length === 1)).toBe(true);
  });

  it('refuses lists that are shorter than they say', () => {
    const sent = (count: number) =>
      JSON.stringify({
        advertisedRoutes: { '10.0.0.0/24': { network: '10.0.0.0/24', nextHop: '0.0.0.0', path: '' } },
        totalPrefixCounter: count,
      });
    const command = 'show bgp ipv4 unicast neighbors 10.0.0.2 advertised-routes json';
    expect(frr.parse(command, sent(1)).routes[0]?.rows).toHaveLength(1);
    expect(() => frr.parse(command, sent(3))).toThrow('1 prefixes were read of 3');
    const peers = (shown: number) =>
      JSON.stringify({
        ipv4Unicast: {
          as: 65000,
          peers: { '10.0.0.2': { remoteAs: 65001, state: 'Established', pfxRcd: 3 } },
          displayedPeers: shown,
          totalPeers: 9,
        },
      });
    expect(frr.parse('show bgp summary json', peers(1)).sessions).toHaveLength(1);
    expect(() => frr.parse('show bgp summary json', peers(2))).toThrow('1 neighbours were read of 2');
  });
});

describe('what older releases say of a table', () => {
  const table = `   Network          Next Hop            Metric LocPrf Weight Path
*> 10.233.64.0/24   172.20.0.11              0             0 64512 i
*  10.233.65.0/24   172.20.0.12              0             0 64513 i
*>                  172.20.0.11              0             0 64512 i

`;
  const read = (end: string) =>
    frr.parse('show ip bgp', table + end).routes.flatMap(({ rows }) => rows).length;

  it('takes the count of Quagga for one of prefixes', () => {
    expect(read('Total number of prefixes 2\n')).toBe(3);
    expect(read('Displayed  2 out of 3 total prefixes\n')).toBe(3);
    expect(read('Displayed  2 routes and 3 total paths\n')).toBe(3);
    // FRR counts the paths of one neighbour in the same words.
    expect(read('Total number of prefixes 3\n')).toBe(3);
    expect(() => read('Total number of prefixes 4\n')).toThrow('3 paths were read of 4');
    expect(() => read('Displayed  4 out of 5 total prefixes\n')).toThrow('rows are missing');
  });

  it('knows an empty table, and tells it from one whose rows are not shown', () => {
    for (const said of ['No BGP prefixes displayed, 0 exist\n', 'No BGP network exists\n']) {
      expect(frr.parse('show ip bgp', said).routes).toMatchObject([
        { layer: 'bgp', vrf: 'default', rows: [] },
      ]);
    }
    expect(() => frr.parse('show ip bgp', 'No BGP prefixes displayed, 7 exist\n')).toThrow('not an answer');
  });
});
