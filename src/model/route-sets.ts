// The distinct next-hop sets and attribute sets of a table of routes, each stored once. Neighbours in a table have mostly the same
// of both, so what was added last is looked at first.
import type { NextHop, RouteRow } from './route-table.ts';

/** What a route has beside its prefix and its next hops. */
export type Attributes = Omit<RouteRow, 'prefix' | 'nextHops'>;

/** Every attribute, in the order of the key. */
const attributeNames = Object.keys({
  protocol: true,
  best: true,
  vrf: true,
  stale: true,
  unusable: true,
  discard: true,
  asPath: true,
  from: true,
  communities: true,
  localPref: true,
} satisfies Record<keyof Attributes, true>) as readonly (keyof Attributes)[];

/** Equal for equal attributes: an empty AS path is not an unknown one. Made for many rows, so it is no JSON. */
export function attributesKey(attributes: Attributes): string {
  let key = '';
  for (const name of attributeNames) key += `${attributes[name] ?? '\0'}\n`;
  return key;
}

function sameAttributes(x: Attributes, y: Attributes): boolean {
  for (const name of attributeNames) if (x[name] !== y[name]) return false;
  return true;
}

/** Equal for equal next hops in the same order. */
export function hopsKey(hops: readonly NextHop[]): string {
  let key = '';
  for (const { address = '', interface: name = '' } of hops) key += `${address}%${name} `;
  return key;
}

const sameHops = (x: readonly NextHop[], y: readonly NextHop[]) =>
  x.length === y.length &&
  x.every(({ address, interface: name }, i) => address === y[i]?.address && name === y[i]?.interface);

/** Attributes of routes, by the order in which they first came. */
export class AttributeSets {
  readonly values: Attributes[] = [];
  readonly #index = new Map<string, number>();
  #last = 0;

  /** The position of these attributes, which may be those of a whole row. */
  add(row: Attributes): number {
    const last = this.values[this.#last];
    if (last && sameAttributes(last, row)) return this.#last;
    const key = attributesKey(row);
    let at = this.#index.get(key);
    if (at === undefined) {
      const { prefix: _, nextHops: __, ...attributes } = row as RouteRow;
      at = this.values.push(attributes) - 1;
      this.#index.set(key, at);
    }
    this.#last = at;
    return at;
  }
}

/** Next hops of routes, by the order in which they first came. */
export class HopSets {
  readonly values: (readonly NextHop[])[] = [];
  readonly #index = new Map<string, number>();
  #last = 0;

  /** The position of this list of next hops. */
  add(hops: readonly NextHop[]): number {
    const last = this.values[this.#last];
    if (last && sameHops(last, hops)) return this.#last;
    const key = hopsKey(hops);
    let at = this.#index.get(key);
    if (at === undefined) {
      at = this.values.push(hops) - 1;
      this.#index.set(key, at);
    }
    this.#last = at;
    return at;
  }
}
