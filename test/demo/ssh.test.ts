// The demo's FRR switch over SSH: OpenSSH's client and ssh2's, what vtysh prints, and that its JSON has exactly the
// fields of real captures of FRR 8.4 (test/fixtures/frr). Expected values are written by hand from the topology.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveFabric } from '../../src/demo/fabric.ts';
import { faults } from '../../src/demo/faults.ts';
import { execCommands, frrReply } from '../../src/demo/frr-replies.ts';
import { createHistory } from '../../src/demo/history.ts';
import { referenceTopology } from '../../src/demo/topology.ts';
import { hasSsh, openssh } from './clients.ts';
import { type RunningDemo, runDemo } from './running.ts';

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** leaf02's answer an hour after the start. */
function ask(command: string, fault?: string, seconds = 3600): string {
  const effects = faults.find(({ name }) => name === fault)?.effects ?? [];
  const fabric = deriveFabric(referenceTopology, effects);
  const history = createHistory(start);
  history.record(fabric, start);
  const state = fabric.get('leaf02');
  if (!state) throw new Error('no leaf02');
  return frrReply({ state, history, now: start + seconds * 1000, bootedAt: start }, command).output;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read by path, as jq would.
const json = (command: string, fault?: string): any => JSON.parse(ask(command, fault));

describe('what vtysh prints', () => {
  test('summary: three established neighbours with their counts', () => {
    const { ipv4Unicast } = json('show bgp vrf all summary json').default;
    expect(ipv4Unicast).toMatchObject({ routerId: '3.3.3.3', as: 65010, totalPeers: 3, failedPeers: 0 });
    // From the spine: rack 1's three blocks and the service range; from a reflector: rack 2's and the range.
    expect(ipv4Unicast.peers['100.0.0.5']).toMatchObject({
      remoteAs: 65008,
      state: 'Established',
      pfxRcd: 4,
      peerUptime: '01:00:00',
      peerUptimeMsec: 3600000,
      connectionsEstablished: 1,
    });
    expect(ipv4Unicast.peers['173.20.0.11']).toMatchObject({
      remoteAs: 64513,
      state: 'Established',
      pfxRcd: 4,
    });
    expect(Object.keys(ipv4Unicast.peers)).toHaveLength(3);
  });

  test('summary: a neighbour that is down', () => {
    const { ipv4Unicast } = json('show bgp vrf all summary json', 'stop-bird-node5').default;
    expect(ipv4Unicast.failedPeers).toBe(1);
    expect(ipv4Unicast.peers['173.20.0.12']).toMatchObject({
      state: 'Active',
      peerUptime: 'never',
      pfxRcd: 0,
    });
  });

  test('neighbors: how long a session is up, and why one is down', () => {
    const peers = json('show bgp vrf all neighbors json', 'wrong-as-at-leaf02-for-node4').default;
    expect(peers['173.20.0.12']).toMatchObject({
      bgpState: 'Established',
      bgpTimerUpMsec: 3600000,
      hostLocal: '173.20.0.254',
      addressFamilyInfo: { ipv4Unicast: { acceptedPrefixCounter: 4 } },
    });
    expect(peers['173.20.0.11']).toMatchObject({
      bgpState: 'Idle',
      remoteAs: 64599,
      lastErrorCodeSubcode: '0202',
      lastResetDueTo: 'BGP Notification send',
      hostLocal: 'Unknown',
    });
  });

  test('one prefix: both paths, one best, the other its equal', () => {
    const { prefix, paths } = json('show bgp ipv4 unicast 10.233.69.0/24 json');
    expect(prefix).toBe('10.233.69.0/24');
    expect(paths).toHaveLength(2);
    expect(paths[0]).toMatchObject({
      aspath: { string: '64513', length: 1 },
      multipath: true,
      bestpath: { overall: true },
      peer: { peerId: '173.20.0.11', type: 'external' },
      nexthops: [{ ip: '173.20.0.11' }],
    });
    expect(paths[1].bestpath).toBeUndefined();
    expect(paths[1].multipath).toBe(true);
  });

  test('a prefix that is not there: an empty object, in the two layouts of the two daemons', () => {
    expect(ask('show bgp ipv4 unicast 10.99.0.0/24 json')).toBe('{\n}\n');
    expect(ask('show ip route 10.99.0.0/24 json')).toBe('{}\n');
  });

  test('a range: the pool and its blocks, and nothing outside', () => {
    const { routes } = json('show bgp ipv4 unicast 10.233.64.0/18 longer-prefixes json');
    expect(Object.keys(routes)).toEqual([64, 65, 66, 67, 68, 69].map((n) => `10.233.${n}.0/24`));
    expect(routes['10.233.64.0/24'][0]).toMatchObject({ path: '65008 65009 64512', bestpath: true });
  });

  test('the routing table: an address goes to its longest match, with all next hops', () => {
    const routes = json('show ip route 10.233.69.7 json');
    expect(Object.keys(routes)).toEqual(['10.233.69.0/24']);
    expect(routes['10.233.69.0/24'][0].nexthops.map((hop: { ip: string }) => hop.ip)).toEqual([
      '173.20.0.11',
      '173.20.0.12',
    ]);
    expect(Object.keys(json('show ip route 10.233.0.0/16 longer-prefixes json'))).toHaveLength(7);
  });

  test('commands one after another; an unknown one ends it', () => {
    const missing = 'show ip route 10.99.0.0/24 json';
    expect(ask(`${missing}\n${missing}`)).toBe('{}\n{}\n');
    expect(ask(`${missing}\nshow nonsense\n${missing}`)).toBe('{}\n% Unknown command: show nonsense\n');
    expect(execCommands(`vtysh -c 'show a' -c "show b"`)).toEqual(['show a', 'show b']);
  });

  test.each(['configure terminal', 'clear bgp *', 'show running-config', 'write', '!'])(
    '%s is unknown',
    (command) => {
      expect(ask(command)).toBe(`% Unknown command: ${command}\n`);
    },
  );

  test.each([
    [11, '00:00:11'],
    [93784, '1d02h03m'],
    [788400, '01w2d03h'],
  ])('%i seconds of uptime read %s', (seconds, text) => {
    expect(ask('show bgp summary json', undefined, seconds)).toContain(`"peerUptime":"${text}"`);
  });
});

describe('against captures of FRR 8.4', () => {
  const folder = join(import.meta.dirname, '../fixtures/frr/8.4.4/up');
  const captured = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

  /** Every field of ours exists in the capture, with a value of the same kind. */
  function subset(ours: unknown, theirs: unknown, path = ''): string[] {
    if (Array.isArray(ours) && Array.isArray(theirs)) {
      return ours.flatMap((item) =>
        subset(
          item,
          theirs.find((other) => typeof other === typeof item),
          `${path}[]`,
        ),
      );
    }
    if (ours && typeof ours === 'object' && theirs && typeof theirs === 'object') {
      const known = theirs as Record<string, unknown>;
      return Object.entries(ours).flatMap(([key, value]) =>
        key in known ? subset(value, known[key], `${path}.${key}`) : [`${path}.${key}`],
      );
    }
    return typeof ours === typeof theirs ? [] : [`${path}: ${typeof ours}, not ${typeof theirs}`];
  }

  test('summary', () => {
    const theirs = captured('show_bgp_vrf_all_summary_json.txt').default.ipv4Unicast;
    const { peers, ...rest } = json('show bgp vrf all summary json').default.ipv4Unicast;
    expect(subset(rest, theirs)).toEqual([]);
    expect(subset(peers['100.0.0.5'], theirs.peers['10.1.0.2'])).toEqual([]);
    expect(Object.keys(theirs.peers['10.1.0.2']).filter((key) => !(key in peers['100.0.0.5']))).toEqual([]);
  });

  test('neighbors', () => {
    const theirs = captured('show_bgp_vrf_all_neighbors_json.txt').default;
    const ours = json('show bgp vrf all neighbors json').default;
    expect(subset(ours['100.0.0.5'], theirs['10.1.0.2'])).toEqual([]);
    const shut = JSON.parse(
      readFileSync(join(folder, '../lab-stopped-leaf01/show_bgp_vrf_all_neighbors_json.txt'), 'utf8'),
    );
    const down = json('show bgp vrf all neighbors json', 'stop-bird-node5').default['173.20.0.12'];
    expect(subset(down, shut.default['172.20.0.12'])).toEqual([]);
    for (const key of [
      'bgpState',
      'lastErrorCodeSubcode',
      'lastNotificationReason',
      'lastResetDueTo',
      'lastResetCode',
    ]) {
      expect([key, down[key]]).toEqual([key, shut.default['172.20.0.12'][key]]);
    }
  });

  test('one prefix', () => {
    const { paths, ...theirs } = captured('show_bgp_ipv4_unicast_10.233.64.0_24_json.txt');
    const ours = json('show bgp ipv4 unicast 10.233.64.0/24 json');
    const best = paths.find((path: object) => 'bestpath' in path);
    expect(subset(ours.paths[0], best)).toEqual([]);
    expect(Object.keys(theirs).every((key) => key in ours)).toBe(true);
  });

  test('a range', () => {
    const theirs = captured('show_bgp_ipv4_unicast_10.233.0.0_16_longer-prefixes_json.txt');
    const ours = json('show bgp ipv4 unicast 10.233.0.0/16 longer-prefixes json');
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(subset(ours.routes['10.233.64.0/24'][0], theirs.routes['10.233.64.0/24'][1])).toEqual([]);
  });

  test('the routing table', () => {
    const theirs = captured('show_ip_route_10.233.64.0_24_json.txt')['10.233.64.0/24'];
    expect(subset(json('show ip route 10.233.69.0/24 json')['10.233.69.0/24'], theirs)).toEqual([]);
  });
});

describe('the server', () => {
  let running: RunningDemo;
  beforeAll(async () => {
    running = await runDemo();
  });
  afterAll(() => running.stop());

  function exec(password: string, command: string): Promise<{ output: string; code: number; key: string }> {
    return new Promise((resolve, reject) => {
      const client = new Client();
      let key = '';
      client.on('error', reject);
      client.on('ready', () => {
        client.exec(command, (error, channel) => {
          if (error) return reject(error);
          let output = '';
          let code = -1;
          channel.on('data', (chunk: Buffer) => {
            output += chunk.toString();
          });
          channel.on('exit', (exit: number) => {
            code = exit;
          });
          channel.on('close', () => {
            client.end();
            resolve({ output, code, key });
          });
        });
      });
      const { port, user } = running.ssh;
      const hostVerifier = (hash: string) => {
        key = hash;
        return true;
      };
      client.connect({ host: '127.0.0.1', port, username: user, password, hostHash: 'sha256', hostVerifier });
    });
  }

  test('ssh2: the answer, the exit status, and the host key of the configuration', async () => {
    const good = await exec(running.ssh.password, 'show ip route 10.99.0.0/24 json');
    expect(good).toMatchObject({ output: '{}\n', code: 0 });
    const fingerprint = `SHA256:${Buffer.from(good.key, 'hex').toString('base64').replaceAll('=', '')}`;
    expect(running.ssh.hostKeys).toEqual([fingerprint]);
    expect((await exec(running.ssh.password, 'reload')).code).toBe(1);
  });

  test('a wrong password is refused', async () => {
    await expect(exec('wrong', 'show bgp summary json')).rejects.toMatchObject({
      level: 'client-authentication',
    });
  });

  test.skipIf(!hasSsh)(`OpenSSH${hasSsh ? '' : ' (skipped: /usr/bin/ssh is absent)'}`, async () => {
    const { stdout, code } = await openssh(running.folder, running.ssh, 'show bgp vrf all summary json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).default.ipv4Unicast.totalPeers).toBe(3);
    const known = execFileSync('/usr/bin/ssh-keygen', [
      '-lf',
      join(running.folder, 'known_hosts'),
    ]).toString();
    expect(known).toContain(running.ssh.hostKeys[0]);
    const wrong = await openssh(
      running.folder,
      { ...running.ssh, password: 'wrong' },
      'show bgp summary json',
    );
    expect(wrong.code).toBe(255);
  });

  test.skipIf(!hasSsh)('no shell is given', async () => {
    const { code } = await openssh(running.folder, running.ssh, '');
    expect(code).not.toBe(0);
  });
});
