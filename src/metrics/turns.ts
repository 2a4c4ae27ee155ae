// Long work in parts, so that the event loop gets its turn in between: scrapes are answered and devices read while the metrics of
// a large fabric are rendered.
import { setImmediate } from 'node:timers/promises';

/** Longest part, in milliseconds. */
const partMs = 5;

/** Gives the event loop its turn where the last one is a while ago. */
export type GiveTurn = () => Promise<void> | undefined;

/** The time of the last turn is that of this call. */
export function turns(): GiveTurn {
  let began = performance.now();
  return () => {
    if (performance.now() - began < partMs) return undefined;
    return setImmediate().then(() => {
      began = performance.now();
    });
  };
}

/** Does work that may be interrupted wherever it yields. */
export async function inTurns<T>(work: Generator<void, T>, giveTurn: GiveTurn): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
    const turn = giveTurn();
    if (turn) await turn;
  }
}

/** Does such work without an interruption. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
  }
}
