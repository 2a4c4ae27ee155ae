// Readings as plain data, to be compared: what runs on between two readings is left out.
import type { Collected } from '../../../src/model/collector.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { lastGood } from '../../../src/model/reading.ts';

/** Everything that a way with BIRD's own words must agree in. */
export function wholeReading({ sessions, routes }: Collected) {
  return {
    sessions: (lastGood(sessions)?.value ?? []).map(({ establishedSeconds, ...rest }) => [
      rest,
      establishedSeconds === undefined,
    ]),
    routes: (lastGood(routes)?.value ?? []).map(({ table, ...rest }) => ({
      ...rest,
      rows: [...table.rows()],
    })),
  };
}

/** What every way can see of sessions: the peer, the family, what kind, the state. */
export function sessionsSeen({ sessions }: Collected): string[] {
  return (lastGood(sessions)?.value ?? [])
    .map(({ peerAddress, afi, kind, state }) => `${afi} ${peerAddress} ${kind} ${state}`)
    .sort();
}

/** What CalicoNodeStatus can see, too, of BIRD's own table: net, next hop or none, where from, whether preferred. */
export function routesSeen({ routes }: Collected): string[] {
  const views = (lastGood(routes)?.value ?? []).filter(({ layer }) => layer === 'local');
  return views
    .flatMap(({ table }) => [...table.rows()])
    .map(({ prefix, nextHops, protocol, best, discard, unusable, from }) => {
      const hops = nextHops.map((hop) => `${hop.address ?? '-'}%${hop.interface ?? '-'}`).join(' ');
      const flags = `${best ? ' best' : ''}${discard ? ' discard' : ''}${unusable ? ' unusable' : ''}`;
      return `${formatPrefix(prefix)} ${hops} ${protocol} ${from ?? '-'}${flags}`;
    })
    .sort();
}
