// Which addresses discovery asks: only those that BGPPeers name, never the cluster's own, never more than allowed.
import { expect, it } from 'vitest';
import { quietLog } from '../../src/cli/log.ts';
import { drivers } from '../../src/collectors/switches/drivers.ts';
import { commandAllowed } from '../../src/collectors/switches/ssh.ts';
import { parseConfig } from '../../src/config/load.ts';
import { discoveryTargets, nameFrom } from '../../src/exporter/discovery.ts';
import { createFleet } from '../../src/exporter/fleet.ts';
import type { ExpectedSession, ExpectedState } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure } from '../../src/model/reading.ts';
import type { Shard } from '../../src/model/shard.ts';

const session = (peerAddress: string, more: Partial<ExpectedSession> = {}): ExpectedSession => ({
  node: 'node1',
  name: 'x',
  peerAddress,
  peerAsn: 65009,
  localAsn: 64512,
  afi: 'ipv4',
  kind: 'node',
  passive: false,
  rrClient: false,
  nextHopKeep: false,
  because: '',
  ...more,
});

const expected: ExpectedState = {
  nodes: [{ name: 'node1', asn: 64512, addresses: ['172.20.0.11'] }],
  sessions: [
    session('172.20.0.254'),
    session('172.20.0.254', { node: 'node2' }),
    session('173.20.0.254', { kind: 'global' }),
    session('172.20.0.11'),
    session('172.20.0.12', { kind: 'mesh', peerNode: 'node2' }),
    session('127.0.0.1'),
    session('169.254.1.1'),
  ],
  prefixes: [],
  ranges: [],
  problems: [],
};
const nobody = () => false;

it('asks what BGPPeers name outside the cluster, each once', () => {
  expect(discoveryTargets({ most: 10 }, expected, nobody)).toEqual({
    addresses: ['172.20.0.254', '173.20.0.254'],
    leftOut: 0,
  });
});

it('keeps to its ranges and its bound, and leaves out what is asked already', () => {
  const within = [parsePrefix('173.0.0.0/8')];
  expect(discoveryTargets({ within, most: 10 }, expected, nobody).addresses).toEqual(['173.20.0.254']);
  expect(discoveryTargets({ most: 1 }, expected, nobody)).toEqual({
    addresses: ['172.20.0.254'],
    leftOut: 1,
  });
  const taken = (address: string) => address === '172.20.0.254';
  expect(discoveryTargets({ most: 10 }, expected, taken).addresses).toEqual(['173.20.0.254']);
});

it('takes a name only where it can be one', () => {
  const says = (hostname: string) => {
    const failed = failure<never>(0, 'timeout', '');
    return nameFrom({ sessions: failed, routes: failed, facts: { hostname } });
  };
  expect(says('leaf01.example.net')).toBe('leaf01');
  expect(says('a"} 1\nfake')).toBeUndefined();
  expect(says('')).toBeUndefined();
});

it('types no name of a VRF that is more than a name', () => {
  const query = { prefixes: [], ranges: [parsePrefix('10.233.64.0/18')] };
  for (const driver of Object.values(drivers).filter(({ readsVrfs }) => readsVrfs)) {
    const planned = (vrf: string) =>
      driver.routeCommands({ ...query, vrfs: [vrf] }).filter((plan) => plan.vrf === vrf);
    expect(planned('red-1').length).toBeGreaterThan(0);
    for (const { command } of planned('red-1')) expect(commandAllowed(driver, command), command).toBe(true);
    for (const bad of ['red; reload', 'red | json', "red'", 'red\nreload', '-x', '{vrf}', 'red`id`', '']) {
      for (const { command } of planned(bad)) expect(commandAllowed(driver, command), command).toBe(false);
    }
  }
});

it('shares what it finds among shards: each address is asked by one of them, whoever else starts', () => {
  const addresses = Array.from({ length: 40 }, (_, i) => `192.0.2.${i + 1}`);
  const many = { ...expected, sessions: addresses.map((address) => session(address)) };
  const asked = (shard?: Shard): string[] => {
    const text = 'datastore: { files: [] }\ndiscovery: { snmp: { community: public } }\n';
    const config = {
      ...parseConfig(text.replace('[]', `[${import.meta.filename}]`), 'x.yml', {}),
      ...(shard && { shard }),
    };
    const fleet = createFleet(config, quietLog, () => 0);
    fleet.update(many);
    // Twice: what is asked already stays as it is.
    fleet.update(many);
    const names = fleet.devices().map(({ device }) => device.name);
    fleet.stop();
    return names;
  };
  const shards = [0, 1, 2].map((index) => asked({ index, count: 3 }));
  for (const own of shards) expect(own.length).toBeGreaterThan(5);
  expect(shards.flat().sort()).toEqual(asked().sort());
  expect(asked()).toHaveLength(40);
});
