// BGP routes that H3C Comware and Huawei VRP show as pairs of `key : value`: the IPv6 table (`Network : …  PrefixLen : 64`)
// and one prefix with all its paths (`BGP routing table information of 10.0.0.0/24:`).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { Line } from './cli-capture.ts';
import { distinguished, flagsOf, leftOut } from './vrp-like-bgp.ts';
import { asPathOf, type Context, type Found, pairsOf, vrfName } from './vrp-like-context.ts';

const network = /^([ *>^a-zA-Z]*?)\s*Network\s*:\s*(\S+)\s+PrefixLen\s*:\s*(\d+)/;
const onePrefix = /BGP routing table (?:entry )?information of ([0-9a-fA-F.:]+\/\d+)/i;

/** True for lines that hold an IPv6 table. */
export function hasBgpPairs(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => network.test(text));
}

/** True for lines that hold one prefix with its paths. */
export function hasBgpPrefix(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => onePrefix.test(text));
}

const instanceOf = (text: string) => /^\s*VPN[- ]?instance\s*:?\s*([^,]+?)\s*(?:,.*)?$/i.exec(text)?.[1];

interface Path {
  readonly prefix: Prefix;
  readonly status: string;
  readonly pairs: Map<string, string>;
  readonly line: number;
  readonly vrf: string;
}

function addPath({ prefix, status, pairs, line, vrf }: Path, context: Context, found: Found): void {
  const address = canonicalAddress(pairs.get('nexthop') ?? '');
  const path = pairs.get('path/ogn');
  if (address === undefined || path === undefined) {
    throw new ParseError(context.command, 'a route without next hop or path: the capture may be cut', line);
  }
  const localPref = pairs.get('locprf') ?? '';
  const { adjacent } = context;
  found.routes.push({
    layer: adjacent?.layer ?? 'bgp',
    ...(adjacent?.peer !== undefined && { peer: adjacent.peer }),
    row: {
      prefix,
      nextHops: [{ address }],
      protocol: 'bgp',
      ...flagsOf(status),
      vrf,
      asPath: asPathOf(path),
      ...(/^\d+$/.test(localPref) && { localPref: Number(localPref) }),
    },
  });
}

/** Adds the routes of the IPv6 tables in these lines. Throws ParseError when one lacks what each has. */
export function readBgpPairs(lines: readonly Line[], context: Context, found: Found): void {
  let path: Path | undefined;
  let vrf = context.vrf;
  let total: { routes: number; line: number } | undefined;
  let rows = 0;
  // Inside routes of a route distinguisher: VPN paths of no VRF's table.
  let skipped = false;
  const end = () => {
    if (!path) return;
    if (!skipped) addPath(path, context, found);
    path = undefined;
    rows++;
  };
  const endTotal = () => {
    end();
    if (total && rows < total.routes) {
      const message = `${rows} routes were read of ${total.routes}: rows are missing`;
      found.missing.push({ message, line: total.line });
    }
    rows = 0;
  };
  const readScope = (text: string, line: number) => {
    const instance = instanceOf(text);
    const skips = distinguished.test(text);
    if (instance === undefined && !skips) return;
    end();
    if (skips && !skipped) found.notes.push(leftOut(line));
    if (instance !== undefined) vrf = vrfName(instance);
    skipped = skips;
  };
  for (const { text, number } of lines) {
    const count = /^\s*Total number of routes\s*:\s*(\d+)/i.exec(text)?.[1];
    if (count !== undefined) {
      endTotal();
      total = { routes: Number(count), line: number };
      continue;
    }
    readScope(text, number);
    const start = network.exec(text);
    const prefix = start && tryParsePrefix(`${start[2]}/${start[3]}`);
    if (start && !prefix) throw new ParseError(context.command, 'not a network', number);
    // A further path shows its marks alone, or in front of its next hop.
    const further = /^([ *>^a-zA-Z]*?[*>][ *>^a-zA-Z]*?)(?:\s*Next\s?Hop\s*:.*)?$/.exec(text);
    if (start && prefix) {
      end();
      path = { prefix, status: start[1] ?? '', pairs: new Map(), line: number, vrf };
    } else if (path && further) {
      const { prefix: same } = path;
      end();
      path = { prefix: same, status: further[1] ?? '', pairs: new Map(), line: number, vrf };
    }
    if (!path || start) continue;
    for (const [key, value] of pairsOf(text.replace(/^[ *>^]*/, ''))) path.pairs.set(key, value);
  }
  endTotal();
}

interface Detail {
  readonly prefix: Prefix;
  readonly line: number;
  text: string[];
}

/** One path of a prefix: Comware gives each attribute a line, VRP puts most of them behind `AS-path`. */
function addDetail({ prefix, line, text }: Detail, vrf: string, context: Context, found: Found): void {
  const value = (pattern: RegExp) =>
    text.map((row) => pattern.exec(row)?.[1]).find((word) => word !== undefined);
  const address = canonicalAddress(value(/^\s*Original nexthop\s*:\s*(\S+)/i) ?? '');
  const path = value(/^\s*AS-path\s*:?\s+([^,]*)/i);
  const state = value(/^\s*State\s*:\s*(.*)$/i) ?? value(/^\s*AS-path\s.*?,(.*)$/i);
  if (address === undefined || path === undefined || state === undefined) {
    throw new ParseError(context.command, 'a path without next hop or state: the capture may be cut', line);
  }
  const flags = state.split(',').map((word) => word.trim());
  const attributes = text.join(', ');
  const localPref = /\blocal-?pref(?:erence)?\s*:?\s+(\d+)/i.exec(attributes)?.[1];
  const from = canonicalAddress(value(/^\s*From\s*:\s*([^\s%(]+)/i) ?? '');
  found.routes.push({
    layer: 'bgp',
    row: {
      prefix,
      nextHops: [{ address }],
      protocol: 'bgp',
      best: flags.includes('best'),
      ...(flags.includes('stale') && { stale: true }),
      ...(!flags.includes('valid') && { unusable: true }),
      vrf,
      asPath: asPathOf(path.trim()),
      ...(from !== undefined && { from }),
      ...(localPref !== undefined && { localPref: Number(localPref) }),
    },
  });
}

/** Adds the paths of single prefixes in these lines. Throws ParseError when a path lacks what each has. */
export function readBgpPrefix(lines: readonly Line[], context: Context, found: Found): void {
  let detail: Detail | undefined;
  let vrf = context.vrf;
  let available: { paths: number; line: number } | undefined;
  let rows = 0;
  const hasHop = () => detail?.text.some((text) => /^\s*(?:Original|Rely) nexthop/i.test(text)) ?? false;
  const end = () => {
    if (detail && hasHop()) {
      addDetail(detail, vrf, context, found);
      rows++;
    }
  };
  const endPrefix = () => {
    end();
    detail = undefined;
    if (available && rows < available.paths) {
      const message = `${rows} paths were read of ${available.paths}: paths are missing`;
      found.missing.push({ message, line: available.line });
    }
    rows = 0;
  };
  for (const { text, number } of lines) {
    const paths = /^\s*Paths\s*:\s*(\d+) available/i.exec(text)?.[1];
    if (paths !== undefined) {
      endPrefix();
      available = { paths: Number(paths), line: number };
    }
    vrf = vrfName(instanceOf(text) ?? vrf);
    const prefix = tryParsePrefix(onePrefix.exec(text)?.[1] ?? '');
    const starts = /^\s*(?:From\s*:|(?:network|imported|aggregated|local)\w* route)/i.test(text) && hasHop();
    if (prefix || (detail && starts)) {
      end();
      const same = prefix ?? detail?.prefix;
      if (same) detail = { prefix: same, line: number, text: [] };
    }
    detail?.text.push(text);
  }
  endPrefix();
}
