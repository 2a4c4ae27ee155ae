// A Prometheus filled from the lab: real BIRD, FRR and snmpd, the exporter on them and the shipped rules, while faults come and go
// for eight minutes and some stay. Needs root and the lab's packages (test/lab/README.md).
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { labConfig, root, Stack, writeConfig } from '../../test/e2e/stack.ts';
import { Lab } from '../../test/lab/lab.ts';
import { reference } from '../../test/lab/topologies/reference.ts';

const name = 'draw';

/** Seconds to wait, and what is then done to the lab. */
const story: readonly (readonly [number, 'fault' | 'heal', string, ...string[]])[] = [
  [50, 'fault', 'withdraw', '10.233.66.0/24'],
  [40, 'heal', 'withdraw', '10.233.66.0/24'],
  [40, 'fault', 'cut-link', 'spine01', 'leaf02'],
  [50, 'heal', 'cut-link', 'spine01', 'leaf02'],
  [60, 'fault', 'freeze-snmpd', 'spine01'],
  [40, 'heal', 'freeze-snmpd', 'spine01'],
  [50, 'fault', 'stop-bird', 'node5'],
  [10, 'fault', 'withdraw', '10.233.66.0/24'],
  [10, 'fault', 'wrong-as', 'leaf01', '172.20.0.11', '65099'],
  [5, 'fault', 'next-hop', 'leaf01', '10.233.65.0/24', '172.20.0.99'],
  [5, 'fault', 'freeze-snmpd', 'spine01'],
];

/** Runs it to the end of the story; `get` then asks Prometheus for a path (`/api/v1/…`) until `stop`. */
export async function runLab(): Promise<{
  readonly get: (path: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}> {
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
  // A run that was cut off may have left its lab.
  await Lab.down(name);
  const lab = await Lab.up(reference, { name });
  try {
    const config = labConfig(lab, (device) => (device === 'spine01' ? 'snmp' : 'ssh'));
    const stack = await Stack.start(lab, writeConfig(lab, 'exporter', config));
    for (const [seconds, what, fault, ...args] of story) {
      await sleep(seconds * 1000);
      await lab[what](fault, args);
      console.log(what, fault, ...args);
    }
    // Until the alerts are there.
    await sleep(120_000);
    return {
      get: async (asked) => (await stack.get(`http://127.0.0.1:9090${asked}`)).body,
      stop: () => lab.down(),
    };
  } catch (error) {
    await lab.down();
    throw error;
  }
}
