// What came of one scenario: compares the timeline of what the exporter said with what it should have said. Pure.
import type { Moment } from './exporter.ts';
import { hasCause, isAbout, type Pattern, patterns, type Said, type Scenario, type Via } from './scenario.ts';

/** The times of one run, in milliseconds since the epoch. */
export interface Times {
  /** Before the first step. */
  readonly began: number;
  /** The devices showed the fault. */
  readonly shown: number;
  /** The watch ended and healing began. */
  readonly ended: number;
  /** Everything was as it should be again, in the lab and at the exporter; undefined: never. */
  readonly clean?: number;
}

export interface Outcome {
  readonly id: string;
  readonly topology: string;
  readonly via: Via;
  readonly harmless: boolean;
  readonly says: string;
  /** Every expected finding was there. */
  readonly found: boolean;
  /** Every expected finding named the right cause at the end. */
  readonly causeRight: boolean;
  /** From when the devices showed the fault to when everything was found; undefined: never. */
  readonly detectMs?: number;
  /** The collection interval that it was run with. */
  readonly intervalMs?: number;
  /** What was wrong, each as one line. */
  readonly notFound: readonly string[];
  readonly wrongCauses: readonly string[];
  readonly falseAlarms: readonly string[];
  /** Whether all findings were gone after healing. */
  readonly resolved: boolean;
  /** When and on which commit it was run (RFC 3339, to the minute). */
  readonly at?: string;
  readonly commit?: string;
  /** The scenario could not be run to its end. */
  readonly error?: string;
  /** What was said at the end of the watch, where anything was wrong. */
  readonly evidence?: readonly Said[];
}

export function firing(moment: Moment): Said[] {
  return moment.findings.filter(({ state }) => state === 'firing');
}

function line({ check, device, subject, cause, detail }: Said): string {
  return `${check} ${device || '-'} ${subject.replaceAll(' ', '_')} ${cause ?? '-'}: ${detail ?? ''}`;
}

function unexplained(
  said: readonly Said[],
  expected: readonly Pattern[],
  allowed: readonly Pattern[],
): Said[] {
  return said.filter(
    (each) =>
      !expected.some((pattern) => isAbout(pattern, each)) &&
      !allowed.some((pattern) => isAbout(pattern, each) && hasCause(pattern, each)),
  );
}

/** The first moment in which everything expected is there, whatever its cause. */
export function foundAt(
  moments: readonly Moment[],
  expected: readonly Pattern[],
  from: number,
): number | undefined {
  return moments.find(
    (moment) =>
      moment.at >= from && expected.every((pattern) => firing(moment).some((said) => isAbout(pattern, said))),
  )?.at;
}

export function judge(scenario: Scenario, via: Via, timeline: readonly Moment[], times: Times): Outcome {
  const expected = patterns(scenario.expects);
  const allowed = patterns(scenario.allows ?? []);
  const during = timeline.filter(({ at }) => at >= times.began && at <= times.ended);
  const until = times.clean ?? Number.POSITIVE_INFINITY;
  const all = timeline.filter(({ at }) => at >= times.began && at <= until);
  const last = firing(during.at(-1) ?? { at: 0, ok: false, findings: [] });
  const notFound = expected.filter((pattern) => !last.some((said) => isAbout(pattern, said)));
  const wrongCauses = expected.flatMap((pattern) => {
    const about = last.filter((said) => isAbout(pattern, said));
    if (about.length === 0 || about.some((said) => hasCause(pattern, said))) return [];
    return about.map((said) => `${pattern.cause} wanted: ${line(said)}`);
  });
  const alarms = new Set(all.flatMap((moment) => unexplained(firing(moment), expected, allowed).map(line)));
  const found = notFound.length === 0;
  const seen = expected.length === 0 ? undefined : foundAt(during, expected, times.began);
  const wrong = !found || wrongCauses.length > 0 || alarms.size > 0 || times.clean === undefined;
  return {
    ...{ id: scenario.id, topology: scenario.topology, via, says: scenario.says },
    harmless: scenario.harmless === true,
    found,
    causeRight: found && wrongCauses.length === 0,
    // A fault may be found before the probe saw it: then it took no time.
    ...(seen === undefined ? {} : { detectMs: Math.max(0, seen - times.shown) }),
    notFound: notFound.map(({ text }) => text),
    wrongCauses,
    falseAlarms: [...alarms],
    resolved: times.clean !== undefined,
    ...(wrong ? { evidence: last } : {}),
  };
}
