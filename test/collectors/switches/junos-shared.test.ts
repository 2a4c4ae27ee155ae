// The Junos driver against other people's captures, read in place: genie's text with the result its authors expect, napalm's XML
// with theirs, and batfish's JSON, which a plain walk over the document counts a second time.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { junos } from '../../../src/collectors/switches/junos.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix, tryParsePrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures/juniper-junos');
const present = existsSync(root);
if (!present) console.log('junos-shared: skipped, the shared fixtures are not here');

const files = present
  ? readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => path.join(root, file))
  : [];
const read = (file: string) => readFileSync(file, 'utf8');
type Json = Record<string, unknown>;
/** A list of objects, of one object or of nothing. */
const list = (value: unknown): Json[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(
    (item): item is Json => typeof item === 'object' && item !== null,
  );
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
const word = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

const commands: Record<string, string> = {
  ShowBgpNeighbor: 'show bgp neighbor',
  ShowBgpSummary: 'show bgp summary',
  ShowRoute: 'show route',
  ShowRouteTable: 'show route table inet.3',
  ShowRouteProtocolExtensive: 'show route protocol ospf extensive',
  ShowRouteReceiveProtocolExtensive: 'show route receive-protocol bgp 2001:db8::1 extensive',
  ShowRouteReceiveProtocolPeerAddressExtensive: 'show route receive-protocol bgp 2001:db8::1 extensive',
  ShowRouteAdvertisingProtocol: 'show route advertising-protocol bgp 10.0.0.1',
  ShowRouteAdvertisingProtocolDetail: 'show route advertising-protocol bgp 10.0.0.1 detail',
};
const genie = files.flatMap((file) => {
  const command = commands[/tests\/(\w+)\/cli/.exec(file)?.[1] ?? ''];
  return command !== undefined && file.endsWith('_output.txt') ? [{ file, command }] : [];
});

/** One line per path: prefix, whether it is active, its next hops. Labels and MPLS tables are no prefixes. */
function pathsOf(expected: Json): string[] {
  const information = list(expected['route-information']);
  return information.flatMap((each) =>
    list(each['route-table']).flatMap((table) => {
      let last = '';
      return list(table.rt).flatMap((rt) => {
        last = word(rt['rt-destination']) || last;
        const length = word(rt['rt-prefix-length']);
        const prefix = tryParsePrefix(last.includes('/') ? last : `${last}/${length}`);
        if (!prefix) return [];
        return list(rt['rt-entry']).map((entry) => {
          const tag = word(entry['active-tag']) || word(rt['active-tag']);
          const hops = list(entry.nh).flatMap(({ to, via }) => {
            const address = word(to) === 'Self' ? '' : word(to);
            return address === '' && via === undefined ? [] : [`${address}%${word(via)}`];
          });
          return `${formatPrefix(prefix)} ${tag.includes('*')} ${hops.join(',')}`;
        });
      });
    }),
  );
}

/** Every prefix in a document, as key or as value, once. */
function prefixesIn(document: unknown): string[] {
  const text = JSON.stringify(document).replace(
    /("rt-destination":"[^"/]+)",(.*?)"rt-prefix-length":"(\d+)"/g,
    '$1/$3",$2',
  );
  const words = text.match(/[0-9a-f.:]+\/\d+/g) ?? [];
  const prefixes = words.map(tryParsePrefix).filter((prefix) => prefix !== undefined);
  return [...new Set(prefixes.map(formatPrefix))].sort();
}

describe.skipIf(!present)(because(!present, "genie's text", 'needs the public captures in ../shared'), () => {
  it.each(genie)('$command of $file', ({ file, command }) => {
    const parsed = junos.parse(command, read(file));
    const expected = JSON.parse(read(file.replace('_output.txt', '_expected.json'))) as Json;
    const peers = list(expected['bgp-information']).flatMap((each) => list(each['bgp-peer']));
    const addressOf = (peer: Json) => word(peer['peer-address']).split('+')[0];
    expect(parsed.sessions.map(({ peerAddress }) => peerAddress)).toEqual(peers.map(addressOf));
    expect(parsed.sessions.map(({ peerAsn }) => String(peerAsn))).toEqual(
      peers.map((peer) => word(peer['peer-as'])),
    );
    const states = peers.map((peer) => word(peer['peer-state']).toLowerCase());
    expect(parsed.sessions.map(({ state }) => state)).toEqual(
      states.map((state) => (/^\d|^estab/.test(state) ? 'established' : state)),
    );
    for (const [i, session] of parsed.sessions.entries()) {
      const table = session.afi === 'ipv6' ? 'inet6.0' : 'inet.0';
      const rib = list(peers[i]?.['bgp-rib']).find((each) => each.name === table);
      if (rib) expect(String(session.prefixesReceived)).toBe(rib['received-prefix-count']);
    }
    const shown = rows(parsed).map(({ prefix, best, nextHops }) => {
      const hops = nextHops.map((hop) => `${hop.address ?? ''}%${hop.interface ?? ''}`);
      return `${formatPrefix(prefix)} ${best} ${hops.join(',')}`;
    });
    const extensive = /extensive|detail/.test(command);
    const told = pathsOf(expected);
    if (told.length === 0) {
      // Some of their results have a shape of their own: the prefixes in it, wherever they stand.
      expect([...new Set(shown.map((line) => line.split(' ')[0]))].sort()).toEqual(prefixesIn(expected));
      return;
    }
    // Their extensive form keeps next hops elsewhere, and only prefixes are compared.
    const plain = (line: string) => (extensive ? (line.split(' ')[0] ?? '') : line);
    expect(shown.map(plain).sort()).toEqual(told.map(plain).sort());
  });
});

const twins = files.filter((file) => file.includes('batfish') && file.endsWith('.txt'));

/** Text of Junos' verbose JSON: `[{ "data": "x" }]`. */
const data = (value: unknown) => word(list(value)[0]?.data);

describe.skipIf(!present)(
  because(!present, "batfish's JSON", 'needs the public captures in ../shared'),
  () => {
    it.each(twins)('%s', (file) => {
      const command = path.basename(file, '.txt').replaceAll('_', ' ');
      const parsed = junos.parse(command, read(file));
      const document = JSON.parse(read(file).replace(/\{master:0\}\s*$/, '')) as Json;
      const peers = list(document['bgp-information']).flatMap((each) => list(each['bgp-peer']));
      const tables = list(document['route-information']).flatMap((each) => list(each['route-table']));
      const told = tables
        .filter((table) => /inet6?\.0$/.test(data(table['table-name'])))
        .flatMap((table) =>
          list(table.rt).flatMap((rt) =>
            list(rt['rt-entry']).map((entry) => `${data(rt['rt-destination'])} ${data(entry['as-path'])}`),
          ),
        );
      expect(rows(parsed)).toHaveLength(told.length);
      expect([...new Set(parsed.sessions.map(({ peerAddress }) => peerAddress))]).toEqual(
        peers.map((peer) => data(peer['peer-address']).split('+')[0]),
      );
      const up = peers.filter((peer) => data(peer['peer-state']) === 'Established').length;
      expect(parsed.sessions.filter(({ state }) => state === 'established')).toHaveLength(up);
      // The driver groups by VRF, the document by table: order differs.
      const own = rows(parsed).map(({ prefix, asPath }) => `${formatPrefix(prefix)} ${asPath ?? ''}`);
      const bare = told.map((line) => {
        const [prefix = '', ...rest] = line.split(' ');
        return `${prefix} ${rest.filter((each) => /\d/.test(each)).join(' ')}`;
      });
      expect(own.sort()).toEqual(bare.sort());
    });
  },
);

describe.skipIf(!present)(
  because(!present, "napalm's and hyperglass's XML", 'needs the public captures in ../shared'),
  () => {
    const folder = path.join(
      root,
      'napalm-automation__napalm/test/junos/mocked_data/test_get_bgp_neighbors/pr_581',
    );

    it('reads neighbours of all routing instances as napalm does', () => {
      const { sessions } = junos.parse(
        'show bgp neighbor',
        read(`${folder}/get-bgp-neighbor-information.xml`),
      );
      expect(
        sessions.map(
          ({
            vrf,
            peerAddress,
            afi,
            peerAsn,
            localAsn,
            prefixesReceived,
            prefixesAccepted,
            prefixesAdvertised,
          }) =>
            [
              vrf,
              peerAddress,
              afi,
              peerAsn,
              localAsn,
              prefixesReceived,
              prefixesAccepted,
              prefixesAdvertised,
            ].join(' '),
        ),
      ).toEqual([
        'frontend 10.2.1.254 ipv4 65006 65005 5 5 5',
        'frontend 10.2.1.254 ipv6 65006 65005 6 0 1',
        'default 192.168.2.15 ipv4 65002 65001 2 2 1',
        'default 192.168.2.15 ipv6 65002 65001 0 0 0',
        'frontend fd:1:2:3::2 ipv6 65006 65005 6 6 1',
      ]);
    });

    it('reads how long they are up from the summary', () => {
      const { sessions } = junos.parse(
        'show bgp summary instance master',
        read(`${folder}/get-bgp-summary-informationmaster.xml`),
      );
      expect(sessions.map(({ vrf, establishedSeconds }) => [vrf, establishedSeconds])).toEqual([
        ['default', 247],
        ['default', 247],
      ]);
    });

    it('says no to what holds neither sessions nor routes', () => {
      const parse = () => junos.parse('show route instance', read(`${folder}/get-instance-information.xml`));
      expect(parse).toThrow(ParseError);
    });

    it('reads a large answer in the detail style', () => {
      const file = path.join(root, 'thatmattlove__hyperglass/.samples/juniper_route_aspath.xml');
      const parsed = junos.parse('show route aspath-regex x detail', read(file));
      expect(rows(parsed)).toHaveLength(read(file).match(/<rt-entry>/g)?.length ?? -1);
      expect(rows(parsed)[0]).toMatchObject({
        best: true,
        protocol: 'bgp',
        from: '199.34.92.10',
        nextHops: [
          { address: '100.64.0.10', interface: 'et-0/0/0.0' },
          { address: '100.64.0.194', interface: 'et-0/0/1.3683' },
        ],
      });
    });
  },
);

it.skipIf(!present)(
  because(!present, 'tried everything with sessions or routes', 'needs the public captures in ../shared'),
  () => {
    console.log(
      `junos-shared: ${genie.length} of genie, ${twins.length} of batfish, 10 XML of napalm and hyperglass`,
    );
    expect(genie.length).toBeGreaterThan(15);
    expect(twins.length).toBeGreaterThan(60);
  },
);
