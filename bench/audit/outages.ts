// What can go wrong everywhere at once in the big cluster: as inputs of the audit.
import type { AuditInput } from '../../src/audit/audit.ts';
import type { ExpectedPrefix } from '../../src/model/expectation.ts';
import { failure, success } from '../../src/model/reading.ts';
import type { Session } from '../../src/model/session.ts';
import { big } from '../cluster.ts';
import { clusterFabric } from './racks.ts';

const fabric = (missing?: number): AuditInput => ({
  ...clusterFabric({ ...big, switches: 200 }, 4, missing),
  maxAgeMs: () => 3_600_000,
});

/** With other expected prefixes; devices that carry none go on to carry none. */
function expecting(
  input: AuditInput,
  change: (prefixes: readonly ExpectedPrefix[]) => readonly ExpectedPrefix[],
): AuditInput {
  if (!input.expected.ok) throw new Error('nothing is expected');
  const { value } = input.expected;
  const prefixes = change(value.prefixes);
  const vantages = [...input.vantages].map(
    ([name, vantage]) => [name, vantage.prefixes.length > 0 ? { ...vantage, prefixes } : vantage] as const,
  );
  return { ...input, expected: success(input.now, { ...value, prefixes }), vantages: new Map(vantages) };
}

function sessionsDown(input: AuditInput): AuditInput {
  const down = ({ establishedSeconds: _, ...session }: Session): Session => ({ ...session, state: 'active' });
  const devices = input.devices.map((snapshot) =>
    snapshot.sessions.ok
      ? { ...snapshot, sessions: success(input.now, snapshot.sessions.value.map(down)) }
      : snapshot,
  );
  return { ...input, devices };
}

function unread(input: AuditInput): AuditInput {
  const no = failure<never>(input.now, 'timeout', 'no answer');
  return { ...input, devices: input.devices.map((snapshot) => ({ ...snapshot, sessions: no, routes: no })) };
}

/** Each block as another node's, of the next rack. */
function misled(input: AuditInput): AuditInput {
  const names = input.expected.ok ? input.expected.value.nodes.map(({ name }) => name) : [];
  const place = new Map(names.map((name, i) => [name, i]));
  const next = (name: string) => names[((place.get(name) ?? 0) + 51) % names.length] ?? name;
  return expecting(input, (prefixes) =>
    prefixes.map((each) => (each.origins.length === 1 ? { ...each, origins: each.origins.map(next) } : each)),
  );
}

/** Names with what makes them. */
export const outages: readonly (readonly [name: string, make: () => AuditInput])[] = [
  ['one prefix in ten is missing everywhere', () => fabric(100)],
  ['every prefix is missing everywhere', () => fabric(1000)],
  ['every session is down', () => sessionsDown(fabric())],
  ['nothing can be read', () => unread(fabric())],
  ["every route is nobody's", () => expecting(fabric(), () => [])],
  ["every block is another node's", () => misled(fabric())],
];
