// The FRR driver against other people's captures, read in place: FRR's own tests, Cumulus Linux and SONiC. Where a capture
// has the same table as text and as JSON, one is checked by the other; else by counts written out from the capture.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { pieces } from '../../../src/collectors/switches/frr-json.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import { readAnyway } from './vrp-like-captures.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const present = existsSync(shared);
if (!present) console.log('frr-shared: skipped, the shared fixtures are not here');

const read = (file: string) => readFileSync(path.join(shared, file), 'utf8');
const parse = (command: string, file: string) => frr.parse(command, read(file));
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
const cumulus = (device: string, command: string, end = 'txt') =>
  `cumulus/batfish__lab-validation/snapshots/${device.replace('/', '/show/')}/vtysh_-c_'${command.replaceAll(' ', '_')}'.${end}`;
const topotests = 'frr/FRRouting__frr/tests/topotests';
const sonic = 'sonic/sonic-net__sonic-utilities/tests/mock_tables';

describe.skipIf(!present)(
  because(!present, 'Cumulus Linux', 'needs the public captures in ../shared'),
  () => {
    const mixed = 'mix_vendor_bgp_vrf/D-Cumulus';
    const onug = 'onug_cost_optimized_s3_path';

    it('reads the BGP tables of three VRFs alike from text and JSON', () => {
      const text = parse('show ip bgp vrf all', cumulus(mixed, 'show ip bgp vrf all'));
      const json = parse('show ip bgp vrf all json', cumulus(mixed, 'show ip bgp vrf all json', 'json'));
      const sorted = (parsed: Parsed) =>
        rows(parsed)
          .map(({ from, ...row }) => row)
          .sort((x, y) =>
            `${x.vrf}${formatPrefix(x.prefix)}`.localeCompare(`${y.vrf}${formatPrefix(y.prefix)}`),
          );
      expect(sorted(text)).toEqual(sorted(json));
      expect(rows(text)).toHaveLength(14);
      // Printed without its length, as a classful network.
      expect(rows(text).map((row) => formatPrefix(row.prefix))).toContain('192.168.122.0/24');
    });

    it('reads the neighbours alike from text and JSON', () => {
      const text = parse('show ip bgp vrf all neighbors', cumulus(mixed, 'show ip bgp vrf all neighbors'));
      const json = parse(
        'show ip bgp vrf all neighbors json',
        cumulus(mixed, 'show ip bgp vrf all neighbors json', 'json'),
      );
      const expected = {
        peerAddress: '10.10.40.1',
        peerAsn: 1,
        localAsn: 40,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        localAddress: '10.10.40.2',
        prefixesAccepted: 11,
      };
      // The two were taken some minutes apart.
      expect(text.sessions).toEqual([{ ...expected, establishedSeconds: 7360 }]);
      expect(json.sessions).toEqual([{ ...expected, establishedSeconds: 7825, transitions: 1 }]);
    });

    it('reads the routing tables of four VRFs, whose JSON has numbers in place of names', () => {
      const text = parse('show ip route vrf all', cumulus(mixed, 'show ip route vrf all'));
      const json = parse('show ip route vrf all json', cumulus(mixed, 'show ip route vrf all json'));
      const names: Record<string, string> = {
        'vrfId 9': 'cust10',
        'vrfId 10': 'cust20',
        'vrfId 11': 'testing',
      };
      const named = rows(json).map((row) => ({ ...row, vrf: names[row.vrf] ?? row.vrf }));
      expect(rows(text)).toEqual(named);
      expect(text.routes.map(({ vrf, rows: own }) => [vrf, own.length])).toEqual([
        ['cust10', 2],
        ['cust20', 2],
        ['default', 14],
        ['testing', 1],
      ]);
    });

    it('reads unnumbered fabrics: peers by interface, next hops by link-local address', () => {
      const { sessions } = parse(
        'show ip bgp vrf all neighbors json',
        cumulus(`${onug}/leaf01`, 'show ip bgp vrf all neighbors json'),
      );
      expect(sessions.map(({ name, peerAddress, peerAsn }) => [name, peerAddress, peerAsn])).toEqual([
        ['swp3', 'fe80::eb4:13ff:fe1a:6501', 65101],
        ['swp4', 'fe80::eb4:13ff:fede:d801', 65102],
        ['swp5', 'fe80::eb4:13ff:fec3:4801', 65103],
        ['swp6', 'fe80::eb4:13ff:fe94:ba01', 65104],
      ]);
      expect(sessions[0]?.lastError).toBe(
        'BGP Notification send: Cease/Connection collision resolution (0607)',
      );
      const [first] = rows(
        parse('show ip route vrf all json', cumulus(`${onug}/leaf01`, 'show ip route vrf all json')),
      );
      expect(first?.nextHops.map((hop) => hop.interface)).toEqual(['swp3', 'swp5', 'swp4', 'swp6']);
      const bgp = rows(
        parse('show ip bgp vrf all json', cumulus(`${onug}/leaf01`, 'show ip bgp vrf all json')),
      );
      const raw = JSON.parse(read(cumulus(`${onug}/leaf01`, 'show ip bgp vrf all json'))).default.routes;
      expect(bgp).toHaveLength(Object.values(raw).flat().length);
      expect(bgp.filter((row) => row.best)).toHaveLength(Object.keys(raw).length);
    });

    it('takes "bgpd is not running" for an error', () => {
      for (const command of ['show ip bgp vrf all json', 'show ip bgp vrf all neighbors json']) {
        const file = cumulus('cumulusfrr_ospf_area_range/area0', command);
        expect(() => parse(command, file)).toThrow('bgpd is not running');
      }
    });

    it("reads what suzieq's devices answered", () => {
      const file = 'cumulus/netenglabs__suzieq/tests/integration/sqcmds/cumulus-input/dual-bgp/bgp.output';
      // One list of answers a device, one behind the other.
      const answers: { cmd: string; data: string }[] = pieces(file, read(file)).flatMap((piece) =>
        JSON.parse(piece.text),
      );
      let sessions = 0;
      for (const { cmd, data } of answers.filter((entry) => /neighbors? json/.test(entry.cmd))) {
        const command = /"(show [^"]+)"/.exec(cmd)?.[1] ?? cmd;
        const parsed = frr.parse(command, data);
        for (const session of parsed.sessions) expect(session.state, data.slice(0, 80)).not.toBeNull();
        sessions += parsed.sessions.length;
      }
      const shown = answers
        .map(({ data }) => data.match(/"bgpState"/g)?.length ?? 0)
        .reduce((sum, n) => sum + n, 0);
      expect(shown).toBeGreaterThan(20);
      expect(sessions).toBeGreaterThanOrEqual(shown);
    });
  },
);

describe.skipIf(!present)(because(!present, 'SONiC', 'needs the public captures in ../shared'), () => {
  it('reads the summaries of its ASICs', () => {
    const file = `${sonic}/asic0/show_ip_bgp_summary.json`;
    const command = 'show ip bgp summary json';
    // Its authors left out two of the five peers that it counts.
    expect(() => parse(command, file)).toThrow('3 neighbours were read of 5');
    const { sessions } = readAnyway(frr, command, read(file));
    expect(
      sessions.map(({ peerAddress, peerAsn, localAsn, state, prefixesReceived, description }) => [
        peerAddress,
        peerAsn,
        localAsn,
        state,
        prefixesReceived,
        description,
      ]),
    ).toEqual([
      ['3.3.3.2', 65100, 65100, 'established', 16, 'ASIC1'],
      ['3.3.3.8', 65100, 65100, 'established', 18, 'svcstr-sonic-lc2-1-ASIC1'],
      ['10.0.0.1', 65222, 65200, 'established', 8514, 'ARISTA01T2'],
    ]);
  });

  it('reads its routing tables', () => {
    const table = rows(parse('show ip route json', `${sonic}/asic0/ip_route.json`));
    const defaults = table.filter((row) => formatPrefix(row.prefix) === '0.0.0.0/0');
    expect(
      defaults.map(({ protocol, best, nextHops, unusable }) => [protocol, best, nextHops.length, unusable]),
    ).toEqual([
      ['static', false, 1, true],
      ['bgp', true, 2, undefined],
      ['kernel', false, 1, undefined],
    ]);
    const odd = rows(parse('show ip route json', `${sonic}/asic0/ip_special_route.json`));
    const of = (text: string) => odd.find((row) => formatPrefix(row.prefix) === text);
    expect(of('10.3.0.4/31')?.discard).toBe(true);
    expect(of('10.6.5.2/31')?.unusable).toBe(true);
    expect(rows(parse('show ip route json', `${sonic}/asic0/ip_empty_route.json`))).toEqual([]);
    const [recursive] = rows(parse('show ip route json', `${sonic}/asic2/ip_special_recursive_route.json`));
    expect(recursive).toMatchObject({
      best: true,
      nextHops: [{ address: '10.0.0.9' }, { address: '10.0.0.1' }],
    });
  });

  it('reads the multipath default route', () => {
    const found = rows(parse('show ip bgp json', `${sonic}/asic0/show_ip_bgp.json`));
    expect(
      found.map(({ best, from, nextHops, asPath }) => [best, from, nextHops[0]?.address, asPath]),
    ).toEqual([
      [false, '3.3.3.2', '10.0.0.7', '65200 6666 6667'],
      [true, '3.3.3.1', '10.0.0.1', '65200 6666 6667'],
    ]);
  });
});

describe.skipIf(!present)(
  because(!present, "FRR's own tests", 'needs the public captures in ../shared'),
  () => {
    it.each([
      ['show ip route', 'all_protocol_startup/r1/ipv4_routes.ref', 40],
      ['show ipv6 route', 'all_protocol_startup/r1/ipv6_routes.ref', 38],
      ['show bgp ipv4', 'all_protocol_startup/r1/show_bgp_ipv4.ref', 1],
      ['show bgp ipv6', 'all_protocol_startup/r1/show_bgp_ipv6_post6.1.ref', 1],
      ['show bgp json', 'bgp_features/r1/show_bgp.json', 16],
      ['show ip route json', 'bgp_features/r1/ip_route.json', 14],
      ['show ip route json', 'ospf_gr_topo1/rt2/show_ip_route.json', 12],
    ])('%s of %s: %i routes', (command, file, count) => {
      expect(rows(parse(command, `${topotests}/${file}`))).toHaveLength(count);
    });

    it('reads text summaries with descriptions', () => {
      const { sessions } = parse(
        'show ip bgp summary',
        `${topotests}/all_protocol_startup/r1/show_ip_bgp_summary.ref`,
      );
      expect(
        sessions.map(({ peerAddress, peerAsn, localAsn, state, description }) => [
          peerAddress,
          peerAsn,
          localAsn,
          state,
          description,
        ]),
      ).toEqual([
        ['192.168.7.10', 100, 100, 'active', 'Transit_cogent'],
        ['192.168.7.20', 200, 100, 'active', 'Client_Bibi_Full'],
        ['fc00:0:0:8::1000', 100, 100, 'active', 'Transit_cogent_v6'],
        ['fc00:0:0:8::2000', 200, 100, 'active', 'Client_Toto_default'],
      ]);
    });

    it('reads static routes of every kind from text', () => {
      const table = rows(parse('show ip route', `${topotests}/all_protocol_startup/r1/ipv4_routes.ref`));
      const of = (text: string) => table.filter((row) => formatPrefix(row.prefix) === text);
      expect(of('4.5.6.13/32')).toMatchObject([
        { protocol: 'static', best: true, discard: true, nextHops: [] },
      ]);
      expect(of('4.5.6.15/32')).toMatchObject([
        { best: false, nextHops: [{ address: '192.168.0.2', interface: 'r1-eth0' }] },
      ]);
      expect(of('1.1.1.1/32')).toMatchObject([{ nextHops: [{ interface: 'r1-eth1' }] }]);
      expect(of('192.168.0.1/32')).toMatchObject([{ protocol: 'local' }]);
      expect(of('4.5.6.16/32').map((row) => row.best)).toEqual([false, true]);
    });

    it('reads one prefix with many paths (hyperglass) and what a neighbour is sent (frr_exporter)', () => {
      const found = rows(
        parse(
          'show bgp ipv4 unicast 1.1.1.0/24 json',
          'frr/thatmattlove__hyperglass/.samples/frr_bgp_route.json',
        ),
      );
      expect(found.map((row) => row.asPath)).toEqual(['174 13335', '1299 13335', '6939 13335', '174 13335']);
      expect(found[1]).toMatchObject({
        localPref: 150,
        from: '199.34.92.9',
        nextHops: [{ address: '199.34.92.9' }],
      });
      const sent = frr.parse(
        'show bgp ipv4 unicast neighbors 10.1.1.10 advertised-routes json',
        read(
          'frr/tynany__frr_exporter/collector/testdata/show_bgp_ipv4_unicast_neighbors_advertised_routes.json',
        ),
      );
      expect(sent.routes).toMatchObject([{ layer: 'exported', peer: '10.1.1.10' }]);
      expect(rows(sent).map((row) => formatPrefix(row.prefix))).toEqual(['10.0.0.0/24', '10.0.3.0/24']);
    });

    it('reads summaries of several VRFs and old names of counts (frr_exporter)', () => {
      const file = 'frr/tynany__frr_exporter/collector/testdata/show_bgp_vrf_all_ipv6_summary.json';
      const { sessions } = parse('show bgp vrf all ipv6 summary json', file);
      expect(
        sessions.map(({ vrf, peerAddress, state, prefixesReceived, afi }) => [
          vrf,
          peerAddress,
          state,
          prefixesReceived,
          afi,
        ]),
      ).toEqual([
        ['default', 'fd00::1', 'established', 1, 'ipv6'],
        ['default', 'fd00::5', 'active', 0, 'ipv6'],
        ['red', 'fd00::101', 'established', 1, 'ipv6'],
        ['red', 'fd00::105', 'active', 0, 'ipv6'],
      ]);
    });
  },
);
