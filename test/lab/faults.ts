// The table of faults, and how they are injected and healed. One line for each; the same names on the command line.
// Which faults are in force is kept with the lab, so that another command can heal what one has injected; healing
// restores and waits for nothing: whoever wants the fabric whole again waits for that.
import { daemonFaults } from './faults/daemons.ts';
import type { Fault } from './faults/fault.ts';
import { announce, withdraw } from './faults/nodes.ts';
import { filter, nextHop } from './faults/routes.ts';
import { cutLink, shutSession, wrongAs } from './faults/sessions.ts';
import { type ActiveFault, activeFaults, keepFaults, sameFault } from './overrides.ts';
import { LabError } from './run.ts';
import type { LabState } from './state.ts';

export const FAULTS = {
  withdraw,
  announce,
  ...daemonFaults,
  'shut-session': shutSession,
  'wrong-as': wrongAs,
  'cut-link': cutLink,
  filter,
  'next-hop': nextHop,
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

function isFault(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function named(name: string): Fault {
  if (!isFault(name)) throw new LabError(`no fault ${name}; there are ${Object.keys(FAULTS).join(', ')}`);
  return FAULTS[name];
}

function freeSlot(faults: readonly ActiveFault[]): number {
  const taken = new Set(faults.map((fault) => fault.slot));
  for (let slot = 0; ; slot++) if (!taken.has(slot)) return slot;
}

export async function injectFault(lab: LabState, name: string, args: readonly string[]): Promise<void> {
  const fault = named(name);
  const before = await activeFaults(lab);
  const added: ActiveFault = { name, args, slot: freeSlot(before) };
  if (before.some((other) => sameFault(other, added)))
    throw new LabError(`${name} ${args.join(' ')} is in force`);
  const faults = [...before, added];
  await keepFaults(lab, faults);
  try {
    await fault.inject({ lab, args, slot: added.slot, faults });
  } catch (error) {
    await keepFaults(lab, before);
    throw error;
  }
}

async function healOne(lab: LabState, healed: ActiveFault): Promise<void> {
  const faults = (await activeFaults(lab)).filter((other) => !sameFault(other, healed));
  await keepFaults(lab, faults);
  await named(healed.name).heal({ lab, args: healed.args, slot: healed.slot, faults });
}

/** Heals one fault; a name alone heals all faults of that name, `all` heals everything. */
export async function healFault(
  lab: LabState,
  name: string,
  args: readonly string[] = [],
): Promise<ActiveFault[]> {
  if (name !== 'all') named(name);
  const chosen = (await activeFaults(lab)).filter(
    (fault) =>
      name === 'all' || (fault.name === name && (args.length === 0 || sameFault(fault, { ...fault, args }))),
  );
  if (chosen.length === 0 && name !== 'all')
    throw new LabError(`${[name, ...args].join(' ')} is not in force`);
  // The last injected is the first to be healed: a daemon is started before its configuration is changed again.
  for (const fault of chosen.reverse()) await healOne(lab, fault);
  return chosen;
}
