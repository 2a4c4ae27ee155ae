// A demo fabric for one test file, with typed access to what its configuration says.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Demo, type DemoOptions, startDemo } from '../../src/demo/demo.ts';
import type { Snmp2c, Snmp3 } from './clients.ts';

interface DemoConfig {
  readonly datastore: { readonly files: readonly string[] };
  readonly nodes: readonly { readonly name: string; readonly bird: { readonly socket: string } }[];
  readonly switches: readonly {
    readonly name: string;
    readonly address: string;
    readonly bgpAddresses: readonly string[];
    readonly snmp?: Snmp2c | Snmp3;
    readonly ssh?: SshAccess;
  }[];
}

interface SshAccess {
  readonly driver: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly hostKeys: readonly string[];
}

export interface RunningDemo {
  readonly demo: Demo;
  readonly folder: string;
  readonly config: DemoConfig;
  socketOf(node: string): string;
  snmpOf(name: string): Snmp2c | Snmp3;
  readonly ssh: SshAccess;
  stop(): Promise<void>;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the demo's configuration has no ${what}`);
  return value;
}

export async function runDemo(
  now: () => number = Date.now,
  more: Pick<DemoOptions, 'switches'> = {},
): Promise<RunningDemo> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const demo = await startDemo({ now, dir: folder, ...more });
  const config = demo.config as unknown as DemoConfig;
  const switchOf = (name: string) =>
    found(
      config.switches.find((each) => each.name === name),
      name,
    );
  return {
    demo,
    folder,
    config,
    socketOf: (node) => found(config.nodes.find((each) => each.name === node)?.bird.socket, node),
    snmpOf: (name) => found(switchOf(name).snmp, `${name}.snmp`),
    ssh: found(switchOf('leaf02').ssh, 'leaf02.ssh'),
    async stop() {
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
