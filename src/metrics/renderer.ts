// Keeps the latest rendering of the metrics: one at a time, of the newest fabric, and not again before as much time has
// passed as the last one took nine times over, so that rendering never costs more than a tenth of a processor.
import type { Fabric } from '../model/fabric.ts';
import { type Exposition, type MetricFormat, renderExposition } from './exposition.ts';
import type { Family, MetricOptions } from './family.ts';
import { type GzipStart, startGzip } from './gzip.ts';

export interface Renderer {
  /** Hands in a newer fabric; returns at once. */
  update(fabric: Fabric): void;
  /** The latest rendering; undefined before the first. */
  current(): Exposition | undefined;
  /** The latest rendering compressed, made on first demand and kept; undefined before the first rendering. */
  compressed(format: MetricFormat): Promise<GzipStart> | undefined;
  /** Resolves when everything handed in so far has been rendered. */
  settled(): Promise<void>;
  stop(): void;
}

export interface RendererOptions {
  readonly metrics: MetricOptions;
  /** All of them unless given. */
  readonly families?: readonly Family[];
  /** Told after each rendering, e.g. SelfMetrics.rendered. */
  readonly onRendered?: (seconds: number, dropped: number) => void;
  /** Told of a fault in a family's code; the former rendering stays. */
  readonly onError?: (error: unknown) => void;
}

/** Renders each fabric that `update` gets, skipping those that a newer one overtakes. */
export function createRenderer({ metrics, families, onRendered, onError }: RendererOptions): Renderer {
  let latest: Exposition | undefined;
  let gzipped = new Map<MetricFormat, Promise<GzipStart>>();
  let waiting: Fabric | undefined;
  let running: Promise<void> | undefined;
  let rest: NodeJS.Timeout | undefined;
  let endRest: (() => void) | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    while (waiting && !stopped) {
      const fabric = waiting;
      waiting = undefined;
      const began = performance.now();
      try {
        const made = await renderExposition(fabric, metrics, families);
        latest = made;
        gzipped = new Map();
        onRendered?.((performance.now() - began) / 1000, made.dropped);
      } catch (error) {
        onError?.(error);
      }
      const took = performance.now() - began;
      // The loop stays alive during the rest, so an update meanwhile only replaces what waits.
      await new Promise<void>((resolve) => {
        endRest = resolve;
        rest = setTimeout(resolve, 9 * took);
        rest.unref();
      });
    }
    running = undefined;
  }

  return {
    update(fabric) {
      if (stopped) return;
      waiting = fabric;
      running ??= run();
    },
    current: () => latest,
    compressed(format) {
      if (!latest) return undefined;
      const known = gzipped.get(format);
      if (known) return known;
      const made = startGzip(latest[format]);
      gzipped.set(format, made);
      return made;
    },
    async settled() {
      await running;
    },
    stop() {
      stopped = true;
      waiting = undefined;
      clearTimeout(rest);
      endRest?.();
    },
  };
}
