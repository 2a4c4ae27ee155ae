// The devices that are asked: those of the configuration from the start, discovered switches and nodes as they come and go. Keeps the
// snapshot store to the same list, and the loops that run for each device.
import type { Config } from '../config/config.ts';
import type { Collected, Collector } from '../model/collector.ts';
import type { ExpectedState } from '../model/expectation.ts';
import { isOwn } from '../model/shard.ts';
import { type Device, type DeviceSnapshot, staleAfterIntervals } from '../model/snapshot.ts';
import { addressesOf, discoveredSwitch, discoveryTargets, nameFrom, renamed } from './discovery.ts';
import type { Log } from './log.ts';
import { nodeSources } from './node-sources.ts';
import { oneAtATime } from './poller.ts';
import { type DeviceSources, switchSources } from './sources.ts';
import type { Gateways } from './ssh-source.ts';
import { SnapshotStore } from './store.ts';

/** A discovered switch: its name may change, its address does not. */
interface Found {
  readonly address: string;
  name: string;
  readonly entry: DeviceSources;
}

export interface Fleet {
  readonly store: SnapshotStore;
  /** All that are asked now. */
  devices(): readonly DeviceSources[];
  /** Devices that other shards ask. */
  elsewhere(): readonly Device[];
  /** Oldest reading of a device, in milliseconds, by which it is still judged. */
  maxAgeMs(device: string): number;
  /** Adds and removes discovered switches by what is known now. */
  update(expected: ExpectedState): void;
  /** Takes a reading: of a discovered switch also its name. */
  put(collector: Collector, collected: Collected, durationSeconds: number): void;
  /** Runs `start` for every device, now and later; what it returns ends it. */
  run(start: (entry: DeviceSources) => () => void): void;
  stop(): void;
}

export function createFleet(config: Config, log: Log, now: () => number, steady?: () => number): Fleet {
  const gateways: Gateways = new Map();
  const nodes = nodeSources(config, gateways, now);
  const switches = config.switches.map((each) => switchSources(each, gateways, now));
  const { shard } = config;
  const isOurs = ({ device }: DeviceSources) => isOwn(shard, device.name);
  const listed = [...nodes.listed, ...switches].filter(isOurs).map(singly);
  /** Those that other shards ask, as far as they are known here. */
  const listedElsewhere = [...nodes.listed, ...switches].filter((entry) => !isOurs(entry));
  let nodesElsewhere: readonly DeviceSources[] = [];
  /** Discovered nodes, by what was made for each. */
  const foundNodes = new Map<DeviceSources, DeviceSources>();
  const found = new Map<string, Found>();
  const store = new SnapshotStore(listed.map(stored), now, steady);
  const stops = new Map<DeviceSources, () => void>();
  let starter: ((entry: DeviceSources) => () => void) | undefined;
  let leftOut = 0;

  const start = (entry: DeviceSources) => {
    if (starter) stops.set(entry, starter(entry));
  };

  const end = (entry: DeviceSources) => {
    stops.get(entry)?.();
    stops.delete(entry);
    for (const { collector } of entry.sources) collector.close();
  };

  /** Nodes come and go with the objects. */
  const updateNodes = (expected: ExpectedState) => {
    const all = nodes.found(expected.nodes);
    nodesElsewhere = all.filter((entry) => !isOurs(entry));
    const wanted = new Set(all.filter(isOurs));
    for (const [made, entry] of foundNodes) {
      if (wanted.has(made)) continue;
      foundNodes.delete(made);
      store.remove(entry.device.name);
      end(entry);
      log.info({ device: entry.device.name }, 'node is no longer asked');
    }
    for (const made of wanted) {
      if (foundNodes.has(made)) continue;
      const entry = singly(made);
      foundNodes.set(made, entry);
      store.add(stored(entry));
      log.info({ device: entry.device.name, source: entry.sources[0]?.collector.source }, 'node found');
      start(entry);
    }
  };

  const remove = ({ address, name, entry }: Found, why: string) => {
    found.delete(address);
    store.remove(name);
    end(entry);
    log.info({ device: name, address, why }, 'discovered switch is no longer asked');
  };

  const add = (address: string) => {
    // By its address, which every shard knows: the name of a discovered switch is learnt by the one that asks it.
    if (!config.discovery || store.has(address) || !isOwn(shard, address)) return;
    const plain = switchSources(discoveredSwitch(config.discovery, address), gateways, now);
    const one: Found = {
      address,
      name: address,
      entry: {
        ...plain,
        sources: plain.sources.map((source) => ({
          ...source,
          collector: renamed(oneAtATime(source.collector), () => one.name),
        })),
      },
    };
    found.set(address, one);
    store.add(stored(one.entry));
    log.info({ address }, 'switch discovered by a BGPPeer');
    start(one.entry);
  };

  const update = (expected: ExpectedState) => {
    updateNodes(expected);
    const { discovery } = config;
    if (!discovery) return;
    const owners = ownersOf(store.snapshots(), listedElsewhere);
    const isTaken = (address: string) => {
      const owner = owners.get(address);
      return owner !== undefined && owner !== (found.get(address)?.name ?? '');
    };
    const targets = discoveryTargets(discovery, expected, isTaken);
    for (const one of [...found.values()]) {
      if (isTaken(one.address)) remove(one, `it is ${owners.get(one.address)}`);
      else if (!targets.addresses.includes(one.address)) remove(one, 'no BGPPeer names it any more');
    }
    for (const address of targets.addresses) if (!found.has(address)) add(address);
    if (targets.leftOut > 0 && targets.leftOut !== leftOut)
      log.warn({ most: discovery.most, leftOut: targets.leftOut }, 'too many switches to discover them all');
    leftOut = targets.leftOut;
  };

  /** The name that a switch says of itself, unless another device has it. */
  const learnName = (collector: Collector, collected: Collected) => {
    const one = [...found.values()].find(({ entry }) =>
      entry.sources.some((source) => source.collector === collector),
    );
    const name = nameFrom(collected);
    if (!one || name === undefined || name === one.name || one.name !== one.address || store.has(name))
      return;
    store.rename(one.name, name);
    one.name = name;
    log.info({ device: name, address: one.address }, 'discovered switch says its name');
  };

  const everything = () => [...listed, ...foundNodes.values(), ...[...found.values()].map(named)];

  return {
    store,
    devices: everything,
    elsewhere: () => [...listedElsewhere, ...nodesElsewhere].map(({ device }) => device),
    maxAgeMs(name) {
      const entry = everything().find(({ device }) => device.name === name);
      return entry ? staleAfterIntervals * entry.intervalMs + entry.timeoutMs : 0;
    },
    update,
    put(collector, collected, durationSeconds) {
      const before = collector.device;
      learnName(collector, collected);
      const { sessions } = collected;
      const fresh =
        before === collector.device || !sessions.ok
          ? collected
          : {
              ...collected,
              sessions: {
                ...sessions,
                value: sessions.value.map((session) => ({ ...session, device: collector.device })),
              },
            };
      store.put(collector, fresh, durationSeconds);
    },
    run(begin) {
      starter = begin;
      for (const entry of [...listed, ...foundNodes.values(), ...[...found.values()].map((one) => one.entry)])
        start(entry);
    },
    stop() {
      for (const stop of stops.values()) stop();
      stops.clear();
    },
  };
}

/** The same with at most one reading of each source at a time. */
const singly = (entry: DeviceSources): DeviceSources => ({
  ...entry,
  sources: entry.sources.map((source) => ({ ...source, collector: oneAtATime(source.collector) })),
});

/** Whose an address is: who was found first keeps one that two of them know. */
function ownersOf(
  known: readonly DeviceSnapshot[],
  elsewhere: readonly DeviceSources[],
): Map<string, string> {
  const owners = new Map<string, string>();
  const add = (address: string, name: string) => {
    if (address !== '' && !owners.has(address)) owners.set(address, name);
  };
  for (const snapshot of known) {
    for (const address of addressesOf(snapshot)) add(address, snapshot.device.name);
  }
  for (const { device } of elsewhere) {
    for (const address of [device.address, ...device.addresses]) add(address, device.name);
  }
  return owners;
}

const stored = ({ device, sources }: DeviceSources) => ({
  device,
  sources: sources.map(({ collector }) => collector.source),
});

const named = ({ name, entry }: Found): DeviceSources => ({ ...entry, device: { ...entry.device, name } });
