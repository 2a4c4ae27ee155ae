// The lab itself, on real daemons: what comes up, that it is idempotent, that every fault breaks what it says and
// heals, and that nothing is left behind. Runs as root on Debian with the packages of preflight.ts, skipped elsewhere.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EFFECTS } from './fault-effects.ts';
import { FAULTS } from './faults.ts';
import { Lab } from './lab.ts';
import { unavailable } from './preflight.ts';
import { reference } from './topologies/reference.ts';
import { announcedPrefixes } from './topology.ts';

const NAME = 'labtest';
const reason = await unavailable();
if (reason !== undefined) console.warn(`skipped: ${reason}`);

/** What a lab could leave behind on the machine. */
async function traces(): Promise<Record<string, unknown>> {
  const list = async (path: string) =>
    (await readdir(path).catch(() => [])).filter((name) => name.includes(NAME)).sort();
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => read(`/proc/${pid}/cmdline`)));
  return {
    processes: commands.filter((command) => command.includes(`cbe-${NAME}-`) || command.includes(`/${NAME}/`))
      .length,
    interfaces: await readdir('/sys/class/net'),
    folders: await Promise.all(
      ['/run/netns', '/etc/netns', '/etc/frr', '/run/frr', '/run/calico-bgp-lab'].map(list),
    ),
    accounts: [await read('/etc/passwd'), await read('/etc/group'), await read('/etc/shadow')],
    logins: (await read('/var/log/wtmp')).length,
  };
}

describe.skipIf(reason !== undefined)(
  `the reference lab${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let lab: Lab;
    let before: Record<string, unknown>;

    beforeAll(async () => {
      await Lab.down(NAME);
      before = await traces();
      const begun = Date.now();
      lab = await Lab.up(reference, { name: NAME });
      console.log(`up in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
      expect(Date.now() - begun).toBeLessThan(40_000);
    });

    afterAll(async () => {
      await lab.down();
      expect(await traces()).toEqual(before);
    });

    function device(name: string) {
      const found = lab.description.devices.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no ${name} in lab.json`);
      return found;
    }

    test('24 session ends are Established, and seven prefixes on each switch', async () => {
      const { sessions, prefixes, lacks } = await lab.health();
      const ends = (role: string) => sessions.filter((end) => end.role === role && end.established).length;
      expect({ lacks, node: ends('node'), switch: ends('switch') }).toEqual({
        lacks: [],
        node: 16,
        switch: 8,
      });
      for (const name of ['spine01', 'leaf01', 'leaf02']) {
        const table = JSON.parse(await lab.vtysh(name, 'show bgp ipv4 unicast json')) as { routes: object };
        const calico = Object.keys(table.routes).filter((prefix) => prefix.startsWith('10.233.'));
        expect(calico.sort()).toEqual(announcedPrefixes(reference).sort());
        expect(prefixes[name]).toEqual(expect.arrayContaining(announcedPrefixes(reference)));
      }
    });

    test('lab.json on disk is the description, and objects.yaml and known_hosts are where it says', async () => {
      const text = await readFile(join(lab.description.folder, 'lab.json'), 'utf8');
      expect(JSON.parse(text)).toEqual(lab.description);
      expect(await readFile(lab.description.objectsFile, 'utf8')).toContain('kind: BlockAffinity');
      const hosts = (await readFile(lab.description.knownHostsFile, 'utf8')).trim().split('\n');
      expect(hosts.map((line) => line.split(' ')[0])).toContain(device('leaf02').mgmtAddress);
    });

    test.each(['v2c', 'SHA-256', 'SHA'])('SNMP answers peers, paths and routes: %s', async (version) => {
      const { snmp, mgmtAddress } = device('leaf01');
      const user = version === 'SHA' ? snmp?.v3sha1 : snmp?.v3;
      const access =
        version === 'v2c'
          ? ['-v2c', '-c', snmp?.community ?? '']
          : [
              '-v3',
              '-l',
              'authPriv',
              '-u',
              user?.user ?? '',
              '-a',
              version,
              '-A',
              user?.authKey ?? '',
              '-x',
              'AES',
            ].concat(['-X', user?.privKey ?? '']);
      const rows = async (tree: string) => {
        const { stdout } = await lab.exec('obs', ['snmpbulkwalk', ...access, '-On', mgmtAddress, tree]);
        return stdout.split('\n').filter((line) => line.startsWith(`${tree}.`));
      };
      expect(await rows('.1.3.6.1.2.1.15.3.1.2')).toHaveLength(3);
      expect(
        (await rows('.1.3.6.1.2.1.15.6.1.13')).filter((row) => row.includes('.10.233.66.0.24.')),
      ).toHaveLength(2);
      for (const table of ['.1.3.6.1.2.1.4.24.7.1.7', '.1.3.6.1.2.1.4.24.4.1.1']) {
        expect((await rows(table)).filter((row) => row.includes('.10.233.66.0.'))).toHaveLength(1);
      }
    });

    function ssh(command: string) {
      const { ssh: login, mgmtAddress } = device('leaf01');
      const options = [
        '-o',
        `UserKnownHostsFile=${lab.description.knownHostsFile}`,
        '-o',
        'IdentitiesOnly=yes',
      ];
      const target = ['-i', login?.keyFile ?? '', `${login?.user}@${mgmtAddress}`, command];
      return lab.exec('obs', ['ssh', '-F', 'none', '-o', 'BatchMode=yes', ...options, ...target]);
    }

    test('an SSH login gives vtysh, several questions at once, and changes nothing', async () => {
      const one = await ssh('show bgp summary json');
      expect(Object.keys(JSON.parse(one.stdout) as object)).toEqual(['ipv4Unicast']);
      const many = await ssh(
        ['64', '99', '65'].map((net) => `show ip route 10.233.${net}.0/24 json`).join('\n'),
      );
      expect({ code: many.code, answers: many.stdout.match(/^\{/gm)?.length }).toEqual({
        code: 0,
        answers: 3,
      });
      expect(await ssh('configure terminal')).toMatchObject({
        code: 1,
        stdout: '% Unknown command: configure terminal\n',
      });
      expect((await ssh('$(id)')).stdout).toBe('% Unknown command: $(id)\n');
    });

    test('a pod of one rack talks to a pod of the other', async () => {
      const serve = `require('net').createServer((s) => s.end('pod of node6')).listen(8080, '10.233.69.1')`;
      const server = await lab.spawn('node6', [process.execPath, '-e', serve], { as: 'pod' });
      const connect = `require('net').connect({ host: '10.233.69.1', port: 8080, localAddress: '10.233.64.1' })`;
      await sleep(500);
      const client = await lab.exec('node1', [process.execPath, '-e', `${connect}.pipe(process.stdout)`]);
      await server.stop();
      expect(client.stdout).toBe('pod of node6');
    });

    test('a second up changes nothing, and a damaged lab is repaired', async () => {
      const pid = await readFile(join(lab.description.folder, 'node1', 'bird.pid'), 'utf8');
      const begun = Date.now();
      await Lab.up(reference, { name: NAME });
      expect(Date.now() - begun).toBeLessThan(5000);
      expect(await readFile(join(lab.description.folder, 'node1', 'bird.pid'), 'utf8')).toBe(pid);
      await lab.exec('node3', [
        'kill',
        '-9',
        (await readFile(join(lab.description.folder, 'node3', 'bird.pid'), 'utf8')).trim(),
      ]);
      await lab.fault('cut-link', ['leaf02', 'spine01']);
      await Lab.up(reference, { name: NAME });
      expect(await lab.faults()).toEqual([]);
      expect((await lab.health()).lacks).toEqual([]);
    });

    test('every fault is tried', () => {
      expect(new Set(EFFECTS.map((effect) => effect.fault[0]))).toEqual(new Set(Object.keys(FAULTS)));
    });

    test.each(EFFECTS)('fault $fault: $says', async ({ fault: [name, ...args], seen, withinMs }) => {
      expect(await seen(lab)).toBe(false);
      await lab.fault(name, args);
      await expect.poll(() => seen(lab), { timeout: withinMs ?? 15_000, interval: 300 }).toBe(true);
      await expect(lab.fault(name, args)).rejects.toThrow('is in force');
      await lab.heal(name, args);
      await lab.ready({ timeoutMs: 120_000 });
      expect(await seen(lab)).toBe(false);
      expect(await lab.faults()).toEqual([]);
    });

    test('what makes no sense is refused and leaves no fault in force', async () => {
      await expect(lab.fault('withdraw', ['10.9.0.0/24'])).rejects.toThrow('nobody announces 10.9.0.0/24');
      await expect(lab.fault('stop-bird', ['leaf01'])).rejects.toThrow('leaf01 has no bird');
      await expect(lab.fault('shut-session', ['node3', 'leaf01'])).rejects.toThrow(
        'node3 has no session with leaf01',
      );
      await expect(lab.fault('explode')).rejects.toThrow('no fault explode');
      await expect(lab.heal('withdraw', ['node3'])).rejects.toThrow('withdraw node3 is not in force');
      expect(await lab.faults()).toEqual([]);
    });
  },
);
