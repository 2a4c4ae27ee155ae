// What came of a soak: what the exporter's process held, what it wrote to its log, and what became of the faults. Pure.
import type { Outcome } from '../campaign/judge.ts';
import { type Trend, trendOf } from './trend.ts';

/** What the exporter's process held at a time; memory in bytes. */
export interface Sample {
  readonly at: number;
  readonly pid: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  /** What keeps Node's event loop going: sockets, timers, requests (process.getActiveResourcesInfo). */
  readonly resources: number;
}

/** A run as it is kept in .soak/. */
export interface Soak {
  readonly topology: string;
  readonly via: string;
  readonly intervalMs: number;
  /** Between the starts of two faults. */
  readonly everyMs: number;
  readonly began: number;
  readonly ended: number;
  readonly commit: string;
  readonly node: string;
  readonly samples: readonly Sample[];
  /** The reasons of promises whose rejection nobody handled. */
  readonly rejections: readonly string[];
  readonly log: LogSummary;
  readonly outcomes: readonly Outcome[];
}

export interface LogSummary {
  readonly lines: number;
  /** Messages of level error, and how often each was written. */
  readonly errors: Readonly<Record<string, number>>;
  /** Lines that are none of the log: warnings of Node, a stack. */
  readonly foreign: readonly string[];
}

/** Reads the lines that inside.mjs wrote; one that was cut off by the end of the process is left out. */
export function samplesOf(text: string): Pick<Soak, 'samples' | 'rejections'> {
  const samples: Sample[] = [];
  const rejections: string[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const read = JSON.parse(line) as Sample & { readonly rejection?: string };
    if (read.rejection === undefined) samples.push(read);
    else rejections.push(read.rejection);
  }
  return { samples, rejections };
}

/** Counts the lines of the exporter's log. */
export function logOf(text: string): LogSummary {
  const errors: Record<string, number> = {};
  const foreign: string[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) {
    if (!line.startsWith('{"level":')) {
      foreign.push(line);
      continue;
    }
    const { level, message } = JSON.parse(line) as { readonly level: string; readonly message: string };
    if (level === 'error') errors[message] = (errors[message] ?? 0) + 1;
  }
  return { lines: lines.length, errors, foreign };
}

const mebibyte = 2 ** 20;

/** What is judged, its unit, and what it may grow over the whole run. */
export const quantities = [
  { name: 'memory (resident)', unit: 'MiB', per: mebibyte, of: 'rss', allowed: { share: 0.1, least: 15 } },
  { name: 'heap in use', unit: 'MiB', per: mebibyte, of: 'heap', allowed: { share: 0.1, least: 8 } },
  {
    name: 'memory outside the heap',
    unit: 'MiB',
    per: mebibyte,
    of: 'external',
    allowed: { share: 0.1, least: 8 },
  },
  { name: 'file descriptors', unit: '', per: 1, of: 'descriptors', allowed: { share: 0.1, least: 4 } },
  { name: 'handles and timers', unit: '', per: 1, of: 'resources', allowed: { share: 0.1, least: 4 } },
] as const;

/** How each quantity went. */
export function trendsOf(
  samples: readonly Sample[],
): (Trend & { readonly name: string; readonly unit: string })[] {
  return quantities.map(({ name, unit, per, of, allowed }) => {
    const points = samples.map((sample) => ({ at: sample.at, value: sample[of] / per }));
    return { name, unit, ...trendOf(points, allowed) };
  });
}

/** Faults of which an expected finding was never there: lost, or never found. */
export function lost(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ harmless, found, error }) => error === undefined && !harmless && !found);
}

/** Why the soak is no pass, one line each; empty when it is one. */
export function flawsOf({ samples, rejections, log, outcomes }: Soak): string[] {
  const processes = new Set(samples.map(({ pid }) => pid)).size;
  const internal = Object.entries(log.errors).filter(([message]) => message.startsWith('internal error'));
  return [
    ...(outcomes.length === 0 ? ['no fault was injected'] : []),
    ...(processes === 1 ? [] : [`the exporter ran as ${processes} processes: it ended in between`]),
    ...trendsOf(samples).flatMap(({ name, unit, verdict, growth }) =>
      verdict === 'growing' ? [`${name} grew by ${growth.toFixed(1)} ${unit}`.trim()] : [],
    ),
    ...rejections.map((reason) => `a rejection that nobody handled: ${reason.split('\n')[0]}`),
    ...internal.map(([message, times]) => `logged ${times} times: ${message}`),
    ...log.foreign.map((line) => `on the log, and none of its lines: ${line}`),
    ...outcomes.flatMap(({ id, error }) =>
      error === undefined ? [] : [`${id}: could not be run: ${error}`],
    ),
    ...lost(outcomes).flatMap(({ id, notFound }) => notFound.map((text) => `${id}: lost: ${text}`)),
    ...outcomes.flatMap(({ id, falseAlarms }) => falseAlarms.map((text) => `${id}: false alarm: ${text}`)),
    ...outcomes.flatMap(({ id, resolved, error }) =>
      resolved || error !== undefined ? [] : [`${id}: its findings remained after healing`],
    ),
  ];
}
