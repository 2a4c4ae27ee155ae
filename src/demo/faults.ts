// The faults that can be injected into the demo fabric: name, a sentence for the page, and what it does to the model.
// A fault is a list of effects on devices; what follows from them is derived by fabric.ts, never written here. The
// choice follows what goes wrong between Calico and switches: lost block, filter, stopped or hanging BIRD, wrong AS.

/** What a fault changes. Names are the devices' of topology.ts. */
export type Effect =
  /** The device no longer originates this prefix. */
  | { readonly kind: 'withdraw'; readonly device: string; readonly prefix: string }
  /** The device originates a prefix that is not its own. */
  | { readonly kind: 'announce'; readonly device: string; readonly prefix: string }
  /** An import filter of the device drops this prefix, whoever sends it. */
  | { readonly kind: 'reject'; readonly device: string; readonly prefix: string }
  /** BGP is not running on the device; a node's control socket is gone. */
  | { readonly kind: 'stop'; readonly device: string }
  /** `device` has shut its session with `peer` administratively. */
  | { readonly kind: 'shut'; readonly device: string; readonly peer: string }
  /** `device` expects AS `asn` of `peer`. */
  | { readonly kind: 'expect-as'; readonly device: string; readonly peer: string; readonly asn: number }
  /** The device runs with another AS number than its own. */
  | { readonly kind: 'local-as'; readonly device: string; readonly asn: number }
  /** Its BGP goes on, but nothing that asks it gets an answer. */
  | { readonly kind: 'silent'; readonly device: string };

export interface Fault {
  readonly name: string;
  /** One sentence for a person: what is wrong, not what will be seen. */
  readonly title: string;
  readonly effects: readonly Effect[];
}

export const faults: readonly Fault[] = [
  {
    name: 'withdraw-node3-block',
    title: 'node3 stops announcing its block 10.233.66.0/24.',
    effects: [{ kind: 'withdraw', device: 'node3', prefix: '10.233.66.0/24' }],
  },
  {
    name: 'filter-10.233.67.0-at-leaf01',
    title: 'An import filter on leaf01 drops 10.233.67.0/24.',
    effects: [{ kind: 'reject', device: 'leaf01', prefix: '10.233.67.0/24' }],
  },
  {
    name: 'stop-bird-node5',
    title: 'BIRD on node5 is stopped.',
    effects: [{ kind: 'stop', device: 'node5' }],
  },
  {
    name: 'shut-spine01-leaf02',
    title: 'spine01 has shut down its BGP session with leaf02.',
    effects: [{ kind: 'shut', device: 'spine01', peer: 'leaf02' }],
  },
  {
    name: 'snmp-silent-leaf01',
    title: 'leaf01 does not answer who asks it (its SNMP agent, or SSH); its BGP goes on.',
    effects: [{ kind: 'silent', device: 'leaf01' }],
  },
  {
    name: 'rogue-route',
    title: 'node6 announces 10.233.100.0/24, a part of the pod pool that no node owns.',
    effects: [{ kind: 'announce', device: 'node6', prefix: '10.233.100.0/24' }],
  },
  {
    name: 'freeze-bird-node2',
    title: 'BIRD on node2 hangs: its control socket accepts and never greets; its sessions still hold.',
    effects: [{ kind: 'silent', device: 'node2' }],
  },
  {
    name: 'wrong-as-node6',
    title: 'node6 runs with AS 64999 where its route reflectors expect 64513.',
    effects: [{ kind: 'local-as', device: 'node6', asn: 64999 }],
  },
  {
    name: 'wrong-as-at-leaf02-for-node4',
    title: 'leaf02 expects AS 64599 of node4, which is in 64513: node5 alone connects the rack.',
    effects: [{ kind: 'expect-as', device: 'leaf02', peer: 'node4', asn: 64599 }],
  },
];
