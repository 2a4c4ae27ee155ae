// The NX-OS driver through the SSH collector, against a server on loopback that behaves as a Nexus does: no exec, a prompt, an
// echo, and a pager until `terminal length 0`. Texts are written by hand after the format.
import type { ServerChannel } from 'ssh2';
import { afterEach, expect, it } from 'vitest';
import { nxos } from '../../../src/collectors/switches/nxos.ts';
import { sshCollector } from '../../../src/collectors/switches/ssh.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { optionsFor, sshServer } from '../../transport/ssh-server.ts';

const neighbour = (neighborid: string, state: string) => ({
  neighborid,
  neighboras: '64512',
  state,
  time: 'P1D',
  prefixreceived: '2',
});
const summary = JSON.stringify({
  TABLE_vrf: {
    ROW_vrf: {
      'vrf-name-out': 'default',
      'vrf-local-as': '65009',
      TABLE_af: {
        ROW_af: {
          TABLE_saf: {
            ROW_saf: {
              'af-name': 'IPv4 Unicast',
              TABLE_neighbor: {
                ROW_neighbor: [
                  neighbour('172.20.0.11', 'Established'),
                  neighbour('172.20.0.12', 'Shut (Admin)'),
                ],
              },
            },
          },
        },
      },
    },
  },
});

const neighbours = `BGP neighbor is 172.20.0.11, remote AS 64512, ebgp link, Peer index 3
  Description: node1
  BGP state = Established, up for 1d00h
  Connections established 2, dropped 1
  Last reset by us 1d00h, due to holdtimer expired error
  For address family: IPv4 Unicast
  2 accepted prefixes (2 paths), consuming 440 bytes of memory
  4 sent prefixes (4 paths)
  Local host: 172.20.0.254, Local port: 63174
`;

const bgpHead = `BGP routing table information for VRF default, address family IPv4 Unicast
BGP table version is 25, Local Router ID is 192.0.2.1
Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup
   Network            Next Hop            Metric     LocPrf     Weight Path
`;
const ribHead = `IP Route Table for VRF "default"\n'*' denotes best ucast next-hop\n\n`;

/** What the switch says: 30 routes, so that a pager would stop in the middle. */
function said(command: string): string {
  const all = Array.from({ length: 30 }, (_, i) => `10.233.${64 + i}.0/24`);
  if (command === 'show bgp all summary vrf all | json') return `${summary}\n`;
  if (command === 'show bgp vrf all all neighbors') return neighbours;
  if (command === 'show bgp ipv4 unicast 10.233.64.0/18 longer-prefixes')
    return (
      bgpHead +
      all
        .map((prefix) => `*>e${prefix.padEnd(19)}172.20.0.11                                    0 64512 i\n`)
        .join('')
    );
  if (command === 'show ip route 10.233.64.0/18 longer-prefixes')
    return (
      ribHead +
      all
        .map(
          (prefix) =>
            `${prefix}, ubest/mbest: 1/0\n    *via 172.20.0.11, [20/0], 1d00h, bgp-65009, external, tag 64512\n`,
        )
        .join('')
    );
  if (/^show ip route /.test(command)) return `${ribHead}Route not found\n`;
  if (/^show bgp ipv4 unicast /.test(command)) return '% Network not in table\n';
  return "        ^\n% Invalid command at '^' marker.\n";
}

/** Plays the shell of a switch: prompt, echo, pager. */
function shell(channel: ServerChannel, typed: string[], paging: boolean): void {
  let paged = paging;
  let input = '';
  let rest: string[] = [];
  const page = () => {
    const lines = rest.splice(0, paged ? 20 : rest.length);
    channel.write(lines.map((line) => `${line}\r\n`).join(''));
    channel.write(rest.length > 0 ? '\x1b[7m--More--\x1b[m' : 'leaf1# ');
  };
  channel.write('\r\nCisco Nexus Operating System (NX-OS) Software\r\nleaf1# ');
  channel.on('data', (chunk: Buffer) => {
    for (const char of chunk.toString()) {
      if (rest.length > 0 && char === ' ') {
        channel.write('\r\x1b[K');
        page();
      } else if (char !== '\n') input += char;
      else {
        const command = input.trim();
        input = '';
        if (command !== '') typed.push(command);
        channel.write(`${command}\r\n`);
        if (command === 'terminal length 0') paged = false;
        rest = command.startsWith('terminal ') ? [] : said(command).trimEnd().split('\n');
        page();
      }
    }
  });
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const query = {
  prefixes: ['10.233.64.0/24', '10.233.127.0/24'].map(parsePrefix),
  ranges: [parsePrefix('10.233.64.0/18')],
};

async function collect(driver: typeof nxos) {
  const typed: string[] = [];
  const server = await sshServer({ shell: (channel) => shell(channel, typed, true) });
  closers.push(() => server.close());
  const collector = sshCollector({
    device: 'leaf1',
    driver,
    connection: optionsFor(server.port),
    commandTimeoutMs: 5000,
    maxOutputBytes: 1_000_000,
    now: () => 1_700_000_000_000,
  });
  closers.push(() => collector.close());
  return { typed, ...(await collector.collect(query, new AbortController().signal)) };
}

it.each([
  ['with paging off', nxos],
  ['with a pager that could not be switched off', { ...nxos, preamble: [] }],
])('reads sessions and routes of both layers, %s', async (_, driver) => {
  const { typed, sessions, routes, facts } = await collect(driver);
  if (!sessions.ok) throw new Error(sessions.error.message);
  expect(sessions.value).toMatchObject([
    {
      device: 'leaf1',
      peerAddress: '172.20.0.11',
      state: 'established',
      localAsn: 65009,
      prefixesReceived: 2,
      prefixesAccepted: 2,
      prefixesAdvertised: 4,
      description: 'node1',
      lastError: 'holdtimer expired error (reset by this side)',
      establishedSeconds: 86400,
    },
    { peerAddress: '172.20.0.12', state: 'idle', adminDown: true },
  ]);
  expect(facts).toMatchObject({ localAsn: 65009 });
  if (!routes.ok) throw new Error(routes.error.message);
  expect(routes.value.map(({ layer, vrf, partial, table }) => [layer, vrf, partial, table.size])).toEqual([
    ['bgp', 'default', undefined, 30],
    ['installed', 'default', undefined, 30],
  ]);
  for (const { table } of routes.value) {
    const prefixes = [...table.prefixes()].map(formatPrefix);
    expect(prefixes).toContain('10.233.93.0/24');
    expect(prefixes).not.toContain('10.233.127.0/24');
  }
  const expected = driver.preamble.length > 0 ? ['terminal length 0', 'terminal width 511'] : [];
  expect(typed.slice(0, expected.length)).toEqual(expected);
  expect(typed.every((command) => /^(?:show|terminal) /.test(command))).toBe(true);
});
