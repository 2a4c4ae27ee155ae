// What BIRD's control socket shows of a node: its sessions with all their counts, its own table, and what it sends on each
// session (bird: doc/reply_codes, `show route export`). What peers sent it before filters it does not keep.
import type { Capabilities } from '../../model/capabilities.ts';

const both = ['ipv4', 'ipv6'] as const;

export const birdCapabilities: Capabilities = {
  sessions: { families: both, vrfs: 'all', counts: ['received', 'accepted', 'advertised'] },
  routes: {
    families: both,
    vrfs: ['default'],
    limits: 'BIRD keeps no routes that its filters refused',
    layers: ['local', 'exported'],
    allNextHops: true,
    questions: ['ranges', 'exact'],
    cacheSeconds: 0,
  },
};
