// A demo switch at a moment, without servers: what its replies are made from.
import { deriveFabric } from '../../src/demo/fabric.ts';
import { faults } from '../../src/demo/faults.ts';
import { createHistory } from '../../src/demo/history.ts';
import type { SwitchView } from '../../src/demo/switch-view.ts';
import { referenceTopology } from '../../src/demo/topology.ts';

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** The switch so many seconds after the start, with a fault that was there from the start. */
export function viewOf(name: string, fault?: string, seconds = 3600): SwitchView {
  const effects = faults.find((each) => each.name === fault)?.effects ?? [];
  const fabric = deriveFabric(referenceTopology, effects);
  const history = createHistory(start);
  history.record(fabric, start);
  const state = fabric.get(name);
  if (!state) throw new Error(`no ${name}`);
  return { state, history, now: start + seconds * 1000, bootedAt: start };
}
