// What is wrong with where a prefix leads that is there: elsewhere, or to fewer than announce it. Width is judged against paths that
// are equal in their AS path: others do not share traffic.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Grounded } from './confirm.ts';
import type { Context } from './context.ts';
import { hopAddresses, judgeHop } from './next-hops.ts';
import { asNumbers, type OfferedHop, type Offers } from './offers.ts';
import { unusedUplinks } from './uplinks.ts';

export interface Fault {
  readonly cause: CauseId;
  readonly clause: string;
  /** What it was concluded from besides the device's own tables: the devices that it leads to, and those that send it. */
  readonly grounds: Grounded;
}

type Conclusion = Omit<Fault, 'grounds'>;

const named = (context: Context, addresses: readonly string[]) =>
  addresses
    .map((address) => {
      const device = context.deviceByAddress.get(address);
      return device === undefined ? address : `${device} (${address})`;
    })
    .join(', ');

/** Offers that would share traffic with the installed path: the shortest AS path, and of those the same one. */
function equalOffers(offers: readonly OfferedHop[], hops: readonly string[]): readonly OfferedHop[] {
  const length = ({ asPath }: OfferedHop) => asPath.split(' ').filter((word) => word !== '').length;
  const shortest = Math.min(...offers.map(length));
  const best = offers.filter((offer) => length(offer) === shortest);
  const inUse = best.find(({ address }) => hops.includes(address)) ?? best[0];
  return best.filter(({ asPath }) => asPath === inUse?.asPath);
}

/** The owner's own path is among those that are not used, and none that is leads to an owner. */
function detour(
  context: Context,
  device: string,
  { origins }: ExpectedPrefix,
  hops: readonly string[],
  missing: readonly string[],
): Conclusion | undefined {
  const owners = (addresses: readonly string[]) =>
    addresses.filter((address) => origins.includes(context.deviceByAddress.get(address) ?? ''));
  if (owners(missing).length === 0 || owners(hops).length > 0) return undefined;
  const winner = `by way of ${named(context, hops)}, not straight to ${named(context, owners(missing))}`;
  return { cause: 'lost-best-path', clause: clauseOf('lost-best-path', { device, winner }) };
}

function thin(
  context: Context,
  device: string,
  expected: ExpectedPrefix,
  rows: readonly string[],
  offers: readonly OfferedHop[],
): Conclusion | undefined {
  const wanted = [...new Set(equalOffers(offers, rows).map(({ address }) => address))];
  const missing = wanted.filter((address) => !rows.includes(address));
  if (missing.length === 0 || missing.length === wanted.length) return undefined;
  const round = detour(context, device, expected, rows, missing);
  if (round) return round;
  const values = {
    count: wanted.length - missing.length,
    total: wanted.length,
    whom: 'nodes that announce it',
    missing: `: not to ${named(context, missing)}`,
  };
  return { cause: 'thin-ecmp', clause: clauseOf('thin-ecmp', values) };
}

function wrong(
  context: Context,
  device: string,
  verdict: RouteVerdict,
  hops: readonly string[],
  offers: readonly OfferedHop[] | undefined,
): Conclusion | undefined {
  const bad = hops.filter((hop) => judgeHop(context, device, verdict.expected, hop) === 'wrong');
  const offered = (offers ?? []).map(({ address }) => address);
  const owners = verdict.expected.origins.join(', ');
  if (bad.some((hop) => !offered.includes(hop))) {
    const off = bad.filter((hop) => !offered.includes(hop));
    const wanted = offered.length > 0 ? named(context, offered) : `the way to ${owners}`;
    return {
      cause: 'wrong-next-hop',
      clause: clauseOf('wrong-next-hop', { hops: named(context, off), wanted }),
    };
  }
  // One AS and no more: a path by further ones is a longer way, which BGP rightly does not take.
  const direct = (offers ?? []).filter(({ asPath }) => new Set(asNumbers(asPath)).size <= 1);
  if (direct.length === 0 || hops.some((hop) => offered.includes(hop))) return undefined;
  // A node offers it directly, and the device goes round by others, or to an address that nobody is known to have.
  const elsewhere = hops.every((hop) => {
    const next = context.deviceByAddress.get(hop);
    return next === undefined || context.switches.has(next);
  });
  if (!elsewhere) return undefined;
  const values = {
    hops: named(context, hops),
    wanted: named(context, [...new Set(direct.map(({ address }) => address))]),
  };
  return { cause: 'wrong-next-hop', clause: clauseOf('wrong-next-hop', values) };
}

/** What is wrong with the next hops of a prefix that is present, if anything; `allHops`: the source shows every one. */
export function faultAt(
  context: Context,
  { device: { name } }: DeviceSnapshot,
  verdict: RouteVerdict,
  offered: Offers | undefined,
  allHops: boolean,
): Fault | undefined {
  const { evidence, expected } = verdict;
  const hops = hopAddresses(evidence);
  if (hops.length === 0 || evidence.some(({ prefix }) => prefix.length !== expected.prefix.length))
    return undefined;
  const offers = offered?.of(expected.prefix);
  const few = () =>
    allHops && offers && offers.length > 0 ? thin(context, name, expected, hops, offers) : undefined;
  const fault = wrong(context, name, verdict, hops, offers) ?? few();
  if (fault) return { ...fault, grounds: { devices: concerned(context, hops, offers) } };
  return allHops ? thinUplinks(context, name, verdict, hops) : undefined;
}

/** Devices that these next hops lead to, and nodes that offer others. */
function concerned(
  context: Context,
  hops: readonly string[],
  offers: readonly OfferedHop[] = [],
): readonly string[] {
  const led = hops.flatMap((address) => context.deviceByAddress.get(address) ?? []);
  return [...new Set([...led, ...offers.map(({ sender }) => sender)])];
}

/** Neighbouring switches that have as good a way and are not used. */
function thinUplinks(
  context: Context,
  device: string,
  { expected, evidence }: RouteVerdict,
  hops: readonly string[],
): Fault | undefined {
  const missing = unusedUplinks(context, device, expected, evidence);
  if (missing.length === 0) return undefined;
  const values = {
    count: hops.length,
    total: hops.length + missing.length,
    whom: 'switches that have as good a path',
    missing: `: not to ${named(
      context,
      missing.map(({ address }) => address),
    )}`,
  };
  const grounds = { devices: missing.map(({ name }) => name) };
  return { cause: 'thin-ecmp', clause: clauseOf('thin-ecmp', values), grounds };
}
