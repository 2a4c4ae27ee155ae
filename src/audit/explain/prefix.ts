// explain PREFIX: the whole way of a prefix, table by table, from the objects to the far nodes; the verdict of the audit in
// one sentence; where the way ends, and what to do.
import type { CauseId } from '../../model/cause.ts';
import type { ExpectedPrefix } from '../../model/expectation.ts';
import type { ExplainTone, Explanation, Hop } from '../../model/explanation.ts';
import type { Fabric } from '../../model/fabric.ts';
import type { Finding, RouteVerdict } from '../../model/finding.ts';
import { contains, formatPrefix, type Prefix, samePrefix } from '../../model/prefix.ts';
import { roleOf } from '../cause.ts';
import type { Context } from '../context.ts';
import { roleAt } from '../trail.ts';
import { adviceOn } from './advice.ts';
import { wayWithMarks } from './prefix-way.ts';
import { counted, listed } from './words.ts';

export const tones: Readonly<Record<Finding['severity'], ExplainTone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'warn',
};

/** The audit's verdicts on a prefix, by device. */
export function verdictsOn(fabric: Fabric, prefix: Prefix, only?: string): Map<string, RouteVerdict> {
  const found = new Map<string, RouteVerdict>();
  for (const { device, verdicts } of fabric.audit.devices.values()) {
    if (only !== undefined && device !== only) continue;
    for (const verdict of verdicts) {
      if (!samePrefix(verdict.expected.prefix, prefix)) continue;
      found.set(device, verdict);
      break;
    }
  }
  return found;
}

/** Findings about a prefix, those within their grace time last. */
export function findingsOn({ audit }: Fabric, prefix: Prefix, only?: string): readonly Finding[] {
  const text = formatPrefix(prefix);
  const about = (finding: Finding) =>
    finding.prefix === text && (only === undefined || finding.device === only || finding.device === '');
  return [...audit.findings.filter(about), ...audit.pending.filter(about)];
}

function having(hops: readonly Hop[], role: 'node' | 'switch'): string[] {
  const names = hops.flatMap((hop) =>
    hop.role === role && hop.state === 'has' && hop.layer !== 'intent' ? [hop.device] : [],
  );
  return [...new Set(names)];
}

/** Where a prefix that no object calls for lies, as the end of a sentence. */
function placeOf(context: Context, prefix: Prefix): string {
  const around = (context.expected?.prefixes ?? [])
    .filter((each) => contains(each.prefix, prefix))
    .sort((x, y) => y.prefix.length - x.prefix.length);
  const [whole] = around;
  if (whole)
    return `; it is a part of ${formatPrefix(whole.prefix)} (${roleOf(whole)}), which is expected as a whole`;
  const range = (context.expected?.ranges ?? []).find((each) => contains(each, prefix));
  if (!range) return '';
  return samePrefix(range, prefix)
    ? ' as a whole; it is a range of the cluster'
    : `; it lies in ${formatPrefix(range)}, a range of the cluster`;
}

function unexpectedSentence(context: Context, prefix: Prefix, hops: readonly Hop[]): string {
  const text = formatPrefix(prefix);
  const holders = [...having(hops, 'node'), ...having(hops, 'switch')];
  const who =
    holders.length === 0
      ? 'nobody has it'
      : `${listed(holders)} ${holders.length === 1 ? 'has' : 'have'} it all the same`;
  return `No object calls for ${text}${placeOf(context, prefix)}: ${who}`;
}

/** The sentence where no finding says one. */
function quietSentence(
  context: Context,
  prefix: Prefix,
  expected: ExpectedPrefix | undefined,
  verdicts: ReadonlyMap<string, RouteVerdict>,
  hops: readonly Hop[],
): { readonly tone: ExplainTone; readonly verdict: string; readonly cause?: CauseId } {
  const text = formatPrefix(prefix);
  const withheld = (context.expected?.withheld ?? []).find((each) => samePrefix(each.prefix, prefix));
  if (withheld && !expected) {
    const { nodes, because, object, cause } = withheld;
    const verdict = `${text} of ${listed(nodes)} is kept from the fabric on purpose: ${because || object}`;
    return { tone: 'good', verdict, cause };
  }
  if (!expected) {
    if (!context.expected)
      return { tone: 'unknown', verdict: 'The objects were never read: what should be there is not known' };
    return { tone: 'good', verdict: unexpectedSentence(context, prefix, hops) };
  }
  const what = `${text} (${roleOf(expected)})`;
  const unknown = [...verdicts].filter(([, { verdict }]) => verdict === 'unknown');
  const [first] = unknown;
  if (first) {
    const names = listed(unknown.map(([name]) => name));
    return { tone: 'unknown', verdict: `${what} cannot be judged on ${names}: ${first[1].reason ?? ''}` };
  }
  if (verdicts.size === 0)
    return { tone: 'good', verdict: `${what}: no switch that is read should carry it` };
  const names = listed([...verdicts.keys()]);
  const verb = verdicts.size === 1 ? 'carries' : 'carry';
  return { tone: 'good', verdict: `${what} is where it should be: ${names} ${verb} it` };
}

function sentenceOf(findings: readonly Finding[]): string {
  const [first, ...rest] = findings;
  if (!first) return '';
  const same = rest.filter(({ cause, check }) => cause === first.cause && check === first.check);
  const others = rest.filter((finding) => !same.includes(finding));
  const where = [...new Set(same.map(({ device }) => device))].filter((name) => name !== first.device);
  const also = where.length > 0 ? ` The same on ${listed(where)}.` : '';
  const more = others.length > 0 ? ` ${counted(others.length, 'more finding')} about it below.` : '';
  const end = /[.!?]$/.test(first.detail) ? '' : also || more ? '.' : '';
  return `${first.detail}${end}${also}${more}`;
}

/** Explains a prefix, at one device or everywhere. */
export function explainPrefix(fabric: Fabric, context: Context, prefix: Prefix, only?: string): Explanation {
  const text = formatPrefix(prefix);
  const entries = (context.expected?.prefixes ?? []).filter((each) => samePrefix(each.prefix, prefix));
  const [expected] = entries;
  const verdicts = verdictsOn(fabric, prefix, only);
  const findings = findingsOn(fabric, prefix, only);
  const { hops, notes } = wayWithMarks(context, prefix, expected, verdicts, findings, only);
  const quiet = quietSentence(context, prefix, expected, verdicts, hops);
  const [worst] = findings;
  const waiting = worst !== undefined && !fabric.audit.findings.includes(worst);
  const inside = (context.expected?.prefixes ?? []).filter(
    (each) => contains(prefix, each.prefix) && !samePrefix(each.prefix, prefix),
  );
  const facts: [string, string][] = entries.map((entry) => [roleOf(entry), entry.because]);
  if (inside.length > 0)
    facts.push(['expected inside it', listed(inside.map((each) => formatPrefix(each.prefix)))]);
  const verdict = worst ? sentenceOf(findings) : quiet.verdict;
  return {
    kind: 'prefix',
    target: text,
    ...(only === undefined ? {} : { device: only }),
    at: fabric.at,
    tone: worst ? (waiting ? 'warn' : tones[worst.severity]) : quiet.tone,
    verdict: waiting ? `Within its grace time, not yet a finding: ${verdict}` : verdict,
    facts,
    hops,
    paths: [],
    sessions: [],
    prefixes: [],
    readings: [],
    findings,
    advice: adviceOn(findings, quiet.cause && !worst ? [quiet.cause] : []),
    notes,
  };
}

/** The role of whoever a name stands for; undefined for a stranger. */
export function knownRole(context: Context, name: string): 'node' | 'switch' | undefined {
  return context.devices.has(name) || context.nodes.has(name) ? roleAt(context, name) : undefined;
}
