// Routes as columns, not objects: 1M routes take 12-30 MB instead of 285 MB, because addresses are typed arrays and
// the few distinct next-hop sets and attribute sets are stored once. Build, then read: a table is never changed.
import { type Prefix, prefixOf } from './prefix.ts';
import { firstIpv6, type PrefixColumns, PrefixIndex } from './prefix-index.ts';
import { AttributeSets, type Attributes, HopSets } from './route-sets.ts';

export type RouteProtocol =
  | 'bgp'
  | 'static'
  | 'connected'
  | 'local'
  | 'kernel'
  | 'ospf'
  | 'isis'
  | 'rip'
  | 'aggregate'
  | 'other';

/** Where a route points: an address, an interface, or both. */
export interface NextHop {
  readonly address?: string;
  readonly interface?: string;
}

/** One route (one path) of one table. */
export interface RouteRow {
  readonly prefix: Prefix;
  /** Empty for a route without one: blackhole, or not shown by the source. */
  readonly nextHops: readonly NextHop[];
  readonly protocol: RouteProtocol;
  /** The path the device uses (BGP best, or in the routing table: installed). */
  readonly best: boolean;
  readonly vrf: string;
  /** Kept for a peer that is away (graceful restart): not proof that the route still exists. */
  readonly stale?: boolean;
  /** Next hop cannot be resolved or route is not usable. */
  readonly unusable?: boolean;
  /** Discards what it matches: blackhole, unreachable, prohibit. */
  readonly discard?: boolean;
  /** AS numbers, nearest first, blank between them. */
  readonly asPath?: string;
  /** Peer address the path came from. */
  readonly from?: string;
  readonly communities?: string;
  readonly localPref?: number;
}

/** What rows share beside prefix and next hops. */
export type RouteAttributes = Attributes;

interface Columns extends PrefixColumns {
  readonly hops: Uint32Array;
  readonly attributes: Uint32Array;
  readonly hopSets: readonly (readonly NextHop[])[];
  readonly attributeSets: readonly RouteAttributes[];
}

function grow<A extends Uint32Array | Uint8Array>(array: A, size: number): A {
  if (size <= array.length) return array;
  const grown = new (array.constructor as new (n: number) => A)(Math.max(16, array.length * 2, size));
  grown.set(array);
  return grown;
}

/** Collects rows, then `build()`s the table. */
export class RouteTableBuilder {
  #size = 0;
  #a = new Uint32Array(16);
  #rest: Uint32Array | undefined;
  #length = new Uint8Array(16);
  #hops = new Uint32Array(16);
  #attributes = new Uint32Array(16);
  readonly #hopSets = new HopSets();
  readonly #attributeSets = new AttributeSets();

  get size(): number {
    return this.#size;
  }

  add(row: RouteRow): void {
    const { prefix, nextHops } = row;
    const i = this.#size++;
    this.#a = grow(this.#a, i + 1);
    this.#length = grow(this.#length, i + 1);
    this.#hops = grow(this.#hops, i + 1);
    this.#attributes = grow(this.#attributes, i + 1);
    this.#a[i] = prefix.a;
    this.#length[i] = prefix.family === 4 ? prefix.length : firstIpv6 + prefix.length;
    if (prefix.family === 6) {
      this.#rest = grow(this.#rest ?? new Uint32Array(this.#a.length * 3), this.#a.length * 3);
      this.#rest.set([prefix.b, prefix.c, prefix.d], i * 3);
    }
    this.#hops[i] = this.#hopSets.add(nextHops);
    this.#attributes[i] = this.#attributeSets.add(row);
  }

  /** Adds the rows of a table. */
  addAll(table: RouteTable): void {
    const { size, a, rest, length, hops, attributes, hopSets, attributeSets } = table.columns;
    const hopsAt = hopSets.map((set) => this.#hopSets.add(set));
    const attributesAt = attributeSets.map((set) => this.#attributeSets.add(set));
    const from = this.#size;
    this.#size += size;
    this.#a = grow(this.#a, this.#size);
    this.#length = grow(this.#length, this.#size);
    this.#hops = grow(this.#hops, this.#size);
    this.#attributes = grow(this.#attributes, this.#size);
    this.#a.set(a, from);
    this.#length.set(length, from);
    if (rest) {
      this.#rest = grow(this.#rest ?? new Uint32Array(0), this.#a.length * 3);
      this.#rest.set(rest.subarray(0, size * 3), from * 3);
    }
    for (let i = 0; i < size; i++) {
      this.#hops[from + i] = hopsAt[hops[i] ?? 0] ?? 0;
      this.#attributes[from + i] = attributesAt[attributes[i] ?? 0] ?? 0;
    }
  }

  /** The table; `vrf` is that of all rows, where it became known behind them. */
  build(vrf?: string): RouteTable {
    const sets = this.#attributeSets.values;
    return new RouteTable({
      size: this.#size,
      a: this.#a.slice(0, this.#size),
      rest: this.#rest && grow(this.#rest, this.#size * 3).slice(0, this.#size * 3),
      length: this.#length.slice(0, this.#size),
      hops: this.#hops.slice(0, this.#size),
      attributes: this.#attributes.slice(0, this.#size),
      hopSets: this.#hopSets.values,
      attributeSets: vrf === undefined ? sets : sets.map((set) => ({ ...set, vrf })),
    });
  }
}

/** An unchanging set of routes with exact and covering look-up. */
export class RouteTable {
  readonly #columns: Columns;
  #index: PrefixIndex | undefined;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  static of(rows: Iterable<RouteRow>): RouteTable {
    const builder = new RouteTableBuilder();
    for (const row of rows) builder.add(row);
    return builder.build();
  }

  /** The same routes as those of this VRF. */
  inVrf(vrf: string): RouteTable {
    const { attributeSets } = this.#columns;
    return new RouteTable({ ...this.#columns, attributeSets: attributeSets.map((set) => ({ ...set, vrf })) });
  }

  get size(): number {
    return this.#columns.size;
  }

  /** Row i leads to hopSets[hops[i]] and has attributeSets[attributes[i]]. */
  get columns(): Columns {
    return this.#columns;
  }

  /** Row numbers by prefix. Made on the first look-up only: many tables are merely counted or listed. */
  get index(): PrefixIndex {
    const { size, a, rest, length } = this.#columns;
    this.#index ??= new PrefixIndex({ size, a, rest, length });
    return this.#index;
  }

  /** Takes over the index of a table whose rows have the same prefixes in the same order. */
  indexLike(other: RouteTable): void {
    this.#index ??= other.#index;
  }

  /** How many routes have attributes that pass; each set of attributes is looked at once. */
  count(passes: (attributes: RouteAttributes) => boolean): number {
    const { attributes, attributeSets } = this.#columns;
    const passing = attributeSets.map(passes);
    let count = 0;
    for (const set of attributes) if (passing[set]) count++;
    return count;
  }

  prefixAt(i: number): Prefix {
    const { a, rest, length } = this.#columns;
    const coded = length[i] ?? 0;
    if (coded < firstIpv6) return { family: 4, a: a[i] ?? 0, b: 0, c: 0, d: 0, length: coded };
    const word = (j: number) => rest?.[i * 3 + j] ?? 0;
    return { family: 6, a: a[i] ?? 0, b: word(0), c: word(1), d: word(2), length: coded - firstIpv6 };
  }

  at(i: number): RouteRow {
    const { hops, attributes, hopSets, attributeSets } = this.#columns;
    const rest = attributeSets[attributes[i] ?? 0];
    if (!rest) throw new RangeError(`row ${i} of ${this.size}`);
    return { prefix: this.prefixAt(i), nextHops: hopSets[hops[i] ?? 0] ?? [], ...rest };
  }

  /** Rows of exactly this prefix, in table order. */
  rowsOf(prefix: Prefix): RouteRow[] {
    const rows: RouteRow[] = [];
    const { index } = this;
    for (let i = index.first(prefix); i >= 0; i = index.next(i)) rows.push(this.at(i));
    return rows;
  }

  /** True when a row of this prefix has attributes that pass. Makes no rows. */
  some(prefix: Prefix, passes: (attributes: RouteAttributes) => boolean): boolean {
    const { index } = this;
    const { attributes, attributeSets } = this.#columns;
    for (let i = index.first(prefix); i >= 0; i = index.next(i))
      if (passes(attributeSets[attributes[i] as number] as RouteAttributes)) return true;
    return false;
  }

  has(prefix: Prefix): boolean {
    return this.index.first(prefix) >= 0;
  }

  /** Rows that count of the most specific shorter prefix that contains this one and has any; empty when none does. */
  coveringRows(prefix: Prefix, counts: (row: RouteRow) => boolean = () => true): RouteRow[] {
    for (const length of this.index.lengths(prefix.family)) {
      if (length >= prefix.length) continue;
      const rows = this.rowsOf(prefixOf(prefix, length)).filter(counts);
      if (rows.length > 0) return rows;
    }
    return [];
  }

  *rows(): Generator<RouteRow> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }

  /** Each distinct prefix once, by its last row. */
  *prefixes(): Generator<Prefix> {
    const { index } = this;
    for (let i = 0; i < this.size; i++) if (index.next(i) < 0) yield this.prefixAt(i);
  }
}
