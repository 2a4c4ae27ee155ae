// A Calico node read through BIRD's control sockets, IPv4 and IPv6 (calico: node/filesystem/etc/service/available/bird).
// Each poll connects anew, because BIRD makes its socket anew at every start.
import type { Family } from '../../model/address.ts';
import type { Collector } from '../../model/collector.ts';
import { type BirdDaemon, type BirdNodeOptions, birdNodeCollector } from './bird-node.ts';
import { openBird } from './bird-protocol.ts';

export interface BirdSocketOptions extends Omit<BirdNodeOptions, 'source' | 'daemons' | 'close'> {
  /** Path of the IPv4 daemon's socket, or of BIRD 2's only one. */
  readonly socket: string;
  /** Path of the IPv6 daemon's socket; once given, its absence is a failure. */
  readonly socket6?: string;
}

/** Reads a node through its BIRD sockets. `collect` never throws: what failed is in the readings. */
export function birdSocketCollector(options: BirdSocketOptions): Collector {
  const { socket, socket6, ...rest } = options;
  const daemon = (path: string, family: Family): BirdDaemon => ({
    path,
    family,
    open: (signal, maxReplyBytes) => openBird({ path, signal, maxReplyBytes }),
  });
  return birdNodeCollector({
    ...rest,
    source: 'bird',
    daemons: [daemon(socket, 4), ...(socket6 === undefined ? [] : [daemon(socket6, 6)])],
  });
}
