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
  /** Whether the device should carry what the rule is about. The first rule that holds decides. */
  readonly carry: boolean;
}

function nameMatches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function holds(rule: VantageRule, device: Device, expected: ExpectedPrefix): boolean {
  const { devices, kinds, within } = rule;
  return (
    (!devices || devices.some((pattern) => nameMatches(pattern, device.name))) &&
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
  const prefixes = expected.prefixes.filter(
    (prefix) => rules.find((rule) => holds(rule, device, prefix))?.carry ?? true,
  );
  return { device: device.name, prefixes };
}
