// The embedded demo fabric, as a whole: starts the servers of six nodes and three switches on loopback, writes the
// cluster's objects and the configuration that reads it all, and lets faults in and out. The reference topology without
// root and without daemons; what asks it uses the same protocols as against real devices.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BirdServer, startBirdServer } from './bird-server.ts';
import { type DeviceState, deriveFabric, type FabricState } from './fabric.ts';
import { faults } from './faults.ts';
import { createHistory } from './history.ts';
import { demoObjectsText } from './objects.ts';
import {
  type DemoSystem,
  type SwitchServer,
  startSshSwitch,
  startV2cSwitch,
  startV3Switch,
} from './switch-servers.ts';
import type { SwitchView } from './switch-view.ts';
import { referenceTopology } from './topology.ts';
import { type PlainData, toYaml } from './yaml.ts';

interface DemoFault {
  readonly name: string;
  /** One sentence for the page. */
  readonly title: string;
  readonly active: boolean;
}

/** Injects and heals faults. Names are those of `list()`; the fabric has changed when a call returns. */
interface DemoControl {
  list(): readonly DemoFault[];
  /** False when there is no such fault. */
  inject(name: string): boolean;
  /** False when there is no such fault. */
  heal(name: string): boolean;
  healAll(): void;
}

export interface Demo {
  /** The configuration that reads this fabric, as the configuration file's data. */
  readonly config: { readonly [key: string]: PlainData };
  /** The same as YAML. Holds the passwords of this run. */
  readonly configText: string;
  readonly control: DemoControl;
  /** Closes all sockets and removes the folder. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where to make the folder of sockets and files; the system's temporary folder by default. */
  readonly dir?: string;
  /** `mixed` (default): SNMP v2c, SNMP v3 and SSH to FRR, one each; else all three by SSH to this system. */
  readonly switches?: 'mixed' | DemoSystem;
}

/** Longest path that a unix socket address holds on Linux (unix(7)). */
const longestSocketPath = 107;

function stateOf(fabric: FabricState, name: string): DeviceState {
  const state = fabric.get(name);
  if (!state) throw new Error(`no device ${name} in the demo fabric`);
  return state;
}

/** Starts the fabric, healthy. Rejects when a socket or file cannot be made; nothing is left behind then. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { now } = options;
  // An hour ago: what has just started is given time, and a fault that is put in at once shall show at once.
  const bootedAt = now() - 3_600_000;
  const history = createHistory(bootedAt);
  const active = new Set<string>();
  const derive = () =>
    deriveFabric(
      referenceTopology,
      faults.filter(({ name }) => active.has(name)).flatMap(({ effects }) => effects),
    );
  let fabric = derive();
  history.record(fabric, bootedAt);

  const folder = await mkdtemp(join(options.dir ?? tmpdir(), 'calico-bgp-demo-'));
  const birds: BirdServer[] = [];
  const switches: SwitchServer[] = [];
  const closeAll = async () => {
    await Promise.all([...birds, ...switches].map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= closeAll();
    return stopping;
  };

  const startNode = async (name: string): Promise<PlainData> => {
    const socket = join(folder, name, 'bird.ctl');
    if (Buffer.byteLength(socket) > longestSocketPath) {
      throw new Error(`${socket} is too long for a unix socket: set TMPDIR to a shorter folder`);
    }
    await mkdir(join(folder, name), { mode: 0o700 });
    birds.push(await startBirdServer(socket, () => ({ state: stateOf(fabric, name), history, now: now() })));
    return { name, bird: { socket } };
  };

  const switchView = (name: string) => (): SwitchView => {
    return { state: stateOf(fabric, name), history, now: now(), bootedAt };
  };

  const nodes: PlainData[] = [];
  const objectsFile = join(folder, 'objects.yaml');
  try {
    await writeFile(objectsFile, demoObjectsText(), { mode: 0o600 });
    for (const { name, role } of referenceTopology.devices) {
      if (role === 'node') nodes.push(await startNode(name));
    }
    const { switches: system = 'mixed' } = options;
    const mixed = system === 'mixed';
    const bySsh = (name: string) => startSshSwitch(name, switchView(name), mixed ? 'frr' : system);
    switches.push(await (mixed ? startV2cSwitch('spine01', switchView('spine01')) : bySsh('spine01')));
    switches.push(await (mixed ? startV3Switch('leaf01', switchView('leaf01')) : bySsh('leaf01')));
    switches.push(await bySsh('leaf02'));
  } catch (error) {
    await stop();
    throw error;
  }

  const config = {
    web: { listen: '127.0.0.1:10179' },
    datastore: { files: [objectsFile] },
    collection: { interval: '2s', timeout: '2s' },
    nodes,
    switches: switches.map(({ entry }) => entry),
  };

  const change = (apply: () => void) => {
    apply();
    fabric = derive();
    history.record(fabric, now());
    // A socket that cannot come back stays away, and is reported by whoever reads it.
    for (const bird of birds) bird.update().catch(() => undefined);
  };
  const changeOne = (name: string, apply: () => void): boolean => {
    const known = faults.some((fault) => fault.name === name);
    if (known) change(apply);
    return known;
  };

  return {
    config,
    configText: toYaml(config),
    control: {
      list: () => faults.map(({ name, title }) => ({ name, title, active: active.has(name) })),
      inject: (name) => changeOne(name, () => active.add(name)),
      heal: (name) => changeOne(name, () => active.delete(name)),
      healAll: () => change(() => active.clear()),
    },
    stop,
  };
}
