// Query parameters of the API: each endpoint names the filters that it knows; anything else is refused, because a
// mistyped filter that is ignored answers another question than the one that was asked.
import type { Choices } from './api-choices.ts';

export class QueryError extends Error {
  override name = 'QueryError';
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Query extends Page {
  /** Only what this shard knows: asked by another shard, or by who wants no more. */
  readonly ownOnly: boolean;
  /** Values of the filters that were given; of a filter given several times, any may match. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
}

export const defaultLimit = 500;
export const maxLimit = 5000;

/** A whole number among the parameters. Throws QueryError. */
export function whole(
  given: ReadonlyMap<string, readonly string[]>,
  name: string,
  fallback: number,
  most: number,
): number {
  const values = given.get(name) ?? [];
  const [value] = values;
  if (value === undefined) return fallback;
  if (values.length > 1 || !/^\d{1,9}$/.test(value)) {
    throw new QueryError(`${name} must be one whole number, not "${values.join('" and "').slice(0, 80)}"`);
  }
  return Math.min(Number(value), most);
}

const paging = ['limit', 'offset'];
/** Values of `shard`. */
export const shardChoices = { shard: ['own'] };
const notFilters = [...paging, 'shard'];

/**
 * The values of each parameter in the part of a URL behind `?`. `choices` are the values of those that have a fixed few.
 * Throws QueryError for one that is not known.
 */
export function parseParameters(
  search: string,
  known: readonly string[],
  choices: Choices = {},
): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!known.includes(name))
      throw new QueryError(`unknown parameter "${name.slice(0, 80)}"; known here: ${known.join(', ')}`);
    const possible = choices[name];
    if (possible && !possible.includes(value)) {
      throw new QueryError(`${name} must be one of ${possible.join(', ')}, not "${value.slice(0, 80)}"`);
    }
    const values = given.get(name);
    if (values) values.push(value);
    else given.set(name, [value]);
  }
  return given;
}

/** The value of a parameter that makes no sense twice. Throws QueryError. */
export function onceOnly(given: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  const values = given.get(name);
  if (values && values.length > 1) throw new QueryError(`${name} may be given once`);
  return values?.[0];
}

/** What a list is asked for. Throws QueryError. A limit above the largest counts as the largest. */
export function parseQuery(search: string, filters: readonly string[], choices: Choices = {}): Query {
  const given = parseParameters(search, [...filters, ...notFilters], { ...choices, ...shardChoices });
  return {
    filters: new Map([...given].filter(([name]) => !notFilters.includes(name))),
    ownOnly: given.has('shard'),
    offset: whole(given, 'offset', 0, 999_999_999),
    limit: whole(given, 'limit', defaultLimit, maxLimit),
  };
}

/** True when the filter was not given, or one of its values is among the item's. */
export function matches(query: Query, name: string, ...values: readonly (string | undefined)[]): boolean {
  const wanted = query.filters.get(name);
  return wanted === undefined || wanted.some((value) => values.includes(value));
}

/** One page of a list, with the length of the whole. Of a list that is made while it is gone through only the page is kept. */
export function pageOf<T, R>(items: Iterable<T>, { offset, limit }: Page, show: (item: T) => R) {
  const page: T[] = [];
  let total = 0;
  for (const item of items) {
    if (total >= offset && page.length < limit) page.push(item);
    total++;
  }
  return { total, offset, limit, items: page.map(show) };
}
