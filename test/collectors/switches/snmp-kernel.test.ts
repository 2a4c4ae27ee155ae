// The routes of a Linux kernel through net-snmp's snmpd, both real, in a network namespace of their own: gateways, several
// next hops, blackholes, IPv6. Needs root (for the namespace) and snmpd; skipped without.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { because } from '../../because.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const reader = path.join(import.meta.dirname, 'snmp-kernel-reader.ts');
const port = 16161;

const setUp = `
set -e
ip link set lo up
ip link add wire type veth peer name other
ip link set wire up && ip link set other up
ip address add 10.98.0.1/24 dev wire
ip -6 address add fd98::1/64 dev wire nodad
ip route add 10.233.64.0/26 via 10.98.0.2 proto bgp
ip route add 10.233.65.0/26 proto bgp nexthop via 10.98.0.2 nexthop via 10.98.0.3
ip route add blackhole 10.233.66.0/24 proto bird
ip route add unreachable 10.233.67.0/24
ip route add 10.233.0.0/16 via 10.98.0.3
ip route add 10.234.0.0/16 via 10.98.0.3
ip route add default via 10.98.0.9
ip route add 192.0.2.7/32 via 10.98.0.2 proto bgp
ip -6 route add fd00:10::/64 via fd98::2 proto bgp
ip -6 route add default via fd98::9
`;

const canUnshare =
  existsSync('/usr/sbin/snmpd') &&
  spawnSync('unshare', ['-n', 'sh', '-c', 'ip link add wire type veth peer name other']).status === 0;

describe.skipIf(!canUnshare)(because(!canUnshare, 'the routes of a kernel', 'needs root and snmpd'), () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'snmp-kernel-'));
  let answer: Record<string, unknown> = {};

  beforeAll(() => {
    mkdirSync(path.join(folder, 'persistent'));
    writeFileSync(path.join(folder, 'snmpd.conf'), 'rocommunity public 127.0.0.1\n');
    const read = [
      process.execPath,
      '--import',
      'tsx',
      reader,
      port,
      '10.233.64.0/18,fd00:10::/56',
      '192.0.2.7/32,192.0.2.8/32',
    ];
    const script = `${setUp}
MIBS= SNMP_PERSISTENT_DIR=${folder}/persistent /usr/sbin/snmpd -f -Lf /dev/null -C -c ${folder}/snmpd.conf udp:127.0.0.1:${port} &
daemon=$!
trap 'kill $daemon' EXIT
${read.join(' ')}
`;
    const { stdout, stderr } = spawnSync('unshare', ['-n', 'bash', '-c', script], {
      cwd: root,
      encoding: 'utf8',
      timeout: 20_000,
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    answer = JSON.parse(stdout);
  }, 30_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are read as they are, as far as net-snmp shows them', () => {
    const common = { best: true, vrf: 'default' };
    const via = (address: string) => ({ ...common, protocol: expect.any(String), nextHops: [{ address }] });
    const discard = { ...common, protocol: 'other', nextHops: [], discard: true };
    expect(answer.routes).toEqual([
      {
        layer: 'installed',
        vrf: 'default',
        // One next hop of two is shown for 10.233.65.0/26.
        allNextHops: false,
        cacheSeconds: 60,
        scopes: [
          ['ranges', '10.233.64.0/18'],
          ['exact', '192.0.2.7/32', '192.0.2.8/32', '0.0.0.0/0', '10.233.0.0/16'],
        ],
        rows: [
          { prefix: '10.233.64.0/26', ...via('10.98.0.2') },
          { prefix: '10.233.65.0/26', ...via('10.98.0.2') },
          { prefix: '10.233.66.0/24', ...discard },
          { prefix: '10.233.67.0/24', ...discard },
          { prefix: '0.0.0.0/0', ...via('10.98.0.9') },
          { prefix: '10.233.0.0/16', ...via('10.98.0.3') },
          { prefix: '192.0.2.7/32', ...via('10.98.0.2') },
        ],
      },
      {
        layer: 'installed',
        vrf: 'default',
        allNextHops: false,
        cacheSeconds: 60,
        scopes: [
          ['ranges', 'fd00:10::/56'],
          ['exact', '::/0'],
        ],
        rows: [
          { prefix: 'fd00:10::/64', ...via('fd98::2') },
          { prefix: '::/0', ...via('fd98::9') },
        ],
      },
    ]);
  });

  it('come without sessions: nobody serves BGP there, which is no empty list', () => {
    expect(answer.sessions).toMatchObject({ ok: false, error: { kind: 'not-found' } });
    expect(answer.facts).toMatchObject({ software: expect.stringMatching(/^Linux /) });
  });
});
