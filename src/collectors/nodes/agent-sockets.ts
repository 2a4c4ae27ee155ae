// The sockets of the BIRDs on the agent's own node, looked for anew at each reading: where Calico puts them, else where
// Calico's own tools look next (calico: calicoctl/commands/node/status.go, node/pkg/health/health.go). Mount the
// directory into the pod and not the socket file: BIRD makes the file anew at every start.
import { existsSync } from 'node:fs';
import type { Collector } from '../../model/collector.ts';
import type { BirdNodeOptions } from './bird-node.ts';
import { birdSocketCollector } from './bird-socket.ts';

/** Paths of one daemon's socket; the first that exists counts, and the first of all where none does. */
export const usualSockets = {
  ipv4: ['/var/run/calico/bird.ctl', '/var/run/bird/bird.ctl'],
  ipv6: ['/var/run/calico/bird6.ctl', '/var/run/bird/bird6.ctl'],
} as const;

export interface AgentSocketsOptions {
  readonly device: string;
  readonly sockets: readonly string[];
  /** Empty: there is no daemon for IPv6. Once given, its absence is a failure. */
  readonly sockets6: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const present = (paths: readonly string[]) => paths.find((path) => existsSync(path)) ?? paths[0];

/** Reads the node's own BIRDs wherever their sockets are now. `collect` never throws. */
export function agentSocketsCollector({ device, sockets, sockets6, now }: AgentSocketsOptions): Collector {
  const memories: BirdNodeOptions['memories'] = new Map();
  return {
    device,
    source: 'bird',
    collect(query, signal) {
      const socket = present(sockets) ?? usualSockets.ipv4[0];
      const socket6 = present(sockets6);
      const options = { device, socket, memories, now, ...(socket6 === undefined ? {} : { socket6 }) };
      return birdSocketCollector(options).collect(query, signal);
    },
    close: () => undefined,
  };
}
