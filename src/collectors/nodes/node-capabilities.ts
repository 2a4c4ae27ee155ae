// What each way of reading a node can and cannot see. The collectors state it with their readings, so that the audit judges
// no more than that; the table in docs/nodes.md is made from it. What BIRD shows: bird-capabilities.ts. CalicoNodeStatus:
// calico api/pkg/apis/projectcalico/v3/nodestatus.go, node/pkg/status/populators; calicoctl: calicoctl/commands/node/status.go.
import type { Capabilities } from '../../model/capabilities.ts';
import { birdCapabilities } from './bird-capabilities.ts';

const both = ['ipv4', 'ipv6'] as const;

export const nodeStatusCapabilities: Capabilities = {
  sessions: {
    families: both,
    vrfs: ['default'],
    counts: [],
    limits: 'no AS numbers, counts, last errors or names; no sessions with local workloads',
  },
  routes: {
    families: both,
    vrfs: ['default'],
    limits: 'what the node sends, AS paths and communities are not told',
    layers: ['local'],
    // One multipath route makes calico-node give up the whole class, so what is told has one next hop each.
    allNextHops: false,
    questions: ['ranges', 'exact'],
    cacheSeconds: 0,
  },
};

export const calicoctlCapabilities: Capabilities = {
  sessions: {
    families: both,
    vrfs: ['default'],
    counts: [],
    limits:
      'no AS numbers or counts; no sessions with local workloads, and none that is down without an error',
  },
};

export interface NodeSource {
  /** Key under `nodes[]` and `nodeDiscovery`. */
  readonly key: string;
  readonly capabilities: Capabilities;
  /** What it shows of BIRD itself: version, router id, start, graceful-restart recovery. */
  readonly daemon: string;
  readonly lastErrors: boolean;
  readonly age: string;
  readonly needs: string;
}

const wholeDaemon = 'version, router id, start, last reconfiguration, graceful-restart recovery';

/** Every way of reading a node, in the order of the documentation. */
export const nodeSources: readonly NodeSource[] = [
  {
    key: 'bird',
    capabilities: birdCapabilities,
    daemon: wholeDaemon,
    lastErrors: true,
    age: 'read when asked',
    needs: "the node's sockets, and uid 0 or gid 0",
  },
  {
    key: 'agent',
    capabilities: birdCapabilities,
    daemon: wholeDaemon,
    lastErrors: true,
    age: 'read when asked; while BIRD does not answer, the last good reading with its own age',
    needs: 'the agent on every node; a token or a client certificate',
  },
  {
    key: 'exec',
    capabilities: birdCapabilities,
    daemon: wholeDaemon,
    lastErrors: true,
    age: 'read when asked',
    needs: 'the right to run any program in calico-node pods: as strong as root on every node',
  },
  {
    key: 'ssh (birdcl)',
    capabilities: birdCapabilities,
    daemon: wholeDaemon,
    lastErrors: true,
    age: 'read when asked',
    needs: 'a login on every node that may open the sockets (or sudo), and birdcl there',
  },
  {
    key: 'ssh (calicoctl)',
    capabilities: calicoctlCapabilities,
    daemon: 'nothing',
    lastErrors: true,
    age: 'read when asked',
    needs: 'a login on every node that may run calicoctl as root (or sudo)',
  },
  {
    key: 'status',
    capabilities: nodeStatusCapabilities,
    daemon: 'version, router id, whether it is ready',
    lastErrors: false,
    age: 'up to updatePeriodSeconds old; unchanged content has no heartbeat',
    needs: 'reading CalicoNodeStatus; with `manage` also creating and deleting them',
  },
];
