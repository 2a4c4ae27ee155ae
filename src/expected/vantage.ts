// What one device should carry of the whole. By default every switch carries every prefix that some node is entitled to
// announce to the fabric; a fabric that aggregates, or a spine that carries less, is told by rules.
import type { ExpectedPrefix, ExpectedState, PrefixKind, Vantage } from '../model/expectation.ts';
import { contains, type Prefix } from '../model/prefix.ts';
import type { Device } from '../model/snapshot.ts';

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

function nameMatches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function speaksOf({ devices }: VantageRule, device: Device): boolean {
  return !devices || devices.some((pattern) => nameMatches(pattern, device.name));
}

function holds({ kinds, within, nodes }: VantageRule, expected: ExpectedPrefix): boolean {
  const announcedBy = (names: readonly string[]) =>
    expected.origins.every((origin) => names.some((pattern) => nameMatches(pattern, origin)));
  return (
    (!nodes || announcedBy(nodes)) &&
    (!kinds || kinds.includes(expected.kind)) &&
    (!within || within.some((range) => contains(range, expected.prefix)))
  );
}

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
  const own = rules.filter((rule) => speaksOf(rule, device));
  // A hundred switches share one list of prefixes where no rule sets them apart.
  if (own.every(({ carry }) => carry === true)) return { device: device.name, prefixes: expected.prefixes };
  const prefixes = expected.prefixes.flatMap((prefix) => {
    const carry = own.find((rule) => holds(rule, prefix))?.carry ?? true;
    if (carry === false) return [];
    return carry === 'covered' ? [{ ...prefix, coverSuffices: true }] : [prefix];
  });
  return { device: device.name, prefixes };
}
