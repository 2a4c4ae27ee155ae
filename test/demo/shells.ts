// A demo switch's shell read through the real SSH collector, and what drivers read from replies in a form to compare.
import { onTestFinished } from 'vitest';
import { sshCollector } from '../../src/collectors/switches/ssh.ts';
import { type SshSystem, startSshServer } from '../../src/demo/ssh-server.ts';
import type { Parsed, SwitchDriver } from '../../src/model/driver.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';

/** What tells one session from another, whichever system shows it. */
export const sessionsIn = ({ sessions }: Parsed) =>
  sessions.map(({ peerAddress, peerAsn, localAsn, state, adminDown, prefixesReceived }) => ({
    ...{ peerAddress, peerAsn, localAsn, state, adminDown },
    // Not every system shows a zero for a session that is down.
    received: prefixesReceived ?? 0,
  }));

/** The cluster's routes, one line each. */
export const routesIn = ({ routes }: Parsed) =>
  routes
    .flatMap(({ rows }) => rows)
    .map(({ prefix, nextHops, best, asPath }) => {
      const hops = nextHops.map(({ address }) => address);
      return `${formatPrefix(prefix)} ${hops.join(' ')} ${best} ${asPath}`;
    })
    .filter((text) => text.startsWith('10.233.'))
    .sort();

const ranges = ['10.233.0.0/18', '10.233.64.0/18'].map(parsePrefix);
const block = parsePrefix('10.233.69.0/24');

/** Sessions, and the next hops of node6's block, as the collector reads them from leaf02. */
export async function collectFrom(system: SshSystem, driver: SwitchDriver) {
  const server = await startSshServer({ user: 'demo', password: 'secret', silent: () => false, system });
  onTestFinished(() => server.stop());
  const collector = sshCollector({
    device: 'leaf02',
    driver,
    connection: {
      host: '127.0.0.1',
      port: server.port,
      username: 'demo',
      password: 'secret',
      hostKeys: { fingerprints: [server.hostKey] },
    },
    commandTimeoutMs: 10_000,
    maxOutputBytes: 1_000_000,
    now: () => 1_700_000_000_000,
  });
  onTestFinished(() => collector.close());
  const collected = await collector.collect({ prefixes: [block], ranges }, new AbortController().signal);
  const { sessions, routes, facts } = collected;
  if (!sessions.ok || !routes.ok) throw new Error(JSON.stringify([sessions, routes]));
  const installed = routes.value.find(({ layer }) => layer === 'installed');
  const hops = installed?.table.rowsOf(block).flatMap(({ nextHops }) => nextHops);
  return {
    facts,
    sessions: sessions.value.map(({ peerAddress, state }) => `${peerAddress} ${state}`),
    hops: hops?.map(({ address }) => address),
  };
}
