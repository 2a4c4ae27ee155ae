// What a piece of work adds to memory that is full of its inputs already: Linux counts the most that was resident since it
// was told to count anew (proc(5), clear_refs and VmHWM).
import { readFileSync, writeFileSync } from 'node:fs';
import type { Measured } from '../measure.ts';

const statusMiB = (name: 'VmRSS' | 'VmHWM') => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Math.round(Number(found?.[1]) / 1024);
};

/** Bytes in use after a collection: objects and the columns of tables. */
function usedMiB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 2 ** 20);
}

export interface MemoryWatch {
  /** Call while inputs and results are still held. */
  measured(target: string): readonly Measured[];
}

/** Begins to watch: what is in use now is what was put in. */
export function watchMemory(): MemoryWatch {
  const inputs = usedMiB();
  writeFileSync('/proc/self/clear_refs', '5');
  const resident = statusMiB('VmRSS');
  return {
    measured(target) {
      const most = statusMiB('VmHWM');
      const left = usedMiB();
      return [
        { what: 'memory in use before it: the inputs', value: inputs, unit: 'MiB' },
        { what: 'memory in use after it: what it adds and keeps', value: left - inputs, unit: 'MiB' },
        { what: 'memory resident before it: Node.js and the inputs', value: resident, unit: 'MiB' },
        { what: 'memory resident, most', value: most, unit: 'MiB', target },
      ];
    },
  };
}
