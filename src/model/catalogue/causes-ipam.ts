// Causes in IPAM: IPAMBlock and BlockAffinity objects do not agree on who announces a block.
// Source: libcalico-go/lib/ipam, confd/pkg/backends/calico/client.go updateCache.
import type { IpamCauseId } from '../cause.ts';
import type { CauseEntry } from './entry.ts';

export const ipamCauses = {
  'pending-affinity': {
    title: 'The block is claimed but not confirmed',
    severity: 'warning',
    meaning:
      'The BlockAffinity is pending: the node has begun to claim the block and not finished, so that it does not announce it.',
    sentence: 'the BlockAffinity of {node} is still pending',
    users: 'Pods that already have addresses of the block cannot be reached from other nodes.',
    calico:
      'A claim takes seconds. If it stays: restart calico-node on the node, and look for two nodes that claim the same block (`calicoctl ipam check`).',
    network: '',
  },
  'duplicate-affinity': {
    title: 'Two nodes claim one block',
    severity: 'critical',
    meaning:
      'Two BlockAffinities name the same block: both nodes announce it, and half of the traffic goes to the node that discards it.',
    sentence: 'the block belongs to {owner}, but {other} has an affinity to it, too, and announces it',
    users: 'About half of the connections to pods of the block time out.',
    calico:
      '`calicoctl ipam check` finds it; delete the BlockAffinity of the node that the IPAMBlock does not name, after making sure that no pod there uses an address of it.',
    network: '',
  },
  'stale-affinity': {
    title: 'A node announces a block that it gives up or that is gone',
    severity: 'warning',
    meaning:
      'The BlockAffinity is pendingDeletion or has no IPAMBlock any more, but the node announces the block and every address in it until the affinity is gone.',
    sentence: 'the BlockAffinity of {node} is left over ({state})',
    users: 'Nothing at first; when the block is claimed by another node, traffic goes to the wrong one.',
    calico: '`calicoctl ipam check` shows it: delete the BlockAffinity when no pod uses the block.',
    network: '',
  },
  'orphan-block': {
    title: 'The block belongs to a node that is gone',
    severity: 'warning',
    meaning:
      'An IPAMBlock or BlockAffinity names a node that is no Node any more: nobody announces the block, and its addresses are lost to the pool.',
    sentence: 'it belongs to {node}, which is no Node any more',
    users: 'Nothing, unless the pool runs out of blocks.',
    calico:
      '`calicoctl ipam check --show-problem-ips`, then `calicoctl ipam release`; kube-controllers does it after its leak grace period.',
    network: 'A route to it that is still there is kept by a graceful-restart helper or was typed by hand.',
  },
  'borrowed-address-filtered': {
    title: 'The single address is filtered',
    severity: 'critical',
    meaning:
      "A pod uses an address of another node's block. Its /32 (or /128) must be in the fabric beside the block, and the fabric does not take it: traffic ends at the block's owner, which discards it.",
    sentence:
      '{node} announces the single address, and {device} has only {covering}, whose owner discards it',
    users: 'This one pod cannot be reached through the switch.',
    calico: 'Avoid borrowing: more or smaller blocks, or strictAffinity: true in IPAMConfiguration.',
    network: 'Let /32 (and /128) inside the pod range through the import policy.',
  },
} as const satisfies Record<IpamCauseId, CauseEntry>;
