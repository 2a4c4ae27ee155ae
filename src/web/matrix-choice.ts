// The part of the matrix that a URL of the page asks for. A value that cannot be read is said, and then nothing is shown: another
// answer would look like one to the question.
import { PrefixError, parsePrefixOrHost } from '../model/prefix.ts';
import { routeChoices } from './api-choices.ts';
import { onceOnly, parseParameters, QueryError, whole } from './api-query.ts';
import type { MatrixRequest } from './page-matrix.ts';

const names = ['only', 'kind', 'node', 'device', 'prefix'] as const;
const choices = { only: ['faulty'], kind: routeChoices.kind ?? [] };

/** Reads the part of a URL behind `?`; a form sends its empty fields too. */
export function matrixRequest(search: string): MatrixRequest {
  const filled = new URLSearchParams(
    [...new URLSearchParams(search)]
      .map(([name, value]): [string, string] => [name, value.trim()])
      .filter(([, value]) => value !== ''),
  );
  const words = names.flatMap((name) => {
    const value = filled.get(name);
    return value === null ? [] : [[name, value.slice(0, 253)] as const];
  });
  const asked = Object.fromEntries(words);
  try {
    const given = parseParameters(filled.toString(), [...names, 'offset'], choices);
    for (const name of names) onceOnly(given, name);
    if (asked.prefix !== undefined) parsePrefixOrHost(asked.prefix);
    return { choice: { ...asked, offset: whole(given, 'offset', 0, 999_999_999) } };
  } catch (error) {
    if (!(error instanceof QueryError || error instanceof PrefixError)) throw error;
    return { choice: { ...asked, offset: 0 }, refused: error.message };
  }
}
