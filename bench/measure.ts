// Taking measurements: median and worst of several runs, and the most memory the process has had. One file per benchmark
// prints a list of them as JSON; run.ts makes tables of it.

export interface Measured {
  readonly what: string;
  readonly value: number | string;
  readonly unit: string;
  /** What it should be. */
  readonly target?: string;
}

const round = (value: number) => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));

/** Median and worst time of `runs` calls, in milliseconds; `prepare` is not timed. */
export async function timed<T>(
  what: string,
  runs: number,
  work: (input: T) => unknown,
  prepare: (run: number) => T,
  target?: string,
): Promise<readonly Measured[]> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const input = prepare(i);
    const began = performance.now();
    await work(input);
    times.push(performance.now() - began);
  }
  times.sort((x, y) => x - y);
  const [median = 0, worst = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
  const goal = target === undefined ? {} : { target };
  return [
    { what: `${what}, median of ${runs}`, value: round(median), unit: 'ms', ...goal },
    { what: `${what}, worst`, value: round(worst), unit: 'ms' },
  ];
}

/** The most memory that this process has held, and what is left of it after a collection. */
export function memory(target?: string): readonly Measured[] {
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  globalThis.gc?.();
  const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  return [
    {
      what: 'memory, most (resident)',
      value: peak,
      unit: 'MiB',
      ...(target === undefined ? {} : { target }),
    },
    { what: 'memory, heap in use at the end', value: heap, unit: 'MiB' },
  ];
}

export function print(measured: readonly Measured[]): void {
  process.stdout.write(JSON.stringify(measured));
}
