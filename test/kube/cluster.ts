// A fake API server that serves the recorded cluster, a kubeconfig that leads to it, and waiting for something to hold.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeApiServer, type FakeOptions, type Item } from './fake-api-server.ts';
import { recordedCluster, recordedItems } from './recorded.ts';

export const token = 'tell-nobody-token';

/** A kubeconfig file for a server; returns its path. */
export function kubeconfigFor(server: string, user: object = { token }, cluster: object = {}): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'kubeconfig-')), 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true, ...cluster } }],
    users: [{ name: 'auditor', user }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'auditor' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** The recorded reference cluster, served. */
export async function recordedServer(options: FakeOptions = {}) {
  const server = new FakeApiServer({ token, ...options });
  for (const [place, kind, lists] of recordedCluster) {
    server.serve(
      place,
      kind,
      lists.flatMap((list) => recordedItems<Item>(list)),
    );
  }
  const url = await server.listen();
  return { server, url, kubeconfig: kubeconfigFor(url) };
}

/** Waits until `holds` does; fails after `ms`. */
export async function until(holds: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`still not: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
