// What the audit before said, as the checks of the next one ask for it.
import type { AuditResult, CheckId, Finding } from '../model/finding.ts';
import { type PrefixKey, parsePrefix, prefixKey } from '../model/prefix.ts';
import type { Draft } from './check.ts';
import type { Before, FindingId } from './context.ts';
import { keyOf } from './finding-order.ts';
import { mostPerDevice } from './listing.ts';

/** The draft that a finding was made of. */
const wordsOf = new WeakMap<Finding, Draft>();

/** Keeps the words of a finding for the audits that follow. */
export function keepWords(finding: Finding, draft: Draft): void {
  wordsOf.set(finding, draft);
}

/** Findings stand for hours, and each audit asks. */
const keys = new WeakMap<Finding, PrefixKey>();

function prefixKeyOf(finding: Finding, prefix: string): PrefixKey {
  const key = keys.get(finding) ?? prefixKey(parsePrefix(prefix));
  keys.set(finding, key);
  return key;
}

type Said = ReadonlyMap<CheckId, ReadonlyMap<string, ReadonlySet<PrefixKey>>>;

/** Prefixes of findings by check and device, those found first. */
function prefixesOf(audit: AuditResult | undefined): Said {
  const all = new Map<CheckId, Map<string, Set<PrefixKey>>>();
  for (const list of [audit?.findings, audit?.silenced, audit?.pending]) {
    for (const finding of list ?? []) {
      const { check, device, prefix } = finding;
      if (prefix === undefined) continue;
      const devices = all.get(check) ?? new Map<string, Set<PrefixKey>>();
      all.set(check, devices);
      const known = devices.get(device) ?? new Set<PrefixKey>();
      devices.set(device, known);
      if (known.size < mostPerDevice) known.add(prefixKeyOf(finding, prefix));
    }
  }
  return all;
}

const noPrefixes: ReadonlySet<PrefixKey> = new Set();

/** Answers from an audit, until it is let go of. */
export function historyOf(previous: AuditResult | undefined, now: number): Before & { forget(): void } {
  let from = previous;
  let fired: ReadonlyMap<string, Finding> | undefined;
  let waited: ReadonlyMap<string, number> | undefined;
  let said: Said | undefined;
  const found = (check: CheckId, draft: FindingId) => {
    fired ??= new Map(from?.findings.map((finding) => [keyOf(finding), finding]));
    return fired.get(keyOf({ check, ...draft }));
  };
  // Where the clock was set back since, a wait begins anew: its end would be as far off as the step was long.
  const past = (since: number | undefined) => (since !== undefined && since > now ? undefined : since);
  return {
    wasFound: (check, draft) => found(check, draft) !== undefined,
    standing(check, draft) {
      const finding = found(check, draft);
      return finding && wordsOf.get(finding);
    },
    revisedSince: (check, draft) => past(from?.revised?.get(keyOf({ check, ...draft }))),
    waitedSince(check, draft) {
      waited ??= new Map(
        from?.pending.map((finding) => [keyOf(finding), finding.pendingSince ?? finding.since]),
      );
      return past(waited.get(keyOf({ check, ...draft })));
    },
    prefixesSaid(check, device) {
      said ??= prefixesOf(from);
      return said.get(check)?.get(device) ?? noPrefixes;
    },
    forget() {
      from = undefined;
      [fired, waited, said] = [new Map(), new Map(), new Map()];
    },
  };
}
