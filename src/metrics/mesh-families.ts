// The node-to-node mesh as one series a node and figure: per session it would grow with the square of the cluster (500 nodes:
// 250,000 sessions). Each session as series of its own: metrics.meshDetail, `agent --mesh-detail`.
import type { Family } from './family.ts';
import type { MeshCount } from './view.ts';

const source = '(BIRD "show protocols all")';

function meshFamily(name: string, field: Exclude<keyof MeshCount, 'device'>, what: string): Family {
  return {
    name,
    type: 'gauge',
    help: `${what} ${source}.`,
    labels: ['device'],
    *collect({ mesh }) {
      for (const count of mesh) yield [[count.device], count[field]];
    },
  };
}

export const meshFamilies: readonly Family[] = [
  meshFamily(
    'calico_bgp_mesh_sessions',
    'sessions',
    'Sessions of the Calico node-to-node mesh on this device, in any state',
  ),
  meshFamily(
    'calico_bgp_mesh_sessions_established',
    'established',
    'Sessions of the Calico node-to-node mesh on this device that are Established',
  ),
  meshFamily(
    'calico_bgp_mesh_sessions_exports_waiting',
    'waiting',
    'Established sessions of the Calico node-to-node mesh on which this device announces nothing, or not yet everything',
  ),
  meshFamily(
    'calico_bgp_mesh_sessions_graceful_restart',
    'held',
    'Sessions of the Calico node-to-node mesh that are down and whose routes this device keeps for a graceful restart',
  ),
  meshFamily(
    'calico_bgp_mesh_prefixes_accepted',
    'accepted',
    'Prefixes accepted on all established sessions of the Calico node-to-node mesh of this device together',
  ),
  meshFamily(
    'calico_bgp_mesh_prefixes_advertised',
    'advertised',
    'Prefixes advertised on all established sessions of the Calico node-to-node mesh of this device together',
  ),
];
