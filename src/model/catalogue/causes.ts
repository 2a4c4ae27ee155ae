// All causes in one table, in the order of the way: objects, node, session, fabric.
import type { CauseId } from '../cause.ts';
import { ipamCauses } from './causes-ipam.ts';
import { nodeCauses } from './causes-node.ts';
import { sessionCauses } from './causes-session.ts';
import { wayCauses } from './causes-way.ts';
import { type CauseEntry, fill, type ValuesOf } from './entry.ts';

const table = { ...ipamCauses, ...nodeCauses, ...sessionCauses, ...wayCauses };

/** What the catalogue says of each cause. */
export const causeTexts: Readonly<Record<CauseId, CauseEntry>> = table;

/** The clause of a cause with its values: "BIRD on node3 has no such route in its own table". */
export function clauseOf<C extends CauseId>(
  cause: C,
  values: ValuesOf<(typeof table)[C]['sentence']>,
): string {
  return fill<string>(table[cause].sentence, values);
}
