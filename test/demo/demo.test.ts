// The demo as a whole: its configuration and objects as files, its faults by name, that it starts quickly, binds only
// loopback and leaves nothing behind.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startDemo } from '../../src/demo/demo.ts';
import { demoObjects } from '../../src/demo/objects.ts';
import { toYaml } from '../../src/demo/yaml.ts';
import { because } from '../because.ts';
import { type RunningDemo, runDemo } from './running.ts';

describe('a running demo', () => {
  let running: RunningDemo;
  let took = 0;
  beforeAll(async () => {
    const begin = performance.now();
    running = await runDemo();
    took = performance.now() - begin;
  });
  afterAll(() => running.stop());

  test('starts in well under a second', () => {
    expect(took).toBeLessThan(1000);
  });

  test('the text of the configuration says the same as the object', () => {
    expect(parse(running.demo.configText)).toEqual(running.demo.config);
  });

  test('nine devices: six sockets, v2c, v3, SSH', () => {
    const { nodes, switches } = running.config;
    expect(nodes.map(({ name }) => name)).toEqual(['node1', 'node2', 'node3', 'node4', 'node5', 'node6']);
    for (const { bird } of nodes) expect(statSync(bird.socket).isSocket()).toBe(true);
    expect(switches.map(({ name, address, bgpAddresses }) => ({ name, address, bgpAddresses }))).toEqual([
      { name: 'spine01', address: '127.0.0.1', bgpAddresses: ['100.0.0.1', '100.0.0.5'] },
      { name: 'leaf01', address: '127.0.0.1', bgpAddresses: ['100.0.0.2', '172.20.0.254'] },
      { name: 'leaf02', address: '127.0.0.1', bgpAddresses: ['100.0.0.6', '173.20.0.254'] },
    ]);
  });

  test('its folder is for the owner alone', () => {
    const [folder = ''] = readdirSync(running.folder);
    expect(statSync(join(running.folder, folder)).mode & 0o777).toBe(0o700);
  });

  test('listens on loopback alone', () => {
    const ports = new Set(
      running.config.switches.map(({ snmp, ssh }) =>
        (snmp ?? ssh)?.port.toString(16).toUpperCase().padStart(4, '0'),
      ),
    );
    // proc_net(5): local address, in hexadecimal, little-endian, before the port. 0A is LISTEN, 07 an open UDP socket.
    const bound = ['/proc/net/tcp', '/proc/net/udp', '/proc/net/tcp6', '/proc/net/udp6'].flatMap((file) =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .map((line) => /^\s*\d+: (\w+):(\w{4}) \S+ (0A|07) /.exec(line))
            .filter((match) => match && ports.has(match[2]))
            .map((match) => match?.[1])
        : [],
    );
    expect(bound).toEqual(['0100007F', '0100007F', '0100007F']);
  });

  test('faults go in and out by name', () => {
    const { control } = running.demo;
    const active = () => control.list().flatMap((fault) => (fault.active ? fault.name : []));
    expect(active()).toEqual([]);
    expect(control.inject('no-such-fault')).toBe(false);
    expect(control.heal('no-such-fault')).toBe(false);
    expect(control.inject('rogue-route')).toBe(true);
    expect(control.inject('withdraw-node3-block')).toBe(true);
    expect(control.inject('rogue-route')).toBe(true);
    expect(active().sort()).toEqual(['rogue-route', 'withdraw-node3-block']);
    expect(control.heal('rogue-route')).toBe(true);
    expect(active()).toEqual(['withdraw-node3-block']);
    control.healAll();
    expect(active()).toEqual([]);
  });
});

test('stopping removes the folder and closes everything; stopping twice does no harm', async () => {
  const running = await runDemo();
  running.demo.control.inject('stop-bird-node5');
  await running.demo.stop();
  expect(readdirSync(running.folder)).toEqual([]);
  await running.demo.stop();
  await running.stop();
});

test('a folder that cannot be used is an error that leaves nothing behind', async () => {
  await expect(startDemo({ now: Date.now, dir: '/nonexistent' })).rejects.toThrow(/ENOENT/);
  const running = await runDemo();
  try {
    const deep = join(running.folder, 'd'.repeat(120));
    mkdirSync(deep);
    await expect(startDemo({ now: Date.now, dir: deep })).rejects.toThrow(/too long for a unix socket/);
    expect(readdirSync(deep)).toEqual([]);
  } finally {
    await running.stop();
  }
});

test('secrets differ from start to start', async () => {
  const [one, two] = [await runDemo(), await runDemo()];
  expect(one.ssh.password).not.toBe(two.ssh.password);
  expect(one.ssh.hostKeys).not.toEqual(two.ssh.hostKeys);
  expect(one.snmpOf('spine01')).not.toMatchObject({
    community: (two.snmpOf('spine01') as { community: string }).community,
  });
  await Promise.all([one.stop(), two.stop()]);
});

describe('the objects', () => {
  interface Item {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: Record<string, unknown>;
  }
  const reference = join(import.meta.dirname, '../../../shared/reference/objects/kdd-v1.json');

  test.skipIf(!existsSync(reference))(
    because(
      !existsSync(reference),
      'are those of the reference installation, allocations apart',
      'needs ../shared/reference',
    ),
    () => {
      const substance = (items: readonly Item[]) =>
        Object.fromEntries(
          items
            .filter(({ kind }) => kind !== 'CalicoNodeStatus' && kind !== 'ClusterInformation')
            .map(({ spec, ...item }) => {
              const { allocations, unallocated, attributes, sequenceNumber, ...rest } = spec;
              return [`${item.kind} ${item.metadata.name}`, { ...item, spec: rest }];
            }),
        );
      const ours = demoObjects() as unknown as Item[];
      const theirs = (JSON.parse(readFileSync(reference, 'utf8')) as { items: Item[] }).items;
      expect(substance(ours)).toEqual(substance(theirs));
    },
  );

  test('are written as YAML documents', async () => {
    const running = await runDemo();
    const [file = ''] = running.config.datastore.files;
    const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
    expect(documents).toEqual(demoObjects());
    await running.stop();
  });
});

test('YAML: strings that look like something else stay strings', () => {
  const data = {
    yes: 'no',
    list: ['on', '1', 'null', '', ' x', 'a: b', '#', '-', '~'],
    empty: {},
    none: [],
    n: null,
  };
  expect(parse(toYaml(data))).toEqual(data);
});
