// Steps on the cluster's objects: what a user, kube-controllers or Calico's IPAM would write.
import type { Step } from '../scenario.ts';
import type { Thing } from '../world.ts';

function dashed(cidr: string): string {
  return cidr.replaceAll(/[.:/]/g, '-');
}

/** Changes the objects; undoing writes back what was there before. */
export function objects(says: string, change: (things: Thing[]) => Thing[]): Step {
  let before: readonly Thing[] = [];
  return {
    says: `objects: ${says}`,
    apply: async (world) => {
      before = world.objects.edit(change);
    },
    undo: async (world) => world.objects.write(before),
  };
}

export function add(...things: readonly Thing[]): Step {
  const names = things.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
  return objects(`${names} is added`, (all) => [...all, ...things]);
}

export function remove(says: string, which: (thing: Thing) => boolean): Step {
  return objects(says, (all) => {
    const left = all.filter((thing) => !which(thing));
    if (left.length === all.length) throw new Error(`no object to remove: ${says}`);
    return left;
  });
}

/** Changes one object in place. */
export function change(kind: string, name: string, says: string, edit: (thing: Thing) => void): Step {
  return objects(`${kind} ${name}: ${says}`, (all) => {
    const thing = all.find((each) => each.kind === kind && each.metadata.name === name);
    if (thing === undefined) throw new Error(`no ${kind} ${name}`);
    edit(thing);
    return all;
  });
}

function calico(kind: string, name: string, spec: Record<string, unknown>): Thing {
  return { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec };
}

export function affinity(node: string, cidr: string, state = 'confirmed'): Thing {
  const spec = { cidr, node, state, deleted: 'false', type: 'host' };
  return calico('BlockAffinity', `${node}-${dashed(cidr)}`, spec);
}

/** A block with one pod, at its second address. */
export function block(node: string, cidr: string): Thing {
  const size = 2 ** ((cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]));
  const ordinals = Array.from({ length: size }, (_none, ordinal) => ordinal);
  return calico('IPAMBlock', dashed(cidr), {
    ...{ cidr, affinity: `host:${node}`, strictAffinity: false, deleted: false, sequenceNumber: 1 },
    allocations: ordinals.map((ordinal) => (ordinal === 1 ? 0 : null)),
    unallocated: ordinals.filter((ordinal) => ordinal !== 1),
    attributes: [
      { handle_id: `k8s-pod-network.${node}`, secondary: { node, pod: `web-${node}`, namespace: 'default' } },
    ],
  });
}

/** Gives one address of a block to a pod on another node (Calico: a borrowed address). */
export function borrow(cidr: string, ordinal: number, node: string): Step {
  return change('IPAMBlock', dashed(cidr), `address ${ordinal} is borrowed by ${node}`, ({ spec }) => {
    if (spec === undefined) throw new Error('an IPAMBlock without spec');
    const { allocations, attributes, unallocated } = spec as {
      allocations: (number | null)[];
      attributes: unknown[];
      unallocated: number[];
    };
    allocations[ordinal] = attributes.length;
    attributes.push({
      handle_id: `k8s-pod-network.borrower-${node}`,
      secondary: { node, pod: `borrower-${node}`, namespace: 'default' },
    });
    spec.unallocated = unallocated.filter((each) => each !== ordinal);
  });
}

export function bgpPeer(name: string, spec: Record<string, unknown>): Thing {
  return calico('BGPPeer', name, spec);
}

export function bgpFilter(name: string, spec: Record<string, unknown>): Thing {
  return calico('BGPFilter', name, spec);
}

export function service(name: string, clusterIP: string, spec: Record<string, unknown> = {}): Thing {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80 }], ...spec },
  };
}

/** The Node's Ready condition, as the node controller writes it. */
export function ready(node: string, status: 'True' | 'False' | 'Unknown'): Step {
  return change('Node', node, `Ready is ${status}`, (thing) => {
    const time = new Date().toISOString().replace(/\.\d+/, '');
    thing.status = {
      ...thing.status,
      conditions: [
        {
          type: 'Ready',
          status,
          reason: status === 'True' ? 'KubeletReady' : 'NodeStatusUnknown',
          lastTransitionTime: time,
          lastHeartbeatTime: time,
        },
      ],
    };
  });
}
