// VRFs behind contexts of SNMPv3 (RFC 3411 section 3.3.1) on net-snmp's own snmpd: the context `blue` leads to a second agent, as
// an AgentX or SMUX agent of a VRF would be; `red` is none. The BGP objects of both are written into their configurations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import type { SnmpCredentials } from '../../../src/transport/snmp.ts';
import { because } from '../../because.ts';
import { type RealSnmpd, snmpdPresent, startSnmpd } from '../../transport/real-snmpd.ts';

const authPassword = 'auth-password';
const privPassword = 'priv-password';

/** BGP4-MIB (RFC 4273) with one established peer. */
const bgp = (peer: string, asn: number) => [
  'override 1.3.6.1.2.1.15.2.0 integer 65009',
  `override 1.3.6.1.2.1.15.3.1.2.${peer} integer 6`,
  `override 1.3.6.1.2.1.15.3.1.9.${peer} integer ${asn}`,
];

describe.skipIf(!snmpdPresent)(
  because(!snmpdPresent, 'snmpd of net-snmp', 'needs the package snmpd'),
  { timeout: 30_000 },
  () => {
    let blue: RealSnmpd;
    let main: RealSnmpd;
    beforeAll(async () => {
      blue = await startSnmpd(['rocommunity inner 127.0.0.1', ...bgp('192.0.2.9', 64513)]);
      main = await startSnmpd([
        `createUser collector SHA-256 "${authPassword}" AES "${privPassword}"`,
        'view all included .1',
        'rouser collector priv -V all',
        'rouser collector priv -V all blue',
        ...bgp('192.0.2.1', 64512),
        `proxy -Cn blue -v2c -c inner 127.0.0.1:${blue.port} .1.3.6.1.2.1.15`,
      ]);
    });
    afterAll(() => Promise.all([blue.stop(), main.stop()]));

    const credentials = (context?: string): SnmpCredentials => ({
      version: '3',
      level: 'authPriv',
      user: 'collector',
      authProtocol: 'sha256',
      authPassword,
      privProtocol: 'aes',
      privPassword,
      ...(context !== undefined && { context }),
    });

    const sessionsWith = async (vrf: string) => {
      const collector = snmpCollector({
        device: 'leaf01',
        host: '127.0.0.1',
        port: main.port,
        credentials: credentials(),
        timeoutMs: 2000,
        retries: 1,
        maxRepetitions: 10,
        maxRows: 1000,
        paths: false,
        vrfs: [{ name: vrf, credentials: credentials(vrf) }],
        now: Date.now,
      });
      const query = { prefixes: [], ranges: [parsePrefix('10.233.64.0/18')] };
      const { sessions } = await collector.collect(query, AbortSignal.timeout(10_000));
      return sessions;
    };

    it('reads the sessions of both', async () => {
      const read = async () => {
        const sessions = await sessionsWith('blue');
        return sessions.ok
          ? sessions.value.map(({ vrf, peerAddress, peerAsn, state }) => [vrf, peerAddress, peerAsn, state])
          : sessions.error.message;
      };
      // The daemons need a moment.
      await expect.poll(read, { timeout: 15_000, interval: 200 }).toEqual([
        ['default', '192.0.2.1', 64512, 'established'],
        ['blue', '192.0.2.9', 64513, 'established'],
      ]);
    });

    it('says of a context that is none that it is the one that does not answer', async () => {
      const sessions = await sessionsWith('red');
      if (sessions.ok) throw new Error('was read');
      expect(sessions.error.message).toMatch(/^VRF red: /);
      for (const secret of [authPassword, privPassword]) expect(sessions.error.message).not.toContain(secret);
    });
  },
);
