// What a fault is, and what the faults share: looking up devices and sessions by the names a person types.
// A fault is two functions; whether it lives in a configuration file, a vtysh command or a signal is its own business.
import { ask } from '../bird-socket.ts';
import { writeNode } from '../files.ts';
import { vtysh } from '../health.ts';
import type { ActiveFault } from '../overrides.ts';
import { LabError } from '../run.ts';
import { type NodeSession, nodeSessions, type SwitchSession, switchSessions } from '../sessions.ts';
import { type LabState, socketOf } from '../state.ts';
import { hostOf, interfacesOf, type NodeSpec, nodeFamilies, type SwitchSpec } from '../topology.ts';

export interface FaultContext {
  readonly lab: LabState;
  readonly args: readonly string[];
  /** A number that no other active fault has: names its rules on a switch. */
  readonly slot: number;
  /** The faults in force after this change. */
  readonly faults: readonly ActiveFault[];
}

export interface Fault {
  readonly usage: string;
  readonly says: string;
  inject(context: FaultContext): Promise<void>;
  heal(context: FaultContext): Promise<void>;
}

export function argument(context: FaultContext, index: number, what: string): string {
  const value = context.args[index];
  if (value === undefined || value === '') throw new LabError(`${what} is missing`);
  return value;
}

export function prefixArgument(context: FaultContext, index: number): string {
  const value = argument(context, index, 'the prefix');
  if (/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(value)) return value;
  throw new LabError(`${value} is not a prefix`);
}

export function nodeNamed(lab: LabState, name: string): NodeSpec {
  const node = lab.topology.nodes.find((each) => each.name === name);
  if (node === undefined) throw new LabError(`no node ${name}`);
  return node;
}

export function switchNamed(lab: LabState, name: string): SwitchSpec {
  const found = lab.topology.switches.find((each) => each.name === name);
  if (found === undefined) throw new LabError(`no switch ${name}`);
  return found;
}

/** The address of a peer given as address or as device name. */
function isPeer(lab: LabState, address: string, text: string): boolean {
  if (address === text) return true;
  return interfacesOf(lab.topology, text).some((end) => end.addresses.map(hostOf).includes(address));
}

/** The ends on this node of its sessions with a peer (one for each family). */
export function nodeEnds(lab: LabState, node: NodeSpec, peer: string): NodeSession[] {
  const found = nodeSessions(lab.topology, node).filter((session) => isPeer(lab, session.peerAddress, peer));
  if (found.length === 0) throw new LabError(`${node.name} has no session with ${peer}`);
  return found;
}

/** The ends on this switch of its sessions with a peer. */
export function switchEnds(lab: LabState, device: string, peer: string): SwitchSession[] {
  const found = switchSessions(lab.topology, device).filter((session) =>
    isPeer(lab, session.peerAddress, peer),
  );
  if (found.length === 0) throw new LabError(`${device} has no session with ${peer}`);
  return found;
}

/** Renders a node's configuration with the faults in force, and has its BIRDs read it. */
export async function reconfigure({ lab, faults }: FaultContext, node: NodeSpec): Promise<void> {
  await writeNode(lab, node, faults);
  for (const afi of nodeFamilies(node)) await tellBird(lab, node.name, afi, 'configure');
}

export async function tellBird(
  lab: LabState,
  node: string,
  afi: 'ipv4' | 'ipv6',
  command: string,
): Promise<void> {
  const answer = await ask(socketOf(lab, node, afi), command, { write: true });
  if (/^[89]\d{3}/m.test(answer)) throw new LabError(`${node}: ${command}: ${answer.trim()}`);
}

/** Types configuration commands on a switch. */
export async function configureSwitch(
  lab: LabState,
  device: string,
  lines: readonly string[],
): Promise<void> {
  const said = await vtysh(lab, device, 'configure terminal', ...lines);
  const refused = said.split('\n').find((line) => line.startsWith('%'));
  if (refused !== undefined) throw new LabError(`${device}: ${lines.join(' / ')}: ${refused}`);
}
