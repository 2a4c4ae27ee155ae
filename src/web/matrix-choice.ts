// The part of the matrix that a URL of the page asks for. A value that cannot be read is refused, as in the API: another
// answer would look like one to the question.
import { PrefixError, parsePrefixOrHost } from '../model/prefix.ts';
import { routeChoices } from './api-choices.ts';
import { parseQuery, QueryError } from './api-query.ts';
import type { MatrixChoice } from './page-matrix.ts';

/** Reads the part of a URL behind `?`; a form sends its empty fields too. Throws QueryError. */
export function matrixChoice(search: string): MatrixChoice {
  const given = new URLSearchParams(search);
  for (const [name, value] of [...given]) if (value.trim() === '') given.delete(name, value);
  const { filters, offset } = parseQuery(`?${given}`, ['only', 'kind', 'node', 'device', 'prefix'], {
    only: ['faulty'],
    kind: routeChoices.kind ?? [],
  });
  const one = (name: string) => {
    const values = filters.get(name);
    if (values && values.length > 1) throw new QueryError(`${name} may be given once`);
    const value = values?.[0]?.trim();
    return value === undefined ? {} : { [name]: value };
  };
  const choice: MatrixChoice = {
    offset,
    ...(filters.has('only') && { only: 'faulty' }),
    ...one('kind'),
    ...one('node'),
    ...one('device'),
    ...one('prefix'),
  };
  try {
    if (choice.prefix !== undefined) parsePrefixOrHost(choice.prefix);
  } catch (error) {
    throw error instanceof PrefixError ? new QueryError(error.message) : error;
  }
  return choice;
}
