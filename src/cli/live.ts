// What runs behind the web server and can be exchanged for another while it serves: the exporter and the renderer of one
// configuration. A new configuration starts beside the old one and takes over when it has made its first audit, so that no
// scrape meets an empty exporter; standing findings keep their age.
import type { Config } from '../config/config.ts';
import { createExporter, type Exporter } from '../exporter.ts';
import { renderExposition } from '../metrics/exposition.ts';
import { probeFamilies } from '../metrics/families.ts';
import type { MetricOptions } from '../metrics/family.ts';
import { createRenderer, type Renderer } from '../metrics/renderer.ts';
import type { SelfMetrics } from '../metrics/self.ts';
import type { Fabric } from '../model/fabric.ts';
import type { AuditResult } from '../model/finding.ts';

import type { ProbeOutcome } from '../web/operations.ts';
import type { createLog } from './log.ts';

/** Longest that a new configuration may take for its first audit before it takes over all the same, in milliseconds. */
const patienceMs = 30_000;

interface Part {
  readonly exporter: Exporter;
  readonly renderer: Renderer;
  readonly metrics: MetricOptions;
}

export interface LiveDeps {
  readonly log: ReturnType<typeof createLog>;
  readonly now: () => number;
  readonly steady?: (() => number) | undefined;
  readonly self: SelfMetrics;
  readonly onError: (error: unknown) => void;
}

export interface Live {
  fabric(): Fabric | undefined;
  maxAgeMs(device: string): number;
  /** Shows the renderings of whichever part is in place. */
  readonly renderer: Renderer;
  /** Starts the first part. */
  start(config: Config): Promise<void>;
  /** Starts a part beside the running one and lets it take over. */
  replace(config: Config): Promise<void>;
  probe(target: string, timeoutMs: number): Promise<ProbeOutcome | undefined>;
  stop(): Promise<void>;
}

/** What is said of one device alone. */
function ofDevice(fabric: Fabric, name: string): Fabric {
  const only = <T extends { readonly device: string }>(list: readonly T[]) =>
    list.filter(({ device }) => device === name);
  const { audit } = fabric;
  const own = audit.devices.get(name);
  return {
    ...fabric,
    devices: fabric.devices.filter(({ device }) => device.name === name),
    audit: {
      ...audit,
      findings: only(audit.findings),
      pending: only(audit.pending),
      unknown: only(audit.unknown),
      devices: new Map(own ? [[name, own]] : []),
    },
  };
}

/** Nothing runs yet. */
export function createLive({ log, now, steady, self, onError }: LiveDeps): Live {
  let part: Part | undefined;

  const make = (config: Config, previous: AuditResult | undefined): Part => {
    const exporter = createExporter(config, { log, now, steady, ...(previous && { previous }) });
    const metrics = {
      maxMissingSeries: config.audit.maxMissingSeries,
      meshDetail: config.metrics.meshDetail,
      thresholds: config.alertThresholds,
      maxAgeMs: exporter.maxAgeMs,
    };
    const renderer = createRenderer({ metrics, onRendered: self.rendered, onError });
    exporter.subscribe((fabric) => renderer.update(fabric));
    return { exporter, renderer, metrics };
  };

  const end = async (old: Part | undefined) => {
    await old?.exporter.stop();
    old?.renderer.stop();
  };

  const shown = (): Renderer => {
    if (!part) throw new Error('nothing runs');
    return part.renderer;
  };

  return {
    fabric: () => part?.exporter.current(),
    maxAgeMs: (device) => part?.exporter.maxAgeMs(device) ?? 0,
    renderer: {
      update: (fabric) => shown().update(fabric),
      current: () => part?.renderer.current(),
      compressed: (format) => part?.renderer.compressed(format),
      settled: () => shown().settled(),
      stop: () => part?.renderer.stop(),
    },
    async start(config) {
      part = make(config, undefined);
      await part.exporter.start();
    },
    async replace(config) {
      const next = make(config, part?.exporter.current()?.audit);
      const audited = new Promise<void>((resolve) => next.exporter.subscribe(() => resolve()));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await next.exporter.start();
      await Promise.race([audited, late]);
      clearTimeout(timer);
      await Promise.race([
        next.renderer.settled(),
        new Promise((resolve) => setTimeout(resolve, 1000).unref()),
      ]);
      const old = part;
      part = next;
      await end(old);
    },
    async probe(target, timeoutMs) {
      const began = performance.now();
      const asked = part;
      const fabric = await asked?.exporter.probe(target, timeoutMs);
      if (!fabric || !asked) return undefined;
      const own = ofDevice(fabric, target);
      const [snapshot] = own.devices;
      const { text, openmetrics } = await renderExposition(own, asked.metrics, probeFamilies);
      return {
        success: snapshot !== undefined && (snapshot.sessions.ok || snapshot.routes.ok),
        durationSeconds: (performance.now() - began) / 1000,
        metrics: { text, openmetrics },
      };
    },
    stop: () => end(part),
  };
}
