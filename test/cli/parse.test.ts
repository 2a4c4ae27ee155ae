// parse: saved answers through the command line, with the JSON worked out by hand from the text. The texts are short ones
// written from the formats' facts; the parsers themselves are tested with captures in their own rooms.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './io.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-parse-'));
});

function file(name: string, text: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
}

const summary = JSON.stringify({
  ipv4Unicast: {
    routerId: '172.20.0.254',
    as: 65009,
    vrfName: 'default',
    peers: {
      '172.20.0.11': {
        remoteAs: 64512,
        localAs: 65009,
        version: 4,
        msgRcvd: 10,
        msgSent: 11,
        peerUptimeMsec: 61_000,
        pfxRcd: 4,
        pfxSnt: 7,
        state: 'Established',
        peerState: 'OK',
        idType: 'ipv4',
      },
    },
  },
});

// The documented shape: scripts may rely on these keys, and on no others.
const sessionKeys =
  'device peerAddress peerAsn localAsn state afi vrf description adminDown establishedSeconds prefixesReceived prefixesAccepted prefixesAdvertised lastError'.split(
    ' ',
  );

const walk = `.1.3.6.1.2.1.15.2.0 = INTEGER: 65009
.1.3.6.1.2.1.15.3.1.2.172.20.0.11 = INTEGER: 6
.1.3.6.1.2.1.15.3.1.3.172.20.0.11 = INTEGER: 2
.1.3.6.1.2.1.15.3.1.7.172.20.0.11 = IpAddress: 172.20.0.11
.1.3.6.1.2.1.15.3.1.9.172.20.0.11 = INTEGER: 64512
.1.3.6.1.2.1.15.3.1.16.172.20.0.11 = Gauge32: 61
`;

const bird = `BIRD 1.6.8 ready.
10.233.66.0/24     via 172.20.0.13 on eth0 [Node_172_20_0_13 2026-01-02] * (100) [i]
`;
afterAll(() => rmSync(folder, { recursive: true }));

describe('parse', () => {
  it('reads the output of a switch command', async () => {
    const answer = file('leaf01.json', summary);
    const { code, out, err } = await cli([
      'parse',
      '--driver',
      'frr',
      '--command',
      'show bgp summary json',
      answer,
    ]);
    expect([code, err]).toEqual([0, '']);
    const { sessions, routes, notes, ...rest } = JSON.parse(out);
    expect(rest).toEqual({});
    expect(sessions).toEqual([
      expect.objectContaining({
        device: 'leaf01.json',
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        establishedSeconds: 61,
        prefixesAdvertised: 7,
      }),
    ]);
    for (const key of Object.keys(sessions[0])) expect(sessionKeys).toContain(key);
    expect(routes).toEqual([]);
    expect(Array.isArray(notes)).toBe(true);
  });

  it('reads an excerpt and says that it is one', async () => {
    // Two of the three peers that the text itself counts.
    const excerpt = ` BGP local router ID: 2.2.2.2
 Local AS number: 65009
 Total number of peers: 3                 Peers in established state: 3

  * - Dynamically created peer
  Peer                    AS  MsgRcvd  MsgSent OutQ PrefRcv Up/Down  State

  100.0.0.1            65008     1696     1677    0       8 23:52:28 Established
  172.20.0.11          64512     1648     1506    0       4 23:51:50 Established
`;
    const answer = file('excerpt.txt', excerpt);
    const { code, out, err } = await cli([
      'parse',
      '--driver',
      'h3c-comware',
      '--command',
      'show bgp peer ipv4',
      answer,
    ]);
    const { sessions, notes } = JSON.parse(out);
    expect(
      sessions.map(({ peerAddress, prefixesReceived }: Record<string, unknown>) => [
        peerAddress,
        prefixesReceived,
      ]),
    ).toEqual([
      ['100.0.0.1', 8],
      ['172.20.0.11', 4],
    ]);
    expect(notes.join('\n')).toContain('not whole');
    expect([code, err.includes('not whole')]).toEqual([0, true]);
  });

  it.each([
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big endian', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-8 with a mark and Windows line ends', (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ])('reads a file as Windows saves it: %s', async (_, encode) => {
    const text = '<leaf01>display bgp peer ipv4\n Total number of peers: 0\n<leaf01>\n';
    const answer = path.join(folder, 'windows.txt');
    writeFileSync(answer, encode(text));
    const argv = ['parse', '--driver', 'h3c-comware', '--command', 'display bgp peer ipv4'];
    const { code, out } = await cli([...argv, answer]);
    expect([code, JSON.parse(out).sessions]).toEqual([0, []]);
    const asText = Buffer.from(encode(text)).toString('utf8');
    const piped = await cli([...argv, '-'], { stdin: asText });
    expect(piped.code === 0 ? 'read' : piped.err).toBe(
      _.startsWith('UTF-16') ? 'standard input is UTF-16, not UTF-8: name the file instead\n' : 'read',
    );
  });

  it('reads snmpwalk output from standard input', async () => {
    const { code, out } = await cli(['parse', '--snmpwalk', '-', '--device', 'leaf01'], { stdin: walk });
    expect(code).toBe(0);
    expect(JSON.parse(out).sessions).toEqual([
      expect.objectContaining({
        device: 'leaf01',
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        establishedSeconds: 61,
      }),
    ]);
  });

  it('reads what birdc printed', async () => {
    const { code, out } = await cli(['parse', '--bird', file('node1.txt', bird)]);
    expect(code).toBe(0);
    expect(JSON.parse(out).routes).toEqual([
      {
        device: 'node1.txt',
        prefix: '10.233.66.0/24',
        nextHops: [{ address: '172.20.0.13', interface: 'eth0' }],
        protocol: 'bgp',
        best: true,
        // Calico names a session after its peer.
        from: '172.20.0.13',
        vrf: 'default',
      },
    ]);
  });

  it.each([
    ['JSON that was cut', ['--driver', 'frr', '--command', 'show bgp summary json'], summary.slice(0, 100)],
    ['a walk of something else', ['--snmpwalk'], 'Timeout: No Response from leaf01\n'],
    ['a file that is no BIRD output', ['--bird'], 'command not found\n'],
  ])('exits with 2 and FILE:LINE for %s', async (_, flags, text) => {
    const answer = file('broken', text);
    const { code, out, err } = await cli(['parse', ...flags, answer]);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`${answer}:1: `), err).toBe(true);
    // The place is said once.
    expect(err.indexOf(answer)).toBe(err.lastIndexOf(answer));
  });

  it('says that there is no such file', async () => {
    const { code, err } = await cli(['parse', '--bird', '/nonexistent']);
    expect([code, err]).toEqual([2, '/nonexistent does not exist\n']);
  });
});
