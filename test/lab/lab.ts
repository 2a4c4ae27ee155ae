// A lab that runs: brought up, asked, broken, healed and taken down, from tests and from the command line alike.
// Up is idempotent (a healthy lab is left alone, a damaged one repaired, one that cannot be repaired made anew) and
// cleans up when it fails; down leaves no process, namespace or file.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './bird-socket.ts';
import { daemonsOf, forgetCrashLogs, start } from './daemons.ts';
import { healFault, injectFault } from './faults.ts';
import { removeAll, tidy, writeAll } from './files.ts';
import { type Health, health, vtysh } from './health.ts';
import { briefly, locked } from './lock.ts';
import { build, namespaces, remove } from './netns.ts';
import { type ActiveFault, activeFaults } from './overrides.ts';
import { preflight } from './preflight.ts';
import { end, pidsIn } from './processes.ts';
import { attempt, LabError, type Result, type RunOptions, together } from './run.ts';
import { startTurns } from './sessions.ts';
import { tuneRouteCache } from './snmp-cache.ts';
import { type Answer, commandFor, fetchInside, type LabProcess, launch, type SpawnOptions } from './spawn.ts';
import { describe, type LabDescription, type LabState, load, socketOf } from './state.ts';
import { type Afi, deviceNames, type Topology } from './topology.ts';

export interface UpOptions {
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** How long sessions and routes may take. */
  readonly readyMs?: number;
}

export class Lab {
  readonly state: LabState;
  readonly description: LabDescription;

  private constructor(state: LabState) {
    this.state = state;
    this.description = describe(state);
  }

  /** Brings a lab up, or makes sure that it is. */
  static async up(topology: Topology, options: UpOptions = {}): Promise<Lab> {
    const lab = new Lab({ name: options.name ?? 'ref', topology });
    await preflight();
    try {
      await locked(lab.state.name, () => bringUp(lab, options));
    } finally {
      await briefly(tidy);
    }
    return lab;
  }

  /** The lab of this name that is up, or undefined. */
  static async open(name: string): Promise<Lab | undefined> {
    const state = await load(name);
    return state === undefined ? undefined : new Lab(state);
  }

  /** Takes the lab of this name down, if there is one. */
  static async down(name: string): Promise<void> {
    const state = await load(name);
    if (state !== undefined) await new Lab(state).down();
  }

  async down(): Promise<void> {
    await locked(this.state.name, () => takeDown(this.state));
    await briefly(tidy);
  }

  health(): Promise<Health> {
    return health(this.state);
  }

  /** Waits until all sessions are Established and all prefixes everywhere; says what is lacking if they never are. */
  async ready(options: { timeoutMs?: number; signal?: AbortSignal | undefined } = {}): Promise<Health> {
    const deadline = Date.now() + (options.timeoutMs ?? 60_000);
    for (;;) {
      const found = await health(this.state);
      if (found.lacks.length === 0) return found;
      options.signal?.throwIfAborted();
      if (Date.now() > deadline) throw new LabError(`not ready:\n  ${found.lacks.join('\n  ')}`);
      await sleep(400);
    }
  }

  /** Runs a command in the namespace of a device (or of the observer, `obs`). */
  exec(device: string, argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const command = commandFor(this.state, device, argv);
    return attempt(command.argv, { ...options, device, env: { ...command.env, ...options.env } });
  }

  /** Starts a process in the namespace of a device (or of the observer, `obs`). */
  spawn(device: string, argv: readonly string[], options: SpawnOptions = {}): Promise<LabProcess> {
    return launch(this.state, device, argv, options);
  }

  /** An HTTP request from the observer's namespace, where the exporter and Prometheus listen. */
  fetch(
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    return fetchInside(this.state, url, init);
  }

  vtysh(device: string, ...commands: string[]): Promise<string> {
    return vtysh(this.state, device, ...commands);
  }

  bird(node: string, command: string, afi: Afi = 'ipv4'): Promise<string> {
    return ask(socketOf(this.state, node, afi), command);
  }

  fault(name: string, args: readonly string[] = []): Promise<void> {
    return injectFault(this.state, name, args);
  }

  heal(name: string, args: readonly string[] = []): Promise<ActiveFault[]> {
    return healFault(this.state, name, args);
  }

  faults(): Promise<ActiveFault[]> {
    return activeFaults(this.state);
  }
}

/** BIRD 1.6 counts whole seconds: daemons of the same second call each other at the same instant. */
const TURN_MS = 1050;

/**
 * Starts what does not run, all devices at once, but not two BIRDs that would call each other: they would close both
 * connections as a collision, and the next try may be 20 s away.
 */
async function startAll(state: LabState, options: RunOptions): Promise<void> {
  const turns = startTurns(state.topology);
  await together(
    deviceNames(state.topology).map(async (device) => {
      await sleep((turns.get(device) ?? 0) * TURN_MS);
      options.signal?.throwIfAborted();
      for (const daemon of daemonsOf(state, device)) {
        await start(daemon, options);
        if (daemon.name === 'snmpd') await tuneRouteCache(state, device, options);
      }
    }),
  );
}

async function bringUp(
  lab: Lab,
  { signal, log = () => undefined, readyMs = 60_000 }: UpOptions,
): Promise<void> {
  const { state } = lab;
  const existing = await load(state.name);
  if (existing !== undefined) {
    if (JSON.stringify(existing.topology) !== JSON.stringify(state.topology)) {
      throw new LabError(
        `lab ${state.name} is up with the topology ${existing.topology.name}: take it down first`,
      );
    }
    if (await repaired(lab, log, signal)) return;
    log('beyond repair: making it anew');
  }
  try {
    // What a lab that was killed on its way up has left.
    await takeDown(state);
    await writeAll(state, { signal });
    await build(state, { signal });
    log('namespaces and cables are there');
    await startAll(state, { signal });
    log('daemons run');
    await lab.ready({ timeoutMs: readyMs, signal });
  } catch (error) {
    await takeDown(state);
    throw error;
  }
}

/** Heals every fault and starts what does not run; true if the lab is whole again. */
async function repaired(lab: Lab, log: (line: string) => void, signal?: AbortSignal): Promise<boolean> {
  const faults = await lab.faults();
  const before = await lab.health();
  if (faults.length === 0 && before.lacks.length === 0) return true;
  for (const lack of before.lacks) log(lack);
  try {
    await lab.heal('all');
    await startAll(lab.state, { signal });
    await lab.ready({ timeoutMs: 45_000, signal });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    log(error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function takeDown(state: LabState): Promise<void> {
  const pids = await pidsIn(namespaces(state));
  await end(() => pidsIn(namespaces(state)));
  await forgetCrashLogs(pids);
  await remove(state);
  await removeAll(state);
}
