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
  /** Values of the filters that were given; of a filter given several times, any may match. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
}

export const defaultLimit = 500;
export const maxLimit = 5000;

function whole(parameters: URLSearchParams, name: string, fallback: number, most: number): number {
  const values = parameters.getAll(name);
  const [value] = values;
  if (value === undefined) return fallback;
  if (values.length > 1 || !/^\d{1,9}$/.test(value)) {
    throw new QueryError(`${name} must be one whole number, not "${values.join('" and "').slice(0, 80)}"`);
  }
  return Math.min(Number(value), most);
}

/**
 * Reads the part of a URL behind `?`. `choices` are the values of filters that have a fixed few. Throws QueryError. A limit
 * above the largest counts as the largest.
 */
export function parseQuery(search: string, known: readonly string[], choices: Choices = {}): Query {
  const parameters = new URLSearchParams(search);
  const filters = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    if (name === 'limit' || name === 'offset') continue;
    if (!known.includes(name)) {
      const list = [...known, 'limit', 'offset'].join(', ');
      throw new QueryError(`unknown parameter "${name.slice(0, 80)}"; known here: ${list}`);
    }
    const possible = choices[name];
    if (possible && !possible.includes(value)) {
      throw new QueryError(`${name} must be one of ${possible.join(', ')}, not "${value.slice(0, 80)}"`);
    }
    const values = filters.get(name);
    if (values) values.push(value);
    else filters.set(name, [value]);
  }
  return {
    filters,
    offset: whole(parameters, 'offset', 0, 999_999_999),
    limit: whole(parameters, 'limit', defaultLimit, maxLimit),
  };
}

/** True when the filter was not given, or one of its values is among the item's. */
export function matches(query: Query, name: string, ...values: readonly (string | undefined)[]): boolean {
  const wanted = query.filters.get(name);
  return wanted === undefined || wanted.some((value) => values.includes(value));
}

/** One page of a list, with the length of the whole. */
export function pageOf<T, R>(items: readonly T[], { offset, limit }: Page, show: (item: T) => R) {
  return { total: items.length, offset, limit, items: items.slice(offset, offset + limit).map(show) };
}
