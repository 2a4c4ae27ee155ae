// snmpd keeps the kernel's route tables for 60 s. NET-SNMP-AGENT-MIB's nsCacheTable makes that time writable: an SNMP
// SET from inside the switch, with a community that may write nothing else, makes a change of routes show at once.
// The index of a row is the OID of the cached table (its length is implied).
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, LabError, type RunOptions } from './run.ts';
import { folderOf, type LabState, netnsOf } from './state.ts';
import { CACHE_COMMUNITY, CACHE_TABLE } from './switch-config.ts';
import { DEFAULT_ROUTE_CACHE_SECONDS } from './topology.ts';

/** ipCidrRouteTable and inetCidrRouteTable (RFC 4292). */
const CACHED = ['.1.3.6.1.2.1.4.24.4', '.1.3.6.1.2.1.4.24.7'];

export async function tuneRouteCache(lab: LabState, device: string, options: RunOptions = {}): Promise<void> {
  const seconds = String(lab.topology.snmpRouteCacheSeconds ?? DEFAULT_ROUTE_CACHE_SECONDS);
  const sets = CACHED.flatMap((table) => [`${CACHE_TABLE}.3.1.2${table}`, 'i', seconds]);
  const set = ['snmpset', '-v2c', '-c', CACHE_COMMUNITY, '-On', '-r1', '-t1', '127.0.0.1', ...sets];
  const env = { MIBS: '', SNMP_PERSISTENT_DIR: folderOf(lab, device) };
  for (let attempts = 0; ; attempts++) {
    const { code, stderr } = await attempt(['ip', 'netns', 'exec', netnsOf(lab, device), ...set], {
      ...options,
      device,
      env,
    });
    if (code === 0) return;
    if (attempts > 10) throw new LabError(`${device}: ${set.join(' ')}: ${stderr.trim()}`);
    await sleep(200);
  }
}
