// The faults that are in force, kept in <lab>/faults.json between commands, and what those of them that live in a
// configuration file change there. Injecting or healing such a fault is: change the list, render again, reconfigure.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeOverrides } from './bird-config.ts';
import { type LabState, labFolder, put } from './state.ts';
import type { NodeSpec } from './topology.ts';

export interface ActiveFault {
  readonly name: string;
  readonly args: readonly string[];
  readonly slot: number;
}

function file(lab: LabState): string {
  return join(labFolder(lab.name), 'faults.json');
}

export async function activeFaults(lab: LabState): Promise<ActiveFault[]> {
  const text = await readFile(file(lab), 'utf8').catch(() => '[]');
  return JSON.parse(text) as ActiveFault[];
}

export async function keepFaults(lab: LabState, faults: readonly ActiveFault[]): Promise<void> {
  await put(file(lab), `${JSON.stringify(faults, undefined, 1)}\n`);
}

export function sameFault(a: ActiveFault, b: ActiveFault): boolean {
  return a.name === b.name && a.args.join(' ') === b.args.join(' ');
}

/** What `withdraw` takes: a node (all its blocks) or a prefix, and then perhaps the only node to withdraw it. */
export function withdrawnFrom(node: NodeSpec, [what, only]: readonly string[]): string[] {
  if (what === undefined) return [];
  if (what === node.name) return [...node.blocks];
  return only === undefined || only === node.name ? [what] : [];
}

export function overridesOf(node: NodeSpec, faults: readonly ActiveFault[]): NodeOverrides {
  const of = (name: string) => faults.filter((fault) => fault.name === name).map((fault) => fault.args);
  const announced = of('announce').filter(([, where]) => where === node.name);
  const wrongAs = of('wrong-as').filter(([where]) => where === node.name);
  return {
    withdrawn: of('withdraw').flatMap((args) => withdrawnFrom(node, args)),
    announced: announced.map(([prefix]) => prefix ?? ''),
    peerAsn: Object.fromEntries(wrongAs.map(([, address, asn]) => [address ?? '', Number(asn)])),
  };
}
