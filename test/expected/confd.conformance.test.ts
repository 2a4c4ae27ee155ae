// Calico's own cases: inputs, and the BIRD configuration that Calico renders from them for node kube-master. Sessions,
// blackhole routes and every filter decision must be the same.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/datastores/files.ts';
import { type Cluster, readCluster } from '../../src/expected/cluster.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { exportDecision, type NodePolicy, policiesOf } from '../../src/expected/exports.ts';
import { askFilters } from '../../src/expected/filter-rules.ts';
import type { ExpectedSession } from '../../src/model/expectation.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';
import { because } from '../because.ts';
import {
  blackholesIn,
  functionsIn,
  type RenderedRoute,
  type RenderedSession,
  run,
  sessionsIn,
} from './bird-config.ts';

const root = resolve(import.meta.dirname, '../../../shared/conformance/confd');
const node = 'kube-master';

// The blocks are no part of the inputs: Calico's test harness writes them into the datastore for kube-master.
const harnessBlocks: readonly ApiObject[] = [
  ['10.0.0.0/30', ''],
  ['10.1.0.0/24', ''],
  ['10.2.0.1/32', ''],
  ['192.168.221.192/26', ''],
  ['192.168.221.64/26', 'confirmed'],
].map(([cidr, state]) => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'BlockAffinity',
  metadata: { name: `kube-master-${cidr?.replace(/[./]/g, '-')}` },
  spec: { cidr, node, state, deleted: 'false' },
}));

function casesIn(folder: string): string[] {
  const entries = readdirSync(folder).map((name) => join(folder, name));
  const below = entries.filter((path) => statSync(path).isDirectory()).flatMap(casesIn);
  return entries.some((path) => path.endsWith('/bird.cfg')) ? [folder, ...below] : below;
}

// A step is applied on top of what the folder above it has put into the datastore.
function inputsOf(folder: string): string[] {
  const own = ['input.yaml', 'kubectl-input.yaml']
    .map((name) => join(folder, name))
    .filter((p) => existsSync(p));
  return /^step\d+$/.test(folder.split('/').at(-1) ?? '') ? [...inputsOf(join(folder, '..')), ...own] : own;
}

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

function ofModel(session: ExpectedSession): Omit<RenderedSession, 'importBody' | 'exportBody'> {
  const { name, peerAddress, port, peerAsn, localAsn, passive, rrClient, nextHopKeep, sourceAddress } =
    session;
  const { nextHopSelf = false, ttlSecurity, allowedLocalAsns, passwordSet = false } = session;
  return {
    ...{ name, peerAddress, port, peerAsn, localAsn, passive, rrClient, nextHopKeep, nextHopSelf },
    ...{ sourceAddress, ttlSecurity, allowedLocalAsns, passwordSet },
  };
}

function ofBird(session: RenderedSession): Omit<RenderedSession, 'importBody' | 'exportBody'> {
  const { importBody: _i, exportBody: _e, ...rest } = session;
  return rest;
}

/** Every prefix that a configuration names, what is inside of it, and what has nothing to do with it. */
function probes(configs: readonly string[], v6: boolean): string[] {
  const pattern = v6 ? /[0-9a-f]{1,4}(?::[0-9a-f]{0,4})+\/\d+/g : /\d+\.\d+\.\d+\.\d+\/\d+/g;
  const named = new Set(configs.flatMap((config) => config.match(pattern) ?? []));
  const all = [...named].flatMap((cidr) => {
    const [base, length] = cidr.split('/');
    return [cidr, `${base}/${Math.min(Number(length) + 3, v6 ? 128 : 32)}`, `${base}/${v6 ? 128 : 32}`];
  });
  return [...new Set([...all, ...(v6 ? ['2001:db8:ffff::/48', '::/0'] : ['198.51.100.0/24', '0.0.0.0/0'])])];
}

const devices = [
  undefined,
  'eth0',
  'cali00000000000',
  'vxlan.calico',
  'tunl0',
  'bpfin.cali',
  'wireguard.cali',
];

function routesFor(configs: readonly string[], v6: boolean): RenderedRoute[] {
  return probes(configs, v6).flatMap((net) =>
    [true, false].flatMap((bgp) => devices.map((ifname) => ({ net, bgp, ...(ifname && { ifname }) }))),
  );
}

function decide(cluster: Cluster, policy: NodePolicy, session: ExpectedSession, route: RenderedRoute) {
  const prefix = parsePrefix(route.net);
  const device = route.ifname === undefined ? {} : { interface: route.ifname };
  const source = route.bgp ? 'bgp' : 'static';
  const internal = session.peerAsn === session.localAsn;
  const seen = { prefix, remote: route.bgp, ...device };
  const imported = askFilters(cluster.filters, session.filters ?? [], 'import', seen, internal);
  return {
    in: imported?.action !== 'Reject',
    out: exportDecision(cluster, policy, session, { prefix, source, ...device }).accepted,
  };
}

describe.skipIf(!existsSync(root))(
  because(
    !existsSync(root),
    'configurations that Calico renders for kube-master',
    'needs the cases in ../shared/conformance',
  ),
  () => {
    const cases = existsSync(root) ? casesIn(root) : [];

    it('finds the cases', () => expect(cases.length).toBeGreaterThan(30));

    describe.each(cases.map((folder) => [relative(root, folder), folder] as const))('%s', (_name, folder) => {
      const load = async () => [...(await loadFiles(inputsOf(folder))).objects, ...harnessBlocks];

      it('has the same sessions', async () => {
        const expected = computeExpected(await load()).sessions.filter((session) => session.node === node);
        for (const [afi, file] of [['ipv4', 'bird.cfg'] as const, ['ipv6', 'bird6.cfg'] as const]) {
          const rendered = sessionsIn(read(folder, file)).map(ofBird);
          expect(expected.filter((session) => session.afi === afi).map(ofModel)).toEqual(rendered);
        }
      });

      it('has the same blackhole routes', async () => {
        const { originations } = readCluster(await load());
        const own = originations.filter((o) => o.nodes.includes(node) && o.source === 'static');
        // A block of one address has no blackhole: the pod's own route stands for it.
        const nets = own
          .filter(({ kind, prefix }) => kind !== 'block' || prefix.length < (prefix.family === 4 ? 32 : 128))
          .map(({ prefix }) => formatPrefix(prefix));
        const rendered = [
          ...blackholesIn(read(folder, 'bird_aggr.cfg')),
          ...blackholesIn(read(folder, 'bird6_aggr.cfg')),
        ];
        expect(nets.sort()).toEqual(rendered.sort());
      });

      it('decides the same on import and export', async () => {
        const cluster = readCluster(await load());
        const policy = policiesOf(cluster).get(node);
        if (!policy) throw new Error(`no ${node}`);
        for (const six of ['', '6']) {
          const configs = ['', '_aggr', '_ipam'].map((part) => read(folder, `bird${six}${part}.cfg`));
          const functions = functionsIn(...configs);
          const routes = routesFor(configs, six === '6');
          for (const rendered of sessionsIn(configs[0] ?? '')) {
            const session = cluster.sessions.get(node)?.find(({ name }) => name === rendered.name);
            if (!session) throw new Error(`no session ${rendered.name}`);
            for (const route of routes) {
              const expected = {
                in: run(rendered.importBody, route, functions, false) === 'accept',
                out: run(rendered.exportBody, route, functions, false) === 'accept',
              };
              expect({ ...route, ...decide(cluster, policy, session, route) }).toEqual({
                ...route,
                ...expected,
              });
            }
          }
        }
      });
    });
  },
);
