// Public captures served by snmpsim (Debian package snmpsim), an SNMP agent nobody here wrote: what the collector reads from
// a live agent of each platform equals what `parse --snmpwalk` reads from the file. Skipped where snmpsimd is absent.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import type { SnmpCredentials } from '../../../src/transport/snmp.ts';
import { compareOids, parseOid } from '../../../src/transport/snmp-value.ts';
import { ended } from '../../ended.ts';

const simulator = '/usr/bin/snmpsimd';
const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');

const captures: Readonly<Record<string, string>> = {
  comware: 'h3c-comware',
  iosxe: 'cisco-ios',
  iosxr_asr9904: 'cisco-iosxr',
  arista_eos: 'arista-eos',
  junos_rpm: 'juniper-junos',
  junos_vmx: 'juniper-junos',
  'dell-os10': 'dell',
  'vrp_ce12804-withvrf': 'huawei-vrp',
  vrp_ne05e: 'huawei-vrp',
  timos_ixr: 'nokia-sros',
  srlinux: 'nokia-srlinux',
  cumulus_cumulus: 'cumulus-frr',
  vyos_bgp: 'cumulus-frr',
  edgecos_dcs203: 'other',
};
const fileOf = (name: string) =>
  path.join(shared, `snmp-${captures[name]}`, 'Jellyfrog__librenms/tests/snmpsim', `${name}.snmprec`);
const missing = Object.keys(captures).filter((name) => !existsSync(fileOf(name)));

/** Plain records (no code of a simulation module) in OID order, which snmpsim needs and the files have not. */
function sorted(text: string): string {
  const records = new Map<string, { oid: number[]; line: string }>();
  for (const line of text.split('\n')) {
    const [, dotted = '', tag, value] = /^\.?([\d.]+)\|(\d+x?)\|(.*)$/.exec(line) ?? [];
    const oid = parseOid(dotted);
    const wanted =
      /^1\.3\.6\.1\.(2\.1\.(1|10\.166|15)|3\.5|4\.1\.(9\.9|2011|2636|6527|674|25506|30065|40310))\./;
    if (!oid || !wanted.test(dotted) || (tag?.endsWith('x') && !/^([0-9a-f]{2})*$/i.test(value ?? '')))
      continue;
    records.set(dotted, { oid, line: `${dotted}|${tag}|${value}` });
  }
  const lines = [...records.values()].sort((x, y) => compareOids(x.oid, y.oid)).map(({ line }) => line);
  return `${lines.join('\n')}\n`;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

const why = !existsSync(simulator)
  ? `${simulator} is absent: apt-get install snmpsim`
  : missing.length > 0
    ? 'the public captures are not beside the checkout'
    : undefined;

describe.skipIf(why !== undefined)(`captures served by snmpsim${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'snmpsim-'));
  let daemon: ChildProcess | undefined;
  let port = 0;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const name of ['data', 'cache', 'variation']) mkdirSync(path.join(folder, name));
    chmodSync(path.join(folder, 'cache'), 0o777);
    for (const name of Object.keys(captures)) {
      writeFileSync(path.join(folder, 'data', `${name}.snmprec`), sorted(readFileSync(fileOf(name), 'utf8')));
    }
    port = await freePort();
    const asRoot = process.getuid?.() === 0 ? ['--process-user=nobody', '--process-group=nogroup'] : [];
    const started = spawn(
      simulator,
      [
        `--data-dir=${folder}/data`,
        `--cache-dir=${folder}/cache`,
        `--agent-udpv4-endpoint=127.0.0.1:${port}`,
        '--logging-method=stdout',
        ...asRoot,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PYTHONUNBUFFERED: '1' } },
    );
    daemon = started;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      const take = (part: Buffer) => {
        output += part.toString();
        if (/Listening at/.test(output)) resolve();
      };
      started.stdout.on('data', take);
      started.stderr.on('data', take);
      started.on('exit', () => reject(new Error(`snmpsimd ended: ${output.slice(-500)}`)));
    });
  }, 60_000);

  afterAll(async () => {
    await ended(daemon);
    rmSync(folder, { recursive: true, force: true });
  });

  const collect = async (credentials: SnmpCredentials) => {
    const collector = snmpCollector({
      device: 'switch',
      host: '127.0.0.1',
      port,
      credentials,
      timeoutMs: 5000,
      retries: 1,
      maxRepetitions: 25,
      maxRows: 10_000,
      now: Date.now,
    });
    const { sessions } = await collector.collect({ prefixes: [], ranges: [] }, AbortSignal.timeout(50_000));
    if (!sessions.ok) throw new Error(sessions.error.message);
    return sessions.value.map(({ device, ...session }) => session);
  };
  const inOrder = <T extends { readonly peerAddress: string; readonly afi: string }>(
    sessions: readonly T[],
  ) => sessions.toSorted((x, y) => `${x.peerAddress} ${x.afi}`.localeCompare(`${y.peerAddress} ${y.afi}`));

  it.each(Object.keys(captures))(
    '%s',
    async (name) => {
      const { sessions } = parseSnmpText(readFileSync(fileOf(name), 'utf8'), name);
      expect(sessions.length).toBeGreaterThan(0);
      expect(inOrder(await collect({ version: '2c', community: name }))).toEqual(inOrder(sessions));
    },
    60_000,
  );

  it.each(['comware', 'junos_rpm'])(
    '%s by SNMPv1',
    async (name) => {
      const { sessions } = parseSnmpText(readFileSync(fileOf(name), 'utf8'), name);
      expect(inOrder(await collect({ version: '1', community: name }))).toEqual(inOrder(sessions));
    },
    60_000,
  );
});
