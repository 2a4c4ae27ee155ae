// The SR OS driver against other people's captures, read in place: batfish's text tables checked by the same router's JSON, both
// ways read independently of each other; napalm's XML and text with the result its authors expect; ntc-templates' VPN routes.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sros } from '../../../src/collectors/switches/sros.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures/nokia-sros');
const present = existsSync(root);
if (!present) console.log('sros-shared: skipped, the shared fixtures are not here');

const files = present ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
const routers = files.flatMap((file) => {
  const [, router] = /^(batfish.*\/show\/[^/]+)\/show_router_bgp_summary\.txt$/.exec(file) ?? [];
  return router === undefined ? [] : [router];
});
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const parse = (command: string, file: string) => sros.parse(command, read(file));
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
type Json = Record<string, never>;

/** Follows keys through a document; missing ones give nothing. */
const dig = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce((inner: unknown, key) => (inner as Json | undefined)?.[key], value);
const listAt = (value: unknown, ...keys: string[]) => (dig(value, ...keys) ?? []) as Json[];

describe.skipIf(!present).each(routers)(
  because(!present, '%s', 'needs the public captures in ../shared'),
  (router) => {
    const json = (name: string) => JSON.parse(read(`${router}/info_json_state_router_Base_${name}.txt`));

    it('has the sessions of its JSON in its summary', () => {
      const { sessions } = parse('show router bgp summary', `${router}/show_router_bgp_summary.txt`);
      const told = listAt(json('bgp_neighbor'), 'nokia-state:neighbor').map((peer) => {
        const counts = (family: string, name: string) =>
          dig(peer, 'statistics', 'family-prefix', family, name);
        const speaks = (listAt(peer, 'statistics', 'negotiated-family') as unknown as string[]).includes(
          'IPv4',
        );
        return [
          dig(peer, 'ip-address'),
          String(dig(peer, 'statistics', 'session-state')).toLowerCase(),
          speaks ? counts('ipv4', 'received') : undefined,
          speaks ? counts('ipv4', 'sent') : undefined,
        ];
      });
      const own = sessions.map((session) => [
        session.peerAddress,
        session.state,
        session.prefixesReceived,
        session.prefixesAdvertised,
      ]);
      expect(own.sort()).toEqual(told.sort());
      const { sessions: again } = parse(
        'info json state router "Base" bgp neighbor',
        `${router}/info_json_state_router_Base_bgp_neighbor.txt`,
      );
      expect(again.map(({ peerAddress, state }) => [peerAddress, state]).sort()).toEqual(
        told.map(([address, state]) => [address, state]).sort(),
      );
    });

    it('has the BGP routes of its JSON in its table', () => {
      const table = rows(parse('show router bgp routes', `${router}/show_router_bgp_routes.txt`));
      const document = json('bgp_rib');
      const told = listAt(document, 'nokia-state:ipv4-unicast', 'rib-in-out', 'rib-in-post', 'routes');
      expect(
        table.map(({ prefix, best, unusable }) => [formatPrefix(prefix), best, unusable ?? false]).sort(),
      ).toEqual(told.map((route) => [route.prefix, route['best-route'], !route['valid-route']]).sort());
      const again = parse(
        'info json state router "Base" bgp rib',
        `${router}/info_json_state_router_Base_bgp_rib.txt`,
      ).routes.find(({ layer }) => layer === 'bgp');
      const plain = (list: typeof table) =>
        list
          .map(({ prefix, nextHops, asPath }) => `${formatPrefix(prefix)} ${nextHops[0]?.address} ${asPath}`)
          .sort();
      expect(plain([...(again?.rows ?? [])])).toEqual(plain(table));
    });

    it('has the routes of its JSON in its route table', () => {
      const table = rows(parse('show router route-table', `${router}/show_router_route-table.txt`));
      const told = listAt(json('route-table'), 'nokia-state:unicast', 'ipv4', 'route').map((route) => {
        const hops = listAt(route, 'nexthop').map((hop) => hop['nexthop-ip']);
        return `${route['ipv4-prefix']} ${hops.filter((hop) => hop !== undefined).join(',')}`;
      });
      const own = table.map(
        ({ prefix, nextHops }) =>
          `${formatPrefix(prefix)} ${nextHops.flatMap(({ address }) => address ?? []).join(',')}`,
      );
      expect(own.sort()).toEqual(told.sort());
      const again = rows(
        parse(
          'info json state router "Base" route-table',
          `${router}/info_json_state_router_Base_route-table.txt`,
        ),
      );
      expect(again.map(({ protocol }) => protocol).sort()).toEqual(
        table.map(({ protocol }) => protocol).sort(),
      );
    });
  },
);

describe.skipIf(!present)(
  because(!present, 'VPRNs, napalm and ntc-templates', 'needs the public captures in ../shared'),
  () => {
    const services = 'batfish__lab-validation/snapshots/sros_services/show/pe1';
    const napalm = 'napalm-automation-community__napalm-sros/test/unit/mocked_data';

    it('names the VPRN of a table', () => {
      const command = 'info json state service vprn "RED" route-table';
      const parsed = parse(command, `${services}/info_json_state_service_vprn_RED_route-table.txt`);
      expect(parsed.routes.map(({ vrf, layer, rows: own }) => [vrf, layer, own.length])).toEqual([
        ['RED', 'installed', 7],
      ]);
    });

    it('counts an EVPN session, but not its routes', () => {
      const { sessions } = parse('show router bgp summary', `${services}/show_router_bgp_summary.txt`);
      expect(sessions[0]).toEqual({
        peerAddress: '10.10.10.2',
        peerAsn: 64500,
        localAsn: 64500,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        establishedSeconds: 1011,
      });
    });

    it("reads NETCONF's XML as napalm does", () => {
      const { sessions } = parse(
        'get bgp neighbors',
        `${napalm}/test_get_bgp_neighbors/normal/get_bgp_neighbors.xml`,
      );
      expect(
        sessions.map(({ vrf, peerAddress, peerAsn, description, establishedSeconds }) =>
          [vrf, peerAddress, peerAsn, description, establishedSeconds].join(' '),
        ),
      ).toEqual([
        'default 80.81.192.10 13414 Twitter 4036',
        'default 2001:7f8::3466:0:1 13414 Twitter 4036',
        'test 10.1.0.2 13414 Twitter 26957',
      ]);
    });

    it('reads ECMP in the table, in the long form, and BGP paths in detail', () => {
      const folder = `${napalm}/test_get_route_to_longer/normal`;
      const table = parse(
        'show router Base route-table 1.0.4.0/24 longer',
        `${folder}/_show_router_Base_route-table_1_0_4_0_24_longer.txt`,
      );
      const long = parse(
        'show router Base route-table 1.0.4.0/24 protocol bgp extensive all',
        `${folder}/_show_router_Base_route-table_1_0_4_0_24_protocol_bgp_extensive_all.txt`,
      );
      for (const parsed of [table, long]) {
        expect(rows(parsed)).toMatchObject([
          { protocol: 'bgp', nextHops: [{ address: '2.1.0.1' }, { address: '2.2.0.1' }], vrf: 'default' },
        ]);
      }
      const detail = rows(
        parse(
          'show router Base bgp routes 1.0.4.0/24 detail',
          `${folder}/_show_router_Base_bgp_routes_1_0_4_0_24_detail.txt`,
        ),
      );
      expect(detail.map(({ best, from, communities }) => [best, from, communities])).toEqual([
        [true, '2.1.0.1', '65101:1001 65101:1002'],
        [true, '2.2.0.1', '65101:1001 65101:1002'],
      ]);
    });

    it('shows VPN routes apart, by route distinguisher', () => {
      const folder = 'networktocode__ntc-templates/tests/alcatel_sros/show_router_bgp_routes_vpn-ipv4';
      const parsed = parse(
        'show router bgp routes vpn-ipv4',
        `${folder}/alcatel_sros_show_router_bgp_routes_vpn-ipv4.raw`,
      );
      expect(
        rows(parsed).map(({ vrf, prefix, best, nextHops }) => [
          vrf,
          formatPrefix(prefix),
          best,
          nextHops[0]?.address,
        ]),
      ).toEqual([
        ['65500:11', '192.0.2.4/32', true, '10.11.5.5'],
        ['65500:11', '192.0.2.14/32', true, '192.0.2.2'],
      ]);
    });
  },
);

it.skipIf(!present)(because(!present, 'tried every router', 'needs the public captures in ../shared'), () => {
  console.log(`sros-shared: ${routers.length} routers, three tables each as text and as JSON`);
  expect(routers.length).toBeGreaterThan(15);
});
