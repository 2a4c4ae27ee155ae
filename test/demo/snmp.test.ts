// The demo's SNMP agents against net-snmp's own programs (Debian package snmp): v2c and v3, what BGP4-MIB and the route
// tables tell, refusals, silence. Expected lines are written by hand from the topology and the MIBs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSnmp, type Snmp3, snmp } from './clients.ts';
import { type RunningDemo, runDemo } from './running.ts';

const peerState = '.1.3.6.1.2.1.15.3.1.2';
const peerAdmin = '.1.3.6.1.2.1.15.3.1.3';
const peerAs = '.1.3.6.1.2.1.15.3.1.9';
const lastError = '.1.3.6.1.2.1.15.3.1.14';
const inetProto = '.1.3.6.1.2.1.4.24.7.1.9';
const ipProto = '.1.3.6.1.2.1.4.24.4.1.7';

// Debian's snmp package is not everywhere; its absence must be seen, not passed over.
describe.skipIf(!hasSnmp)(
  `net-snmp's programs${hasSnmp ? '' : ' (skipped: /usr/bin/snmpbulkwalk is absent)'}`,
  () => {
    let running: RunningDemo;
    beforeAll(async () => {
      running = await runDemo();
    });
    afterAll(() => running.stop());
    const bulk = (name: string, oid: string) => snmp('snmpbulkwalk', running.snmpOf(name), oid);

    test('spine01, v2c: two established peers', async () => {
      expect(await bulk('spine01', peerState)).toEqual([
        `${peerState}.100.0.0.2 = 6`,
        `${peerState}.100.0.0.6 = 6`,
      ]);
      expect(await bulk('spine01', peerAs)).toEqual([
        `${peerAs}.100.0.0.2 = 65009`,
        `${peerAs}.100.0.0.6 = 65010`,
      ]);
    });

    test('leaf01, v3 authPriv: three established peers', async () => {
      expect(await bulk('leaf01', peerState)).toEqual([
        `${peerState}.100.0.0.1 = 6`,
        `${peerState}.172.20.0.11 = 6`,
        `${peerState}.172.20.0.12 = 6`,
      ]);
    });

    test('scalars: who it is, and its AS', async () => {
      const [description, asn, identifier] = await snmp(
        'snmpget',
        running.snmpOf('leaf01'),
        ...['.1.3.6.1.2.1.1.1.0', '.1.3.6.1.2.1.15.2.0', '.1.3.6.1.2.1.15.4.0'],
      );
      expect(description).toContain('leaf01');
      expect(asn).toBe('.1.3.6.1.2.1.15.2.0 = 65009');
      expect(identifier).toBe('.1.3.6.1.2.1.15.4.0 = 2.2.2.2');
    });

    test('inetCidrRouteTable of leaf01: index with lengths and policy 0.0, one row for each next hop', async () => {
      const row = (prefix: string, hop: string, proto: number) =>
        `${inetProto}.1.4.${prefix}.2.0.0.1.4.${hop} = ${proto}`;
      expect(await bulk('leaf01', inetProto)).toEqual([
        row('10.233.0.0.18', '172.20.0.11', 14),
        row('10.233.0.0.18', '172.20.0.12', 14),
        row('10.233.64.0.24', '172.20.0.11', 14),
        row('10.233.64.0.24', '172.20.0.12', 14),
        row('10.233.65.0.24', '172.20.0.11', 14),
        row('10.233.65.0.24', '172.20.0.12', 14),
        row('10.233.66.0.24', '172.20.0.11', 14),
        row('10.233.66.0.24', '172.20.0.12', 14),
        row('10.233.67.0.24', '100.0.0.1', 14),
        row('10.233.68.0.24', '100.0.0.1', 14),
        row('10.233.69.0.24', '100.0.0.1', 14),
        row('100.0.0.0.30', '0.0.0.0', 2),
        row('172.20.0.0.24', '0.0.0.0', 2),
      ]);
    });

    test('ipCidrRouteTable tells the same by mask', async () => {
      expect(await bulk('spine01', ipProto)).toContain(
        `${ipProto}.10.233.66.0.255.255.255.0.0.100.0.0.2 = 14`,
      );
      expect(await bulk('spine01', ipProto)).toContain(
        `${ipProto}.10.233.0.0.255.255.192.0.0.100.0.0.6 = 14`,
      );
    });

    test('bgp4PathAttrTable: the best path and its AS path', async () => {
      const column = '.1.3.6.1.2.1.15.6.1';
      const rows = await bulk('leaf01', `${column}.13`);
      expect(rows).toContain(`${column}.13.10.233.69.0.24.100.0.0.1 = 2`);
      expect(rows).toContain(`${column}.13.10.233.66.0.24.172.20.0.12 = 1`);
      const [path] = await snmp('snmpget', running.snmpOf('leaf01'), `${column}.5.10.233.69.0.24.100.0.0.1`);
      // AS_SEQUENCE of three: 65008, 65010, 64513.
      expect(path).toBe(`${column}.5.10.233.69.0.24.100.0.0.1 = "02 03 FD F0 FD F2 FC 01 "`);
    });

    test.each(['snmpwalk', 'snmpbulkwalk'])(
      '%s through everything ends, in order, with the same rows',
      async (program) => {
        const spine = running.snmpOf('spine01');
        const lines = await snmp(program, spine, '.1.3.6.1.2.1');
        expect(lines.at(-1)).toMatch(/No more variables left/);
        const oids = lines.slice(0, -1).map((line) => line.split(' = ')[0]);
        // 4 system, 2 names, 3 BGP scalars, 2 peers x 24, 8 paths x 14, 2 counts, 10 rows x (11 + 16).
        const expected = 4 + 2 + 3 + 2 * 24 + 8 * 14 + 2 + 10 * 27;
        expect(new Set(oids).size).toBe(oids.length);
        expect(oids).toHaveLength(expected);
      },
    );

    test('what is not there says so', async () => {
      const [answer] = await snmp('snmpget', running.snmpOf('spine01'), `${peerState}.9.9.9.9`);
      expect(answer).toMatch(/No Such Instance/);
    });

    test('SET is refused', async () => {
      const set = snmp('snmpset', running.snmpOf('spine01'), '.1.3.6.1.2.1.1.5.0', 's', 'other');
      await expect(set).rejects.toThrow(/notWritable/);
    });

    test('a wrong community gets no answer', async () => {
      const { port } = running.snmpOf('spine01');
      await expect(snmp('snmpget', { port, community: 'public' }, '.1.3.6.1.2.1.1.1.0')).rejects.toThrow(
        /Timeout/,
      );
    });

    test.each([
      ['user', { user: 'nobody' }, /Unknown user name/],
      ['authentication password', { authPassword: 'wrong-password' }, /Authentication failure/],
      ['privacy password', { privPassword: 'wrong-password' }, /Decryption error/],
    ])('v3 with a wrong %s is told so', async (_, wrong, message) => {
      const access = { ...(running.snmpOf('leaf01') as Snmp3), ...wrong };
      await expect(snmp('snmpget', access, '.1.3.6.1.2.1.1.1.0')).rejects.toThrow(message);
    });

    test('shut-spine01-leaf02 shows at once: admin stop, idle, cease, and three routes less', async () => {
      running.demo.control.inject('shut-spine01-leaf02');
      expect(await bulk('spine01', peerState)).toContain(`${peerState}.100.0.0.6 = 1`);
      expect(await bulk('spine01', peerAdmin)).toContain(`${peerAdmin}.100.0.0.6 = 1`);
      expect(await bulk('spine01', lastError)).toContain(`${lastError}.100.0.0.6 = "06 02 "`);
      expect((await bulk('leaf01', inetProto)).filter((line) => line.includes('.1.4.100.0.0.1 ='))).toEqual(
        [],
      );
      running.demo.control.heal('shut-spine01-leaf02');
      expect(await bulk('spine01', peerState)).toContain(`${peerState}.100.0.0.6 = 6`);
    });

    test('snmp-silent-leaf01: no answer until it is healed; spine01 is not concerned', async () => {
      running.demo.control.inject('snmp-silent-leaf01');
      await expect(bulk('leaf01', peerState)).rejects.toThrow(/Timeout/);
      expect(await bulk('spine01', peerState)).toHaveLength(2);
      running.demo.control.heal('snmp-silent-leaf01');
      expect(await bulk('leaf01', peerState)).toHaveLength(3);
    });
  },
);
