// Public captures served by snmpsim (Debian package snmpsim), an SNMP agent nobody here wrote: what the collector reads from
// a live agent of each platform equals what `parse --snmpwalk` reads from the file. Skipped where snmpsimd is absent.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { formatPrefix, type Prefix, prefixKey } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';
import type { SnmpCredentials } from '../../../src/transport/snmp.ts';
import { compareOids, parseOid } from '../../../src/transport/snmp-value.ts';
import { ended } from '../../ended.ts';
import { captures, nameOf, textOf } from './snmp-sweep.ts';

const simulator = '/usr/bin/snmpsimd';

/** Names that appear in several folders would be one community: none does. */
const byName = new Map(captures.map((capture) => [nameOf(capture), capture]));

/** Plain records (no code of a simulation module) in OID order, which snmpsim needs and the files have not. */
function sorted(text: string): string {
  const records = new Map<string, { oid: number[]; line: string }>();
  for (const line of text.split('\n')) {
    const [, dotted = '', tag, value] = /^\.?([\d.]+)\|(\d+x?)\|(.*)$/.exec(line) ?? [];
    const oid = parseOid(dotted);
    // Of other subtrees nothing is asked, and a walk of a whole device would take the simulator minutes to index.
    const wanted =
      /^1\.3\.6\.1\.(2\.1\.(1|4\.2[14]|10\.166|15|31\.1\.1\.1\.1|55\.1\.11)|3\.5|4\.1\.(9\.9\.187|2011\.5\.25\.177|2636\.5|6027\.20|6527\.3\.1\.2\.(3|14)|674\.11000\.5000\.200|25506\.2\.(183|202)|30065\.4|40310))\./;
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
  : captures.length === 0
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
    expect(byName.size).toBe(captures.length);
    for (const [name, capture] of byName) {
      writeFileSync(path.join(folder, 'data', `${name}.snmprec`), sorted(textOf(capture)));
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
  }, 180_000);

  afterAll(async () => {
    await ended(daemon);
    rmSync(folder, { recursive: true, force: true });
  });

  const collect = async (credentials: SnmpCredentials, prefixes: readonly Prefix[] = []) => {
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
    return await collector.collect({ prefixes, ranges: [] }, AbortSignal.timeout(100_000));
  };
  const inOrder = <T extends { readonly peerAddress: string; readonly afi: string }>(
    sessions: readonly T[],
  ) => sessions.toSorted((x, y) => `${x.peerAddress} ${x.afi}`.localeCompare(`${y.peerAddress} ${y.afi}`));
  const collectSessions = async (credentials: SnmpCredentials) => {
    const { sessions } = await collect(credentials);
    if (!sessions.ok) throw new Error(sessions.error.message);
    return inOrder(sessions.value.map(({ device, ...session }) => session));
  };
  const shown = (rows: Iterable<RouteRow>) =>
    [...rows]
      .map(({ prefix, nextHops }) =>
        [formatPrefix(prefix), ...nextHops.map(({ address }) => address ?? '-').sort()].join(' '),
      )
      .sort();

  it.each([...byName.keys()])(
    '%s: sessions, and the routes asked for',
    async (name) => {
      const parsed = parseSnmpText(textOf(byName.get(name) ?? ''), name);
      const credentials = { version: '2c', community: name } as const;
      const { sessions } = await collect(credentials);
      // A record without any table of peers is a reading that failed, never sessions.
      const read = sessions.ok ? sessions.value.map(({ device, ...session }) => session) : [];
      expect(inOrder(read)).toEqual(inOrder(parsed.sessions));
      const rows = parsed.routes.filter(({ layer }) => layer === 'installed').flatMap((table) => table.rows);
      // A few of each family: every one costs a question or two, and a core router has thousands.
      const some = [4, 6].flatMap((family) =>
        rows.filter(({ prefix }) => prefix.family === family).slice(0, 10),
      );
      if (some.length === 0) return;
      const { routes } = await collect(
        credentials,
        some.map(({ prefix }) => prefix),
      );
      if (!routes.ok) throw new Error(routes.error.message);
      const keys = new Set(some.map(({ prefix }) => prefixKey(prefix)));
      const found = routes.value
        .flatMap(({ table }) => [...table.rows()])
        .filter(({ prefix }) => keys.has(prefixKey(prefix)));
      expect(shown(found)).toEqual(shown(rows.filter(({ prefix }) => keys.has(prefixKey(prefix)))));
    },
    120_000,
  );

  it.each(['comware', 'junos_rpm'])(
    '%s by SNMPv1',
    async (name) => {
      const { sessions } = parseSnmpText(textOf(byName.get(name) ?? ''), name);
      expect(await collectSessions({ version: '1', community: name })).toEqual(inOrder(sessions));
    },
    60_000,
  );
});
