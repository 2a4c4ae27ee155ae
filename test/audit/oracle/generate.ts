// Random scenes: a fabric that works, then faults put into it, then how it is looked at. Few parts and lists that shrink, so that
// a difference comes down to the fault that makes it.
import fc from 'fast-check';
import { type Cover, coversOf, type Look, plain } from './looks.ts';
import type { Scene } from './readings.ts';
import type { Link, LinkState, Speaker, World } from './world.ts';

interface Shape {
  readonly leaves: number;
  readonly spines: number;
  readonly nodes: number;
  readonly dual: boolean;
  /** Only reflectors speak with the switches; the nodes of a rack speak with their reflectors. */
  readonly reflectors: boolean;
  readonly dualHomed: boolean;
  readonly keep: boolean;
}

export const shapes: fc.Arbitrary<Shape> = fc.record({
  leaves: fc.integer({ min: 1, max: 2 }),
  spines: fc.integer({ min: 1, max: 2 }),
  nodes: fc.integer({ min: 2, max: 6 }),
  dual: fc.boolean(),
  reflectors: fc.boolean(),
  dualHomed: fc.boolean(),
  keep: fc.boolean(),
});

function linkOf(a: string, b: string, family: 4 | 6, extra: Partial<Link> = {}): Link {
  return { a, b, family, state: 'up', out: {}, in: {}, keep: [], ...extra };
}

/** A fabric in which every prefix is on every switch. */
export function fabricOf(shape: Shape): World {
  const { leaves, spines, nodes, dual, reflectors, dualHomed, keep } = shape;
  const speakers: Speaker[] = [];
  const links: Link[] = [];
  const origins: Record<string, readonly string[]> = {};
  const both = (make: (family: 4 | 6) => Link) => links.push(make(4), ...(dual ? [make(6)] : []));
  for (let s = 0; s < spines; s++) speakers.push({ name: `spine${s}`, role: 'switch', asn: 65100 });
  for (let l = 0; l < leaves; l++) {
    speakers.push({ name: `leaf${l}`, role: 'switch', asn: 65001 + l });
    for (let s = 0; s < spines; s++) both((family) => linkOf(`leaf${l}`, `spine${s}`, family));
  }
  for (let n = 0; n < nodes; n++) {
    const rack = n % leaves;
    const reflects = reflectors && n < leaves;
    speakers.push({
      name: `node${n}`,
      role: 'node',
      asn: 64512 + rack,
      ...(reflects ? { cluster: `10.0.0.${n}` } : {}),
    });
    origins[`10.1.${n}.0/26`] = [`node${n}`];
    if (dual) origins[`fd00:10:0:${n + 1}::/64`] = [`node${n}`];
    if (reflectors && !reflects) {
      both((family) => linkOf(`node${rack}`, `node${n}`, family, { client: `node${n}` }));
      continue;
    }
    const kept = { keep: keep && reflects ? [`node${n}`] : [] };
    both((family) => linkOf(`node${n}`, `leaf${rack}`, family, kept));
    const other = (rack + 1) % leaves;
    if (dualHomed && other !== rack) both((family) => linkOf(`node${n}`, `leaf${other}`, family, kept));
  }
  origins['10.1.255.0/24'] = Array.from({ length: nodes }, (_, n) => `node${n}`);
  return { speakers, links, origins, withdrawn: [] };
}

export const faultKinds = [
  'link',
  'out',
  'in',
  'withdrawn',
  'asn',
  'no-reflection',
  'uninstalled',
  'blackholed',
  'unusable',
] as const;

export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  /** Which link, end, device or prefix: taken modulo how many there are. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const picks = { x: fc.nat(63), y: fc.nat(63), z: fc.nat(63) };
export const faults: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...faultKinds), ...picks });

const pick = <T>(list: readonly T[], i: number): T => {
  const found = list[i % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

const states: readonly LinkState[] = ['down', 'restarting', 'unnoticed'];
const switchesOf = ({ speakers }: World) => speakers.filter(({ role }) => role === 'switch');

function changed(scene: Scene, device: string, part: Partial<Look>): Scene {
  const look = { ...(scene.looks[device] ?? plain), ...part };
  return { ...scene, looks: { ...scene.looks, [device]: look } };
}

/** The scene with one fault more. */
export function withFault(scene: Scene, { kind, x, y, z }: Fault): Scene {
  const { world } = scene;
  const prefix = pick(Object.keys(world.origins), y);
  const at = x % world.links.length;
  const link = pick(world.links, x);
  const end = z % 2 === 0 ? link.a : link.b;
  const relink = (part: Partial<Link>): Scene => ({
    ...scene,
    world: { ...world, links: world.links.with(at, { ...link, ...part }) },
  });
  const respeak = (name: string, part: Partial<Speaker>): Scene => ({
    ...scene,
    world: { ...world, speakers: world.speakers.map((s) => (s.name === name ? { ...s, ...part } : s)) },
  });
  const { name } = pick(switchesOf(world), x);
  const look = scene.looks[name] ?? plain;
  if (kind === 'link') return relink({ state: pick(states, y) });
  if (kind === 'out') return relink({ out: { ...link.out, [end]: [...(link.out[end] ?? []), prefix] } });
  if (kind === 'in') return relink({ in: { ...link.in, [end]: [...(link.in[end] ?? []), prefix] } });
  if (kind === 'withdrawn') {
    const node = pick(world.origins[prefix] ?? [], z);
    return { ...scene, world: { ...world, withdrawn: [...world.withdrawn, `${node} ${prefix}`] } };
  }
  if (kind === 'asn') return respeak(pick(world.speakers, x).name, { asn: pick(world.speakers, y).asn });
  if (kind === 'no-reflection') {
    const speaker = pick(world.speakers, x);
    const { cluster: _, ...rest } = speaker;
    return { ...scene, world: { ...world, speakers: world.speakers.map((s) => (s === speaker ? rest : s)) } };
  }
  return changed(scene, name, { [kind]: [...look[kind], prefix] });
}

const lookKinds = ['reading', 'sessions', 'layers', 'shows', 'cut', 'unasked', 'cover', 'suffices'] as const;

const lookings = fc.record({ kind: fc.constantFrom(...lookKinds), ...picks });
const readings: readonly Look['reading'][] = ['last', 'failed', 'old', 'future'];
const coverKinds: readonly Cover['kind'][] = ['usable', 'discard', 'unusable'];

function lookedAt(
  scene: Scene,
  { kind, x, y, z }: typeof lookings extends fc.Arbitrary<infer T> ? T : never,
): Scene {
  const { world } = scene;
  const all = Object.keys(world.origins);
  const prefix = pick(all, y);
  const { name } = pick(kind === 'reading' ? world.speakers : switchesOf(world), x);
  const look = scene.looks[name] ?? plain;
  if (kind === 'reading') return changed(scene, name, { reading: pick(readings, y) });
  if (kind === 'sessions') return changed(scene, name, { sessionsRead: false });
  if (kind === 'layers') return changed(scene, name, { layers: pick(['installed', 'bgp'] as const, y) });
  if (kind === 'shows') return changed(scene, name, { shows: pick(['flag', 'hop'] as const, y) });
  if (kind === 'cut')
    return changed(scene, name, { cut: all.filter((_, i) => ((z + 64 * y) >> (i % 12)) % 2 === 1) });
  if (kind === 'unasked') return changed(scene, name, { unasked: [...look.unasked, prefix] });
  if (kind === 'suffices') return changed(scene, name, { coverSuffices: [...look.coverSuffices, prefix] });
  const cover = { prefix: pick(coversOf(prefix), z), kind: pick(coverKinds, z >> 1) };
  const others = look.covers.filter((each) => each.prefix !== cover.prefix);
  return changed(scene, name, { covers: [...others, cover] });
}

/** Fabrics with up to four faults, looked at in up to four poor ways. */
export const scenes: fc.Arbitrary<Scene> = fc
  .tuple(shapes, fc.array(faults, { maxLength: 4 }), fc.array(lookings, { maxLength: 4 }))
  .map(([shape, broken, looks]) => {
    const start: Scene = { world: fabricOf(shape), looks: {} };
    return looks.reduce(lookedAt, broken.reduce(withFault, start));
  });
