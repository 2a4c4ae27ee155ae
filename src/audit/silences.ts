// Silences: what a team has asked not to be told of, for a time and with a reason, from the configuration or by annotation
// of a Node. A silenced finding is listed as such and raises nothing; a silence that is over is said, not forgotten.
import type { Finding, Silence, SilenceState } from '../model/finding.ts';
import { contains, tryParsePrefix } from '../model/prefix.ts';
import type { Context } from './context.ts';

/** The longest that a silence can last from now on, in milliseconds. */
export const longestSilenceMs = 31 * 24 * 3_600_000;

const inList = (patterns: readonly string[], name: string) =>
  patterns.some((pattern) =>
    pattern.includes('*')
      ? new RegExp(
          `^${pattern
            .split('*')
            .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
            .join('.*')}$`,
        ).test(name)
      : pattern === name,
  );

function covers({ devices, nodes, prefixes }: Silence, finding: Finding): boolean {
  const { device, ends, prefix: text, nodes: origins = [], peer } = finding;
  const touched = ends ? ends.map((end) => end.device) : [device, ...(peer === undefined ? [] : [peer])];
  if (devices && !touched.some((name) => inList(devices, name))) return false;
  if (nodes) {
    const own = touched.some((name) => inList(nodes, name));
    // Of a prefix that other nodes announce, too, something else is wrong.
    const all = origins.length > 0 && origins.every((name) => inList(nodes, name));
    if (!own && !all) return false;
  }
  if (!prefixes) return devices !== undefined || nodes !== undefined;
  const prefix = text === undefined ? undefined : tryParsePrefix(text);
  return prefix !== undefined && prefixes.some((range) => contains(range, prefix));
}

/** Every silence that is known: of the configuration, and of Nodes' annotations. */
export function silencesOf(context: Context): readonly Silence[] {
  const annotated = [...context.nodes.values()].flatMap(({ name, lifecycle }): Silence[] => {
    const { silence } = lifecycle ?? {};
    return silence ? [{ source: `Node ${name}`, nodes: [name], ...silence }] : [];
  });
  return [...(context.input.silences ?? []), ...annotated];
}

/** True while a silence holds: not over, and not longer than any may be. */
export function holdsNow({ until }: Silence, now: number): boolean {
  return until > now && until - now <= longestSilenceMs;
}

/** The silence that covers a finding now. */
export function silenceFor(silences: readonly Silence[], finding: Finding, now: number): Silence | undefined {
  return silences.find((silence) => holdsNow(silence, now) && covers(silence, finding));
}

/** Every silence as it stands, expired ones included: they should be taken away. */
export function silenceStates(
  silences: readonly Silence[],
  quiet: ReadonlyMap<Silence, number>,
  now: number,
): readonly SilenceState[] {
  return silences.map((silence) => ({
    ...silence,
    state: silence.until <= now ? 'expired' : holdsNow(silence, now) ? 'active' : 'refused',
    findings: quiet.get(silence) ?? 0,
  }));
}
