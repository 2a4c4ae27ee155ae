// The SONiC driver: the summary table in SONiC's own spelling, FRR's forms out of a terminal and, read in place where they are,
// the JSON that SONiC keeps for its own tests, counted a second time by a plain walk.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sonic } from '../../../src/collectors/switches/sonic.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { because } from '../../because.ts';
import { readAnyway } from './vrp-like-captures.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/sonic');
const summary = readFileSync(path.join(folder, 'summary.txt'), 'utf8');

describe("SONiC's own summary", () => {
  it('reads every state', () => {
    const { sessions } = sonic.parse('show ip bgp summary', summary);
    expect(
      sessions.map(
        ({
          peerAddress,
          peerAsn,
          localAsn,
          state,
          adminDown,
          establishedSeconds,
          prefixesReceived,
          description,
        }) => [
          peerAddress,
          peerAsn,
          localAsn,
          state,
          adminDown,
          establishedSeconds,
          prefixesReceived,
          description,
        ],
      ),
    ).toEqual([
      ['172.20.0.11', 64512, 65100, 'established', undefined, 93780, 34, 'node1'],
      ['172.20.0.12', 4200000002, 65100, 'active', undefined, undefined, undefined, 'node2'],
      ['172.20.0.13', 64512, 65100, 'idle', true, undefined, undefined, 'node3'],
    ]);
  });

  it('takes terminal codes and pagers away', () => {
    const text = summary.replace(
      '172.20.0.12',
      '\x1b[7m--More--\x1b[0m\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b172.20.0.12',
    );
    expect(sonic.parse('show ip bgp summary', text)).toEqual(sonic.parse('show ip bgp summary', summary));
  });

  it('reads the routing table, a route that the hardware lacks among them', () => {
    const text = [
      'Codes: K - kernel route, C - connected, S - static, B - BGP,',
      '       > - selected route, * - FIB route, # - not installed in hardware',
      '',
      'B>*10.233.64.0/26 [20/0] via 172.20.0.11, PortChannel1, 04:41:15',
      '  *                      via 172.20.0.12, PortChannel2, 04:41:15',
      'B>#10.233.64.64/26 [20/0] via 172.20.0.12, PortChannel2, 04:41:15',
      'B>#10.233.64.128/26 [20/0] via 172.20.0.11, PortChannel1, 04:41:15',
      '  #                        via 172.20.0.12, PortChannel2, 04:41:15',
    ];
    const found = sonic.parse('show ip route', text.join('\n')).routes.flatMap(({ rows }) => rows);
    expect(found.map(({ best, unusable, nextHops }) => [best, unusable, nextHops.length])).toEqual([
      [true, undefined, 2],
      [true, true, 1],
      [true, true, 2],
    ]);
  });

  it('refuses rows that are missing and what a chassis says without an ASIC', () => {
    const cut = summary.replace(/^172\.20\.0\.12.*\n/m, '');
    expect(() => sonic.parse('show ip bgp summary', cut)).toThrow('2 neighbours were read of 3');
    const chassis = 'Usage: /usr/bin/vtysh -n <0 to 2> [OPTION]... ';
    expect(() => sonic.parse('show bgp vrf all summary json', chassis)).toThrow(ParseError);
  });
});

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures/sonic');
const present = existsSync(root);
if (!present) console.log('sonic: captures skipped, the shared fixtures are not here');
const files = present
  ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
  : [];

describe.skipIf(!present)(
  because(!present, "SONiC's own test tables", 'needs the public captures in ../shared'),
  () => {
    it.each(files)('%s', (file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const document = JSON.parse(text) as Record<string, Record<string, Record<string, unknown>>>;
      const routes = /route/.test(file);
      const command = routes
        ? 'show ip route json'
        : /summary|neigh/.test(file)
          ? 'show ip bgp summary json'
          : 'show ip bgp json';
      // One of them counts more peers than its authors left in it.
      const parsed = readAnyway(sonic, command, text);
      const peers = Object.keys(document.ipv4Unicast?.peers ?? document.peers ?? {});
      expect(parsed.sessions.map(({ peerAddress }) => peerAddress)).toEqual(peers);
      const paths = Object.values(routes ? document : (document.routes ?? {})).flat();
      expect(parsed.routes.flatMap(({ rows }) => rows)).toHaveLength(paths.length);
    });
  },
);
