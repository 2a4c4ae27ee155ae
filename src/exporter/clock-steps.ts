// Steps of the wall clock (by hand, by NTP), seen by the monotonic one. Readings are dated by the wall clock, since people
// and Prometheus read the dates; a step must not make what was read two seconds ago look an hour old, nor from the future.
import type { Reading } from '../model/reading.ts';

/** Smaller differences are slewing, or a process that was not scheduled between two looks at the clocks. */
const leastStepMs = 2000;

/** Returns how far the wall clock has stepped since the last call, in milliseconds; 0 when it has not. */
export function clockSteps(now: () => number, steady: () => number): () => number {
  let wall = now();
  let even = steady();
  return () => {
    const [wasWall, wasEven] = [wall, even];
    wall = now();
    even = steady();
    const step = wall - wasWall - (even - wasEven);
    return Math.abs(step) < leastStepMs ? 0 : step;
  };
}

/** The reading as the clock that has stepped would have dated it. One that was never made has nothing to move. */
export function redated<T>(reading: Reading<T>, stepMs: number): Reading<T> {
  const at = reading.at + stepMs;
  if (reading.ok || !reading.last) return { ...reading, at };
  return { ...reading, at, last: { ...reading.last, at: reading.last.at + stepMs } };
}
