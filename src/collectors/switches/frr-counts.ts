// What an answer of FRR says of its own length, held against what is in it: peers of a family (`displayedPeers`), prefixes
// that one neighbour got or sent (`totalPrefixCounter`). What was read of an answer that lacks some goes with the error.
import type { Parsed } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { asNumber, asObject, type JsonObject } from './frr-json.ts';

/** What was read, where nothing is missing; else a ParseError that carries it. */
export function held(
  command: string,
  parsed: Parsed,
  missing: { readonly message: string; readonly line?: number } | undefined,
): Parsed {
  if (!missing) return parsed;
  throw new ParseError(command, missing.message, missing.line, parsed);
}

/** What an answer says of its own length, against what is in it. */
export function lessThan(read: number, said: unknown, what: string): { message: string } | undefined {
  const number = asNumber(said);
  if (number === undefined || read >= number) return undefined;
  return { message: `${read} ${what} were read of ${number}: some are missing` };
}

/** Peers of each family of a summary against their number: `displayedPeers`, or in old releases `totalPeers`. */
export function missingPeers(command: string, families: JsonObject): { message: string } | undefined {
  const part = /\b(?:established|failed|neighbor|remote-as)\b/.test(command);
  return Object.values(families)
    .map((value) => {
      const family = asObject(value);
      const peers = asObject(family?.peers);
      if (!family || !peers) return undefined;
      const said = family.displayedPeers ?? (part ? undefined : family.totalPeers);
      return lessThan(Object.keys(peers).length, said, 'neighbours');
    })
    .find((missing) => missing !== undefined);
}
