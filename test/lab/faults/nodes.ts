// Faults of a node's announcements: a block that is no longer announced, a prefix that should not be. Both are a change
// of what Calico's confd would render, and a reload; the objects in the datastore stay as they were.
import { withdrawnFrom } from '../overrides.ts';
import { LabError } from '../run.ts';
import { argument, type Fault, type FaultContext, nodeNamed, prefixArgument, reconfigure } from './fault.ts';

async function withdrawChanged(context: FaultContext): Promise<void> {
  const { lab, args } = context;
  const affected = lab.topology.nodes.filter((node) => {
    const announced = [...node.blocks, ...lab.topology.serviceCidrs];
    return withdrawnFrom(node, args).some((prefix) => announced.includes(prefix));
  });
  if (affected.length === 0)
    throw new LabError(`nobody announces ${argument(context, 0, 'a prefix or a node')}`);
  await Promise.all(affected.map((node) => reconfigure(context, node)));
}

async function announceChanged(context: FaultContext): Promise<void> {
  prefixArgument(context, 0);
  await reconfigure(context, nodeNamed(context.lab, argument(context, 1, 'the node')));
}

export const withdraw: Fault = {
  usage: 'withdraw PREFIX [NODE] | withdraw NODE',
  says: 'a block (or a service range, of one node or of all) is no longer announced; or all blocks of a node',
  inject: withdrawChanged,
  heal: withdrawChanged,
};

export const announce: Fault = {
  usage: 'announce PREFIX NODE',
  says: 'a node announces a prefix that nobody gave it',
  inject: announceChanged,
  heal: announceChanged,
};
