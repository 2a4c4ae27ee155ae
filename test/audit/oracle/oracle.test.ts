// Ten thousand audits of random fabrics against the oracle, and what must hold of any audit: metamorphic properties. The seed is
// printed; ORACLE_SEED repeats a run, ORACLE_RUNS makes it longer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditInput, audit } from '../../../src/audit/audit.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { failure, success } from '../../../src/model/reading.ts';
import { RouteTable } from '../../../src/model/route-table.ts';
import type { DeviceSnapshot } from '../../../src/model/snapshot.ts';
import { type Fault, fabricOf, faults, scenes, shapes, withFault } from './generate.ts';
import { answers, plain } from './looks.ts';
import { inputOf, now, type Scene, tablesOf } from './readings.ts';

const seed = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const runs = Number(process.env.ORACLE_RUNS ?? 10_000);
console.log(`oracle: seed ${seed}`);
/** As long as a busy machine may take for ten thousand audits. */
const minutes = 10 * 60_000;

type Verdicts = ReadonlyMap<string, string>;

function verdictsOf(input: AuditInput): Verdicts {
  const verdicts = new Map<string, string>();
  for (const [device, { verdicts: list }] of audit(input).devices)
    for (const { expected, verdict } of list)
      verdicts.set(`${device} ${formatPrefix(expected.prefix)}`, verdict);
  return verdicts;
}

const isLost = (verdict: string | undefined) => verdict === 'missing' || verdict === 'default-only';
const lost = (verdicts: Verdicts) =>
  [...verdicts].flatMap(([key, verdict]) => (isLost(verdict) ? [key] : []));
const holdsFor = (share: number) => ({ seed, numRuns: Math.max(1, Math.floor(runs * share)) });

/** The input with one device's reading another. */
function withDevice(
  input: AuditInput,
  at: number,
  change: (snapshot: DeviceSnapshot) => DeviceSnapshot,
): AuditInput {
  const i = at % input.devices.length;
  const snapshot = input.devices[i];
  if (!snapshot) throw new Error('no device');
  return { ...input, devices: input.devices.with(i, change(snapshot)) };
}

describe('the audit against an oracle', () => {
  it(
    `says of every prefix at every switch what the oracle says, in ${runs} fabrics`,
    () => {
      const said = new Map<string, number>();
      fc.assert(
        fc.property(scenes, (scene) => {
          const tables = tablesOf(scene.world);
          const verdicts = verdictsOf(inputOf(scene, tables));
          for (const { name, role } of scene.world.speakers) {
            if (role === 'node') continue;
            for (const [prefix, table] of tables) {
              const verdict = verdicts.get(`${name} ${prefix}`) ?? 'none';
              const right = answers(scene.world, scene.looks[name] ?? plain, name, prefix, table);
              said.set(verdict, (said.get(verdict) ?? 0) + 1);
              if (!right.includes(verdict))
                throw new Error(`${prefix} at ${name}: ${verdict}, should be ${right}`);
            }
          }
        }),
        holdsFor(1),
      );
      console.log(`oracle: ${[...said].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
      // The scenes are worth something: each verdict comes up.
      expect([...said.keys()].sort()).toEqual([
        'covered',
        'default-only',
        'missing',
        'present',
        'stale',
        'unknown',
      ]);
    },
    minutes,
  );

  const start = (shape: Parameters<typeof fabricOf>[0]): Scene => ({ world: fabricOf(shape), looks: {} });

  it(
    'finds nothing in a fabric without a fault',
    () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const { findings, summary } = audit(inputOf(start(shape)));
          expect(findings).toEqual([]);
          expect(summary).toMatchObject({ missing: 0, unknown: 0, sessionsDown: 0 });
        }),
        holdsFor(0.02),
      );
    },
    minutes,
  );

  // What each fault may be called, from what it does (model/catalogue).
  const explains: Readonly<Record<Fault['kind'], readonly string[]>> = {
    link: ['session-down', 'graceful-restart'],
    out: ['not-exported', 'not-received'],
    in: ['rejected-by-switch-policy', 'not-received'],
    withdrawn: ['not-configured-on-node'],
    asn: ['as-path-loop', 'rr-misconfigured', 'not-exported', 'not-received'],
    'no-reflection': ['rr-misconfigured'],
    uninstalled: ['not-installed'],
    blackholed: ['lost-best-path'],
    unusable: ['next-hop-unreachable'],
  };

  it(
    'gives a missing route a cause that the one fault explains',
    () => {
      const right = new Map<string, number>();
      fc.assert(
        fc.property(shapes, faults, (shape, fault) => {
          const { findings } = audit(inputOf(withFault(start(shape), fault)));
          for (const { check, detail, cause = 'none' } of findings) {
            if (check !== 'route-missing') continue;
            right.set(`${fault.kind}: ${cause}`, (right.get(`${fault.kind}: ${cause}`) ?? 0) + 1);
            if (!explains[fault.kind].includes(cause))
              throw new Error(`${fault.kind} is called ${cause}: ${detail}`);
          }
        }),
        holdsFor(0.1),
      );
      console.log(`oracle: causes ${[...right].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
      expect(new Set([...right.keys()].map((key) => key.split(':')[0])).size).toBeGreaterThan(6);
    },
    minutes,
  );
});

describe('any audit', () => {
  const some = holdsFor(0.04);

  it(
    'misses nothing more for a path that is added',
    () => {
      fc.assert(
        fc.property(scenes, fc.nat(63), fc.nat(63), (scene, x, y) => {
          const before = inputOf(scene);
          const all = Object.keys(scene.world.origins);
          const prefix = parsePrefix(all[y % all.length] ?? '');
          const after = withDevice(before, x, (snapshot) => {
            if (!snapshot.routes.ok) return snapshot;
            const value = snapshot.routes.value.map((view) => {
              const path = {
                prefix,
                nextHops: [{ address: '192.0.2.99' }],
                protocol: 'bgp' as const,
                best: true,
                vrf: 'default',
              };
              return { ...view, table: RouteTable.of([...view.table.rows(), path]) };
            });
            return { ...snapshot, routes: success(snapshot.routes.at, value) };
          });
          const was = verdictsOf(before);
          for (const key of lost(verdictsOf(after))) expect(isLost(was.get(key)), key).toBe(true);
        }),
        some,
      );
    },
    minutes,
  );

  it(
    'misses nothing for a reading that fails; that device alone becomes unknown',
    () => {
      fc.assert(
        fc.property(scenes, fc.nat(63), (scene, x) => {
          const before = inputOf(scene);
          const name = before.devices[x % before.devices.length]?.device.name;
          const failed = failure<never>(now, 'timeout', 'no answer');
          const was = verdictsOf(before);
          const is = verdictsOf(
            withDevice(before, x, (snapshot) => ({ ...snapshot, sessions: failed, routes: failed })),
          );
          for (const [key, verdict] of is)
            expect(verdict, key).toBe(key.startsWith(`${name} `) ? 'unknown' : was.get(key));
        }),
        some,
      );
    },
    minutes,
  );

  it(
    'says the same of a fabric whose devices have other names and come in another order',
    () => {
      fc.assert(
        fc.property(scenes, (scene) => {
          const rename = (name: string) => `z${[...name].reverse().join('')}`;
          const record = <T>(from: Readonly<Record<string, T>>) =>
            Object.fromEntries(Object.entries(from).map(([name, value]) => [rename(name), value]));
          const { speakers, links, origins, withdrawn } = scene.world;
          const tables = tablesOf(scene.world);
          const before = inputOf(scene, tables);
          // Only names change: addresses go by the place of a speaker, and tie-breaks of BGP by names, so the tables stay.
          const world = {
            speakers: speakers.map((speaker) => ({ ...speaker, name: rename(speaker.name) })),
            links: links.map((link) => ({
              ...link,
              a: rename(link.a),
              b: rename(link.b),
              out: record(link.out),
              in: record(link.in),
              keep: link.keep.map(rename),
              ...(link.client === undefined ? {} : { client: rename(link.client) }),
            })),
            origins: Object.fromEntries(
              Object.entries(origins).map(([prefix, nodes]) => [prefix, nodes.map(rename)]),
            ),
            withdrawn: withdrawn.map((entry) => entry.replace(/^\S+/, rename)),
          };
          const moved = new Map(
            [...tables].map(([prefix, table]) => [
              prefix,
              new Map(
                [...table].map(([name, paths]) => [
                  rename(name),
                  paths.map((path) => ({
                    ...path,
                    hop: rename(path.hop),
                    from: path.from === undefined ? undefined : rename(path.from),
                  })),
                ]),
              ),
            ]),
          );
          const after = inputOf({ world, looks: record(scene.looks) }, moved);
          const shuffled = { ...after, devices: after.devices.toReversed() };
          const was = new Map(
            [...verdictsOf(before)].map(([key, verdict]) => [key.replace(/^\S+/, rename), verdict]),
          );
          expect(new Map([...verdictsOf(shuffled)].sort())).toEqual(new Map([...was].sort()));
        }),
        some,
      );
    },
    minutes,
  );

  it(
    'misses the same beside a route that has nothing to do with it',
    () => {
      fc.assert(
        fc.property(scenes, fc.nat(63), (scene, x) => {
          const before = inputOf(scene);
          const other = {
            prefix: parsePrefix('10.1.250.7/32'),
            nextHops: [],
            protocol: 'static' as const,
            best: true,
            vrf: 'default',
          };
          const after = withDevice(before, x, (snapshot) => {
            if (!snapshot.routes.ok) return snapshot;
            const value = snapshot.routes.value.map((view) => ({
              ...view,
              table: RouteTable.of([other, ...view.table.rows()]),
            }));
            return { ...snapshot, routes: success(snapshot.routes.at, value) };
          });
          expect(lost(verdictsOf(after))).toEqual(lost(verdictsOf(before)));
        }),
        some,
      );
    },
    minutes,
  );
});
