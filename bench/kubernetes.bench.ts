// How long it takes from nothing to the expectation of a cluster that a Kubernetes API server shows over HTTP on loopback
// (lists in pages, managedFields and all), and until a changed block is in the expectation. The server is a process of its own.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
// Loaded first: the built program has it in its own file, here it is hundreds of small ones, which takes seconds.
import '@kubernetes/client-node';
import { expectedSource } from '../src/exporter/objects.ts';
import { serveBigCluster } from '../test/kube/big-cluster.ts';
import { kubeconfigFor, token } from '../test/kube/cluster.ts';
import { FakeApiServer } from '../test/kube/fake-api-server.ts';
import { type Measured, memory, print, timed } from './measure.ts';

const [nodes, blocks] = [5000, 20_000];
const affinities = '/apis/crd.projectcalico.org/v1/blockaffinities';

/** Serves until it is killed; a line on stdin moves one block to another node. */
async function serve(): Promise<void> {
  const server = new FakeApiServer({ token });
  serveBigCluster(server, nodes, blocks);
  process.stdout.write(`${await server.listen()}\n`);
  let moved = 0;
  process.stdin.on('data', () => {
    const all = [...(server.resources.get(affinities)?.items.values() ?? [])];
    const one = all[777];
    if (one) server.put(affinities, { ...one, spec: { ...(one.spec as object), node: `node-${++moved}` } });
  });
}

async function load(): Promise<readonly Measured[]> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename], {
    env: { ...process.env, BENCH_KUBERNETES: 'serve' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
      child.once('exit', (code) => reject(new Error(`the API server ended with ${code}`)));
    });
    const kubeconfig = kubeconfigFor(url);
    const make = () =>
      expectedSource(
        { datastore: { kind: 'kubernetes', kubeconfig }, expected: { usePodCidr: 'auto', rules: [] } },
        Date.now,
      );
    const prefixes = (source: ReturnType<typeof make>): number => {
      const reading = source.current();
      if (!reading.ok) throw new Error(reading.error.message);
      return reading.value.prefixes.length;
    };
    const first = make();
    const start = await timed(
      'from nothing to the expectation, in a new process',
      1,
      (source) => source.refresh(),
      () => first,
      '< 5000 ms',
    );
    if (prefixes(first) !== blocks) throw new Error(`${prefixes(first)} prefixes in place of ${blocks}`);
    const peak = memory();
    let seen = 0;
    const watching = first.watch(() => seen++);
    await sleep(1000);
    const change = async (before: number) => {
      child.stdin.write('move\n');
      for (let waited = 0; seen === before; waited++) {
        if (waited > 10_000) throw new Error('the change was not seen');
        await sleep(1);
      }
    };
    const changed = await timed('a moved block is in the expectation', 10, change, () => seen, '< 1000 ms');
    watching.stop();
    return [
      { what: 'nodes', value: nodes, unit: '' },
      { what: 'blocks', value: blocks, unit: '' },
      ...start.slice(0, 1),
      ...changed,
      ...peak,
    ];
  } finally {
    child.kill();
  }
}

if (process.env.BENCH_KUBERNETES === 'serve') await serve();
else {
  print(await load());
  process.exit(0);
}
