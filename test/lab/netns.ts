// Network namespaces and cables, made by iproute2 (ip-netns(8), ip-link(8)). Bridges live in a namespace of their own;
// veth pairs are made inside it, so that the machine's own namespace never sees an interface. What is to be done is
// worked out first, as one batch for each namespace, and then done.
import { readdir } from 'node:fs/promises';
import { type RunOptions, run, together } from './run.ts';
import { type LabState, netnsOf } from './state.ts';
import {
  BRIDGES,
  deviceNames,
  hostOf,
  interfacesOf,
  type Link,
  managementAddress,
  OBSERVER,
} from './topology.ts';

/** The interface that carries a node's pretended pod; Calico's begin with `cali` too. */
const POD_INTERFACE = 'caliweb';

const SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.fib_multipath_hash_policy=1',
  'net.ipv6.conf.default.accept_dad=0',
  // Without it a cut cable loses its IPv6 addresses and does not get them back when it is healed.
  'net.ipv6.conf.all.keep_addr_on_down=1',
  'net.ipv6.conf.default.keep_addr_on_down=1',
];

export function namespaces(lab: LabState): string[] {
  return [BRIDGES, OBSERVER, ...deviceNames(lab.topology)].map((device) => netnsOf(lab, device));
}

/** The pod that answers in a block: its first address but one. `10.233.64.0/24` -> `10.233.64.1` */
export function podAddress(block: string): string {
  const base = hostOf(block);
  if (base.endsWith('::')) return `${base}1`;
  if (!base.includes(':')) return base.replace(/\d+$/, (last) => String(Number(last) + 1));
  throw new Error(`an IPv6 block of the lab ends with ::, ${block} does not`);
}

function port(device: string, name: string): string {
  const text = `${device}.${name}`;
  if (text.length > 15) throw new Error(`interface name ${text} is longer than 15 characters`);
  return text;
}

function bridge(
  lab: LabState,
  name: string,
  members: readonly { device: string; interface: string }[],
): string[] {
  return [
    `link add ${name} type bridge stp_state 0 mcast_snooping 0`,
    `link set ${name} up`,
    ...members.flatMap((member) => {
      const own = port(member.device, member.interface);
      return [
        `link add ${own} type veth peer name ${member.interface} netns ${netnsOf(lab, member.device)}`,
        `link set ${own} master ${name} up`,
      ];
    }),
  ];
}

function cables(lab: LabState): string[] {
  const isCable = (link: Link) => link.ends.length === 2;
  const { links } = lab.topology;
  return links.filter(isCable).map(({ name, ends: [a, b] }) => {
    if (a === undefined || b === undefined) throw new Error(`${name} has no two ends`);
    const peer = `peer name ${b.interface} netns ${netnsOf(lab, b.device)}`;
    return `link add ${a.interface} netns ${netnsOf(lab, a.device)} type veth ${peer}`;
  });
}

function deviceBatch(lab: LabState, device: string): string[] {
  const node = lab.topology.nodes.find((each) => each.name === device);
  const ports = interfacesOf(lab.topology, device).flatMap((end) => [
    `link set ${end.interface} up`,
    ...end.addresses.map(
      (address) => `addr add ${address} dev ${end.interface}${address.includes(':') ? ' nodad' : ''}`,
    ),
  ]);
  const pods = (node?.blocks ?? []).map(podAddress).flatMap((pod) => {
    const length = pod.includes(':') ? 128 : 32;
    return [
      `addr add ${pod}/${length} dev ${POD_INTERFACE}`,
      `route add ${pod}/${length} dev ${POD_INTERFACE}`,
    ];
  });
  // A veth pair has a carrier of its own; the type `dummy` is not in every kernel.
  const podInterface = [
    `link add ${POD_INTERFACE} type veth peer name ${POD_INTERFACE}-pod`,
    `link set ${POD_INTERFACE} up`,
    `link set ${POD_INTERFACE}-pod up`,
  ];
  return [
    'link set lo up',
    'link set mgmt0 up',
    `addr add ${managementAddress(lab.topology, device)}/24 dev mgmt0`,
    ...ports,
    ...(node?.gateways ?? []).map((gateway) => `route add default via ${gateway}`),
    ...(pods.length === 0 ? [] : [...podInterface, ...pods]),
  ];
}

async function batch(netns: string, lines: readonly string[], options: RunOptions): Promise<void> {
  await run(['ip', '-n', netns, '-batch', '-'], {
    ...options,
    device: netns,
    input: `${lines.join('\n')}\n`,
  });
}

/** Makes namespaces, cables, bridges and addresses. */
export async function build(lab: LabState, options: RunOptions): Promise<void> {
  const all = [OBSERVER, ...deviceNames(lab.topology)];
  const bridges = netnsOf(lab, BRIDGES);
  await together(
    namespaces(lab).map(async (netns) => {
      await run(['ip', 'netns', 'add', netns], { ...options, device: netns });
      const settings = netns === bridges ? ['net.ipv6.conf.default.disable_ipv6=1'] : SYSCTLS;
      await run(['ip', 'netns', 'exec', netns, 'sysctl', '-q', '-w', ...settings], {
        ...options,
        device: netns,
      });
    }),
  );
  const segments = lab.topology.links.filter((link) => link.ends.length > 2);
  await batch(
    bridges,
    [
      ...bridge(
        lab,
        'mgmt',
        all.map((device) => ({ device, interface: 'mgmt0' })),
      ),
      ...segments.flatMap((link) => bridge(lab, link.name, link.ends)),
      ...cables(lab),
    ],
    options,
  );
  await together(all.map((device) => batch(netnsOf(lab, device), deviceBatch(lab, device), options)));
}

/** Removes namespaces, and with them every interface in them. */
export async function remove(lab: LabState): Promise<void> {
  const there = new Set(await readdir('/run/netns').catch(() => []));
  const ours = namespaces(lab).filter((netns) => there.has(netns));
  await together(ours.map((netns) => run(['ip', 'netns', 'delete', netns], { device: netns })));
}
