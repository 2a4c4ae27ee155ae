// How long it takes to load Calico's objects from a real etcd (Debian's, on loopback), and until a changed block is seen.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcdDatastore } from '../src/datastores/etcd.ts';
import type { ApiObject } from '../src/model/object.ts';
import { noEtcd, startEtcd } from '../test/transport/etcd-server.ts';
import { big, blockObjects, clusterObjects } from './cluster.ts';
import { type Measured, memory, print, timed } from './measure.ts';

const v3 = '/calico/resources/v3/projectcalico.org';

function keyOf({ kind, metadata, spec }: ApiObject): string | undefined {
  const { cidr = '', node } = spec as { cidr?: string; node?: string };
  const block = cidr.replace('/', '-');
  if (kind === 'IPAMBlock') return `/calico/ipam/v2/assignment/ipv4/block/${block}`;
  if (kind === 'BlockAffinity') return `/calico/ipam/v2/host/${node}/ipv4/block/${block}`;
  const plurals: Record<string, string> = {
    Node: 'nodes',
    BGPPeer: 'bgppeers',
    BGPConfiguration: 'bgpconfigurations',
    IPPool: 'ippools',
  };
  const plural = plurals[kind];
  return plural === undefined ? undefined : `${v3}/${plural}/${metadata.name}`;
}

function jsonOf(object: ApiObject): string {
  const { kind, metadata, spec } = object;
  if (kind === 'IPAMBlock') return JSON.stringify(spec);
  if (kind === 'BlockAffinity') return '{"state":"confirmed","deleted":false}';
  const { annotations = {} } = metadata;
  const bgp = {
    ipv4Address: annotations['projectcalico.org/IPv4Address'],
    asNumber: Number(annotations['projectcalico.org/ASNumber']),
  };
  return JSON.stringify({ kind, metadata, spec: kind === 'Node' ? { bgp } : spec });
}

/** Loads from a server that is there already; in a process of its own, so that the memory is the loader's. */
async function load(endpoint: string): Promise<readonly Measured[]> {
  const make = () =>
    etcdDatastore({ endpoints: [endpoint], tls: {}, timeoutMs: 10_000, intervalMs: 10_000, now: Date.now });
  const first = make();
  const once = await timed(
    'everything loaded',
    1,
    (store) => store.refresh(),
    () => first,
    '< 3000 ms',
  );
  const peak = memory('< 400 MB');
  if (!first.current().ok) throw new Error('etcd could not be read');
  const again = await timed(
    'everything loaded, in a warm process',
    5,
    (store) => store.refresh(),
    make,
    '< 3000 ms',
  );

  let seen = 0;
  first.watch(() => seen++);
  await sleep(500);
  const [block] = blockObjects(big, 777);
  const change = async (before: number) => {
    await put(endpoint, [[keyOf(block) ?? '', JSON.stringify({ ...(block.spec as object), before })]]);
    for (let waited = 0; seen === before; waited++) {
      if (waited > 5000) throw new Error('the change was not seen');
      await sleep(1);
    }
  };
  const changing = await timed('a changed block is seen', 20, change, () => seen, '< 1000 ms');
  first.stop();
  return [...once.slice(0, 1), ...again, ...changing, ...peak];
}

/** Puts keys through the gateway, as many at a time as one transaction takes. */
async function put(endpoint: string, entries: readonly (readonly [string, string])[]): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  for (let i = 0; i < entries.length; i += 100) {
    const success = entries
      .slice(i, i + 100)
      .map(([key, value]) => ({ request_put: { key: base64(key), value: base64(value) } }));
    const answer = await fetch(`${endpoint}/v3/kv/txn`, {
      method: 'POST',
      body: JSON.stringify({ success }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`put: ${answer.status}`);
    await answer.text();
  }
}

async function fillAndLoad(): Promise<readonly Measured[]> {
  if (noEtcd) throw new Error(noEtcd);
  const server = await startEtcd();
  try {
    const entries = clusterObjects({ ...big, services: 0 }).flatMap((object): [string, string][] => {
      const key = keyOf(object);
      return key === undefined ? [] : [[key, jsonOf(object)]];
    });
    await put(server.endpoint, entries);
    const bytes = entries.reduce((sum, [, value]) => sum + value.length, 0);
    const child = spawn(process.execPath, [...process.execArgv, import.meta.filename], {
      env: { ...process.env, BENCH_ETCD: server.endpoint },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`the loader ended with ${code}`);
    return [
      { what: 'nodes', value: big.nodes, unit: '' },
      { what: 'blocks', value: big.nodes * big.blocksPerNode, unit: '' },
      { what: 'keys', value: entries.length, unit: '' },
      { what: 'values', value: Math.round(bytes / 1e6), unit: 'MB' },
      ...(JSON.parse(output) as readonly Measured[]),
    ];
  } finally {
    await server.stop();
  }
}

const endpoint = process.env.BENCH_ETCD;
print(endpoint === undefined ? await fillAndLoad() : await load(endpoint));
