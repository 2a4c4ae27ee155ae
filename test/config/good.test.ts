// Good configurations and what becomes of them: defaults, merged sections, canonical addresses, absolute paths and
// secrets that cannot be printed.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, parseConfig } from '../../src/config/load.ts';
import { parsePrefix } from '../../src/model/prefix.ts';

const parent = path.resolve(import.meta.dirname, '..', 'fixtures', 'config');
const folder = path.join(parent, 'good');
const env = {
  AGENT_TOKEN: 'agent-token',
  SWITCH_PASSWORD: 'ssh-password',
  SNMP_AUTH: 'auth-password',
  SNMP_PRIV: 'priv-password',
};
const load = (name: string) => loadConfig(path.join(folder, name), env);

describe('good configurations', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yml')))('%s loads', async (name) => {
    await expect(load(name)).resolves.toHaveProperty('datastore.kind');
  });

  it('fills in every default', async () => {
    const file = path.join(folder, 'minimal.yml');
    await expect(load('minimal.yml')).resolves.toEqual({
      file,
      web: { listen: { port: 10179 } },
      datastore: { kind: 'files', files: [path.join(parent, 'objects.yaml')] },
      expected: { usePodCidr: 'auto', rules: [] },
      collection: { interval: 15_000, timeout: 10_000, concurrency: 32 },
      silences: [],
      alertThresholds: { flaps: 3, audit_age_seconds: 300, certificate_expiry_seconds: 1_209_600 },
      audit: { maxMissingSeries: 500 },
      metrics: { meshDetail: false },
      kubernetes: { execConcurrency: 8 },
      nodes: [
        { name: 'node1', interval: 15_000, timeout: 10_000, bird: { socket: '/var/run/calico/bird.ctl' } },
      ],
      switches: [],
      log: { level: 'info' },
    });
  });

  it('reads a Kubernetes datastore: a kubeconfig, or the service account of the pod', async () => {
    const { datastore } = await load('kubernetes.yml');
    expect(datastore).toEqual({
      kind: 'kubernetes',
      kubeconfig: path.join(folder, 'kubeconfig'),
      context: 'prod',
    });
    const inCluster = (group?: string) =>
      loadConfig(path.join(folder, 'in-cluster.yml'), group === undefined ? {} : { CALICO_API_GROUP: group });
    expect((await inCluster()).datastore).toEqual({ kind: 'kubernetes' });
    // As calico-node takes it, with or without the version.
    const v3 = { kind: 'kubernetes', calicoApiGroup: 'projectcalico.org/v3' };
    expect((await inCluster('projectcalico.org/v3')).datastore).toEqual(v3);
    expect((await inCluster('projectcalico.org')).datastore).toEqual(v3);
    await expect(inCluster('v3')).rejects.toThrow(/CALICO_API_GROUP, which is "v3"; known are crd/);
  });

  it('reads nodes that have an agent', async () => {
    const { nodes } = await load('agents.yml');
    expect(nodes.map(({ bird, agent }) => [bird, agent?.url, agent?.token?.reveal()])).toEqual([
      [undefined, 'https://172.20.0.11:10180', 'agent-token'],
      [undefined, 'http://127.0.0.1:10180', 'agent-token'],
    ]);
    expect(inspect(nodes, { depth: 9 })).not.toContain('agent-token');
  });

  it('merges defaults under each switch and resolves secrets', async () => {
    const { switches } = await load('example.yml');
    const [leaf, spine] = switches;
    expect(leaf).toMatchObject({
      name: 'leaf01',
      bgpAddresses: ['172.20.0.254', '100.0.0.2'],
      prefer: 'ssh',
      interval: 15_000,
      ssh: {
        driver: 'frr',
        port: 22,
        user: 'auditor',
        knownHosts: [path.join(folder, 'known_hosts')],
        hostKeys: [],
        legacyAlgorithms: false,
      },
      snmp: { version: '2c', port: 161, timeout: 2000, retries: 1, maxRepetitions: 25, maxRows: 500_000 },
    });
    expect(leaf?.ssh?.password?.reveal()).toBe('ssh-password');
    // The file ends with a line end, which is none of the community.
    expect(leaf?.snmp?.version === '2c' && leaf.snmp.community.reveal()).toBe('public-but-ours');
    expect(spine).toMatchObject({ interval: 60_000, timeout: 30_000 });
    expect(spine).not.toHaveProperty('ssh');
    // The community of the defaults is of no use to version 3 and does not get in its way.
    expect(spine?.snmp).toMatchObject({
      version: '3',
      user: 'auditor',
      level: 'authPriv',
      authProtocol: 'sha256',
      privProtocol: 'aes',
      context: '',
    });
    expect(spine?.snmp).not.toHaveProperty('community');
    expect(spine?.snmp?.version === '3' && spine.snmp.privPassword?.reveal()).toBe('priv-password');
  });

  it('knows IPv6, merge keys, ports as part of an endpoint', async () => {
    const { web, expected, metrics, switches, log } = await load('ipv6.yml');
    expect(web.listen).toEqual({ host: '::1', port: 0 });
    expect(expected).toEqual({
      usePodCidr: true,
      calicoVersion: 'v3.30',
      rules: [
        { devices: ['spine*'], kinds: ['service-cluster'], carry: false },
        { within: [parsePrefix('fd00:10:233::/48')], carry: true },
        { nodes: ['edge-*'], carry: 'covered' },
      ],
    });
    expect(metrics).toEqual({ meshDetail: true });
    expect(log).toEqual({ level: 'debug' });
    expect(
      switches.map(({ name, address, bgpAddresses, prefer, snmp }) => [
        name,
        address,
        bgpAddresses,
        prefer,
        snmp?.port,
      ]),
    ).toEqual([
      ['leaf01', '2001:db8::1', ['2001:db8::fe', '172.20.0.254'], 'ssh', 1161],
      ['leaf02', '2001:db8::1', ['2001:db8::ff'], 'snmp', 1162],
    ]);
  });

  it('prints no secret, however it is printed', async () => {
    const config = await load('example.yml');
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 20, showHidden: true }),
      `${config.switches[0]?.ssh?.password}`,
    ]) {
      expect(text).toContain('<secret>');
      for (const secret of ['ssh-password', 'auth-password', 'priv-password', 'public-but-ours'])
        expect(text).not.toContain(secret);
    }
  });
});

describe('details', () => {
  const base = 'datastore: { files: [objects.yaml] }\n';
  const read = (text: string, more: NodeJS.ProcessEnv = {}) =>
    parseConfig(base + text, path.join(parent, 'x.yml'), more);
  const messages = (text: string, more?: NodeJS.ProcessEnv) => {
    try {
      read(text, more);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ message }) => message);
      throw error;
    }
    return [];
  };

  it('takes JSON as well, since JSON is YAML', () => {
    const text = JSON.stringify({ datastore: { files: ['objects.yaml'] }, nodes: [{ name: 'n', bird: {} }] });
    expect(parseConfig(text, path.join(parent, 'x.json'), {}).nodes[0]?.name).toBe('n');
  });

  it('reads home and relative paths', () => {
    const text = 'nodes: [{ name: n, bird: { socket: ~/bird.ctl, socket6: run/bird6.ctl } }]';
    expect(read(text, { HOME: '/home/op' }).nodes[0]?.bird).toEqual({
      socket: '/home/op/bird.ctl',
      socket6: path.join(parent, 'run/bird6.ctl'),
    });
  });

  it('gives the socket of the SSH agent', () => {
    const text =
      'switches: [{ name: s, address: s.example.net, ssh: { driver: frr, user: u, agent: true, hostKeys: ["SHA256:2Qo0Zb5v1hC3fW0m5l2rS8yq1VbX9d7eN4kT6uP0aGs"] } }]';
    expect(read(text, { SSH_AUTH_SOCK: '/run/agent' }).switches[0]?.ssh?.agent).toBe('/run/agent');
  });

  it('lets one switch have less security than the defaults, without the passwords', () => {
    const text = `
defaults: { snmp: { version: 3, user: u, authPassword: long-enough, privPassword: long-enough } }
switches:
  - { name: a, address: 192.0.2.1, snmp: {} }
  - { name: b, address: 192.0.2.2, snmp: { level: authNoPriv } }
  - { name: c, address: 192.0.2.3, snmp: { version: 2c, community: c } }`;
    const [a, b, c] = read(text).switches.map(({ snmp }) => snmp);
    expect(a).toMatchObject({ level: 'authPriv' });
    expect(b).toMatchObject({ level: 'authNoPriv' });
    expect(b).not.toHaveProperty('privPassword');
    expect(c).toMatchObject({ version: '2c' });
    expect(c).not.toHaveProperty('user');
  });

  it('complains of broken defaults once, not at each switch', () => {
    const text = `
defaults: { snmp: { comunity: x } }
switches:
  - { name: a, address: 192.0.2.1, snmp: {} }
  - { name: b, address: 192.0.2.2, snmp: {} }`;
    expect(messages(text)).toEqual(['defaults.snmp has no option "comunity"; did you mean "community"?']);
  });

  it('does not judge intervals by a collection section that it could not read', () => {
    expect(
      messages('collection: { interval: 5 }\nnodes: [{ name: n, interval: 5s, bird: {} }]'),
    ).toHaveLength(1);
  });

  it('refuses a file of references that unfold without end', () => {
    const bombs = Array.from(
      { length: 9 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
    );
    expect(messages(`a0: &a0 [x]\n${bombs.join('\n')}`)).toEqual(['too many references (*name) in one file']);
  });

  it.each([
    ['/nonexistent/config.yml', 'this file does not exist'],
    [parent, 'this is a directory; name the file in it'],
  ])('says why %s cannot be read', async (file, message) => {
    await expect(loadConfig(file, {})).rejects.toThrow(
      new ConfigError([{ file, line: 1, column: 1, message }]),
    );
  });
});

describe('whole tables', () => {
  it('are read of the switches whose driver can, also where all are told to', () => {
    const { switches } = parseConfig(
      `datastore: {files: [${path.join(parent, 'objects.yaml')}]}
defaults: {ssh: {user: u, password: p, hostKeys: ['SHA256:${'A'.repeat(43)}'], wholeTables: true}}
switches:
  - {name: leaf01, address: 192.0.2.1, ssh: {driver: frr}}
  - {name: leaf02, address: 192.0.2.2, ssh: {driver: sonic, wholeTables: false}}
  - {name: leaf03, address: 192.0.2.3, ssh: {driver: auto}}
  - {name: leaf04, address: 192.0.2.4, ssh: {driver: cisco-ios}}
`,
      'config.yml',
      {},
    );
    expect(switches.map(({ ssh }) => ssh?.wholeTables)).toEqual([true, undefined, true, true]);
  });
});

describe("the VRF of the cluster's routes", () => {
  const switches = (leaf: string) =>
    parseConfig(
      `datastore: {files: [${path.join(parent, 'objects.yaml')}]}\nswitches:\n  - ${leaf}\n`,
      'config.yml',
      {},
    ).switches;
  const ssh = (more: string) =>
    `ssh: {user: u, password: p, hostKeys: ['SHA256:${'A'.repeat(43)}'], ${more}}`;

  it('is the default one unless it is named, and is then asked for over SSH', () => {
    const leaf = (more: string, sshMore: string) =>
      switches(`{name: leaf01, address: 192.0.2.1, ${more}${ssh(sshMore)}}`)[0];
    expect(leaf('', 'driver: frr')?.vrf).toBeUndefined();
    expect(leaf('vrf: default, ', 'driver: frr')).toMatchObject({ ssh: { vrfs: [] } });
    expect(leaf('vrf: red, ', 'driver: frr, vrfs: [blue]')).toMatchObject({
      vrf: 'red',
      ssh: { vrfs: ['blue', 'red'] },
    });
    expect(leaf('vrf: red, ', 'driver: auto, vrfs: all')).toMatchObject({ ssh: { vrfs: 'all' } });
  });

  it('is an error where the driver reads no other than the default one', () => {
    expect(() =>
      switches(`{name: leaf01, address: 192.0.2.1, vrf: red, ${ssh('driver: dell-os10')}}`),
    ).toThrow(
      'config.yml:3:40 switch leaf01: vrf is red, but the dell-os10 driver reads routes of the default VRF only',
    );
    expect(() => switches(`{name: leaf01, address: 192.0.2.1, vrf: 'a; b', ${ssh('driver: frr')}}`)).toThrow(
      /vrf must be the name of a VRF/,
    );
  });
});
