// Nodes and switches from the file: each with the defaults merged in, each checked by itself, then all together: names
// and addresses that two devices claim. A device that is wrong in itself is left out of the result and does not hide
// what is wrong with the others.
import { canonicalAddress } from '../model/address.ts';
import { parsePrefix } from '../model/prefix.ts';
import { readAgentSection } from './agent.ts';
import type { CollectionConfig, DiscoveryConfig, NodeConfig, SwitchConfig } from './config.ts';
import { absolutePath, type Context, report, reportKey } from './context.ts';
import { checkWay, nodeWays, readExec, readNodeSsh, readStatus } from './node-sources.ts';
import { pace } from './pace.ts';
import type { DiscoverySection, NodeSection, SwitchSection } from './schema.ts';
import { type ReadSnmpSection, readSnmpSection, resolveSnmp } from './snmp.ts';
import type { Path } from './source.ts';
import { type ReadSshSection, readSshSection, resolveSsh, withVrf } from './ssh.ts';

/** What `defaults:` says; `broken` when it cannot be used, so that nobody complains about what it may have given. */
export interface Defaults {
  readonly snmp: ReadSnmpSection | 'broken' | undefined;
  readonly ssh: ReadSshSection | 'broken' | undefined;
}

/** A node as configured. */
export function resolveNode(
  context: Context,
  at: Path,
  node: NodeSection,
  all: CollectionConfig,
): NodeConfig {
  const { bird, agent, exec, status } = node;
  const given = nodeWays.filter((way) => node[way] !== undefined);
  checkWay(context, at, nodeWays, given);
  if (node.ssh && node.ssh.address === undefined)
    reportKey(context, [...at, 'ssh'], 'needs an address: where the node is asked');
  const ssh = node.ssh && readNodeSsh(context, [...at, 'ssh'], node.ssh);
  return {
    name: node.name,
    ...pace(context, at, node, all),
    ...(bird && {
      bird: {
        socket: absolutePath(context, bird.socket),
        ...(bird.socket6 === undefined ? {} : { socket6: absolutePath(context, bird.socket6) }),
      },
    }),
    ...(agent && { agent: readAgentSection(context, [...at, 'agent'], agent) }),
    ...(exec && { exec: readExec(exec) }),
    ...(status && { status: readStatus(context, [...at, 'status'], status) }),
    ...(ssh && { ssh }),
  };
}

/** How a switch is asked, listed or discovered: what the two kinds of section have in common. */
function resolveAccess(
  context: Context,
  at: Path,
  section: Pick<SwitchSection, 'snmp' | 'ssh' | 'prefer' | 'interval' | 'timeout'>,
  address: string,
  defaults: Defaults,
  all: CollectionConfig,
  usualDriver?: string,
): Omit<SwitchConfig, 'name' | 'address' | 'bgpAddresses'> {
  const times = pace(context, at, section, all);
  if (!section.snmp && !section.ssh) {
    reportKey(
      context,
      at,
      'needs an snmp or an ssh section, to say how it is asked; "snmp: {}" takes all from defaults.snmp',
    );
  }
  const ownSnmp = section.snmp && readSnmpSection(context, [...at, 'snmp'], section.snmp);
  const ownSsh = section.ssh && readSshSection(context, [...at, 'ssh'], section.ssh);
  const snmp =
    ownSnmp && defaults.snmp !== 'broken'
      ? resolveSnmp(context, [...at, 'snmp'], ownSnmp, defaults.snmp, times.timeout)
      : undefined;
  const ssh =
    ownSsh && defaults.ssh !== 'broken'
      ? resolveSsh(context, [...at, 'ssh'], address, ownSsh, defaults.ssh, usualDriver)
      : undefined;
  return { prefer: section.prefer, ...times, ...(snmp && { snmp }), ...(ssh && { ssh }) };
}

const bgpAddressesOf = ({ bgpAddresses = [] }: SwitchSection) => [
  ...new Set(bgpAddresses.map((text) => canonicalAddress(text) ?? text)),
];

/** A switch as configured; sections that lack something are absent (their problems are noted). */
export function resolveSwitch(
  context: Context,
  at: Path,
  section: SwitchSection,
  defaults: Defaults,
  all: CollectionConfig,
): SwitchConfig {
  const address = canonicalAddress(section.address) ?? section.address;
  const { vrf } = section;
  const access = resolveAccess(context, at, section, address, defaults, all);
  if (vrf === 'default')
    return { name: section.name, address, bgpAddresses: bgpAddressesOf(section), ...access };
  const ssh = access.ssh && withVrf(context, at, access.ssh, vrf);
  return {
    name: section.name,
    vrf,
    address,
    bgpAddresses: bgpAddressesOf(section),
    ...access,
    ...(ssh && { ssh }),
  };
}

/** How discovered switches are asked. */
export function resolveDiscovery(
  context: Context,
  section: DiscoverySection,
  defaults: Defaults,
  all: CollectionConfig,
): DiscoveryConfig {
  return {
    ...(section.within && { within: section.within.map(parsePrefix) }),
    most: section.most,
    ...resolveAccess(context, ['discovery'], section, 'ADDRESS', defaults, all, 'auto'),
  };
}

interface Placed<T> {
  readonly at: Path;
  readonly device: T;
}

const nameTaken = (other: string) =>
  `is the name of a ${other.split(' ')[0]} above already; each device needs a name of its own`;

/** Notes every name, endpoint and address that two devices claim. */
export function checkTogether(
  context: Context,
  nodes: readonly Placed<NodeConfig>[],
  switches: readonly Placed<SwitchConfig>[],
): void {
  const taken = new Map<string, string>();
  const claim = (what: string, at: Path, owner: string, sentence: (other: string) => string) => {
    const other = taken.get(what);
    if (other !== undefined) report(context, at, sentence(other));
    else taken.set(what, owner);
  };
  for (const { at, device } of nodes) {
    const owner = `node ${device.name}`;
    claim(`name ${device.name}`, [...at, 'name'], owner, nameTaken);
    for (const key of ['socket', 'socket6'] as const) {
      claim(
        `socket ${device.bird?.[key] ?? owner + key}`,
        [...at, 'bird', key],
        owner,
        (other) => `is the socket of ${other} too; one of the two would show the other's routes`,
      );
    }
    claim(
      `agent ${device.agent ? new URL(device.agent.url).host : owner}`,
      [...at, 'agent', 'url'],
      owner,
      (other) => `is where ${other} is asked too; each node has an agent of its own`,
    );
  }
  for (const { at, device } of switches) {
    const owner = `switch ${device.name}`;
    const { address, snmp, ssh } = device;
    claim(`name ${device.name}`, [...at, 'name'], owner, nameTaken);
    const doubled = (other: string) =>
      `is the address of ${other} too; it would be audited twice under two names`;
    if (snmp) claim(`snmp ${address} ${snmp.port}`, [...at, 'address'], owner, doubled);
    if (ssh) claim(`ssh ${address} ${ssh.port}`, [...at, 'address'], owner, doubled);
    for (const [i, bgp] of device.bgpAddresses.entries()) {
      claim(
        `bgp ${bgp}`,
        [...at, 'bgpAddresses', i],
        owner,
        (other) => `(${bgp}) is an address of ${other} too; a session could not be told from the other's`,
      );
    }
  }
}
