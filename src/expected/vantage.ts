// What one device should carry of the whole. By default every switch carries every prefix that some node is entitled to
// announce to the fabric; a fabric that aggregates, or a spine that carries less, is told by rules.
import type { ExpectedPrefix, ExpectedState, PrefixKind, Vantage } from '../model/expectation.ts';
import { contains, type Prefix } from '../model/prefix.ts';
import type { Device } from '../model/snapshot.ts';
import { perObject } from './memo.ts';
import { compareExpected } from './prefixes.ts';
import { type ListChange, placeOf } from './sorted.ts';

/** Leaves prefixes out at some devices. All conditions that are given must hold. */
export interface VantageRule {
  /** Names of devices; `*` stands for any characters. Absent: every device. */
  readonly devices?: readonly string[];
  readonly kinds?: readonly PrefixKind[];
  /** Prefixes inside one of these ranges. */
  readonly within?: readonly Prefix[];
  /** Prefixes that only these nodes announce (names, `*` for any characters). */
  readonly nodes?: readonly string[];
  /**
   * Whether the device should carry what the rule is about: exactly (true), not at all (false), or at least by an
   * aggregate other than the default route (`covered`). The first rule that holds decides.
   */
  readonly carry: boolean | 'covered';
}

function patternOf(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** A rule with its names as patterns, made once. */
const compiled = perObject(({ devices, nodes }: VantageRule) => ({
  devices: devices?.map(patternOf),
  nodes: nodes?.map(patternOf),
}));

const fits = (patterns: readonly RegExp[], name: string) => patterns.some((pattern) => pattern.test(name));

/** The rules that speak of a device, in order. */
function rulesFor(device: Device, rules: readonly VantageRule[]): readonly VantageRule[] {
  return rules.filter((rule) => {
    const { devices } = compiled(rule);
    return !devices || fits(devices, device.name);
  });
}

function holds(rule: VantageRule, expected: ExpectedPrefix): boolean {
  const { kinds, within } = rule;
  const { nodes } = compiled(rule);
  return (
    (!nodes || expected.origins.every((origin) => fits(nodes, origin))) &&
    (!kinds || kinds.includes(expected.kind)) &&
    (!within || within.some((range) => contains(range, expected.prefix)))
  );
}

function carried(
  prefixes: readonly ExpectedPrefix[],
  rules: readonly VantageRule[],
): readonly ExpectedPrefix[] {
  return prefixes.flatMap((prefix): readonly ExpectedPrefix[] => {
    const carry = rules.find((rule) => holds(rule, prefix))?.carry ?? true;
    if (carry === false) return [];
    return carry === 'covered' ? [{ ...prefix, coverSuffices: true }] : [prefix];
  });
}

const everything = (rules: readonly VantageRule[]) => rules.every(({ carry }) => carry === true);

/**
 * The prefixes that a device should carry. Nodes carry none by rule: what reaches them is up to the fabric, and a
 * default route may serve as well.
 */
export function vantage(
  expected: ExpectedState,
  device: Device,
  rules: readonly VantageRule[] = [],
): Vantage {
  if (device.role === 'node') return { device: device.name, prefixes: [] };
  const own = rulesFor(device, rules);
  // A hundred switches share one list of prefixes where no rule sets them apart.
  if (everything(own)) return { device: device.name, prefixes: expected.prefixes };
  return { device: device.name, prefixes: carried(expected.prefixes, own) };
}

/** So many changes at once, and asking the rules of every prefix costs no more. */
const mostPatches = 200;

/** The vantage after a change of the expectation, made from the one before it: the same as `vantage` gives. */
export function vantageAfter(
  before: Vantage,
  change: ListChange<ExpectedPrefix>,
  expected: ExpectedState,
  device: Device,
  rules: readonly VantageRule[] = [],
): Vantage {
  const { gone, come } = change;
  const own = device.role === 'node' ? [] : rulesFor(device, rules);
  if (everything(own) || gone.length + come.length > mostPatches) return vantage(expected, device, rules);
  const prefixes = [...before.prefixes];
  const place = (wanted: ExpectedPrefix) => placeOf(prefixes, (item) => compareExpected(item, wanted));
  for (const item of gone) {
    const at = place(item);
    const found = prefixes[at];
    if (found && compareExpected(found, item) === 0) prefixes.splice(at, 1);
  }
  for (const item of carried(come, own)) prefixes.splice(place(item), 0, item);
  return { device: device.name, prefixes };
}
