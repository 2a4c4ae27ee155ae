// The commands that ask BIRD for exactly the routes in question: `show route where net ~ [ 10.0.0.0/8+, 10.1.0.5/32 ]`
// (bird: doc/bird.sgml "prefix sets"; `+` takes every longer prefix in). As many commands as their greatest length needs.

import type { Family } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { comparePrefixes, contains, formatPrefix, type Prefix, samePrefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { maxCommandBytes } from './bird-protocol.ts';

/** What is asked of one daemon in one family: the members of BIRD prefix sets, and what they stand for. */
export interface NetQuestion {
  readonly members: readonly string[];
  readonly scopes: readonly RouteScope[];
}

/** The query's share of one family, without what a range already covers. */
export function netQuestion(query: CollectQuery, family: Family): NetQuestion {
  const ranges: Prefix[] = [];
  for (const range of query.ranges.filter((prefix) => prefix.family === family).sort(comparePrefixes)) {
    // Sorted shorter first at one address, so whatever contains a range stands before it.
    const last = ranges.at(-1);
    if (!last || !contains(last, range)) ranges.push(range);
  }
  const exact: Prefix[] = [];
  for (const prefix of query.prefixes.filter((one) => one.family === family).sort(comparePrefixes)) {
    const last = exact.at(-1);
    if (last && samePrefix(last, prefix)) continue;
    if (!ranges.some((range) => contains(range, prefix))) exact.push(prefix);
  }
  const scopes: RouteScope[] = [];
  if (ranges.length > 0) scopes.push({ kind: 'ranges', prefixes: ranges });
  if (exact.length > 0) scopes.push({ kind: 'exact', prefixes: exact });
  return {
    members: [...ranges.map((range) => `${formatPrefix(range)}+`), ...exact.map(formatPrefix)],
    scopes,
  };
}

/** A protocol's name as it stands in a command; undefined for a name that cannot be written there. */
export function quoteName(name: string): string | undefined {
  // BIRD 1.6 knows no escape inside quotes and allows only these; a keyword such as `all` needs the quotes too.
  return /^[A-Za-z0-9_.:-]{1,64}$/.test(name) ? `'${name}'` : undefined;
}

/** Most members of a set that are shown to people. */
const shownMembers = 4;

/** The question's scopes with the command that a person can type: the whole set of a big cluster is cut. */
export function askedScopes(question: NetQuestion, quotedName?: string): readonly RouteScope[] {
  return question.scopes.map((scope) => {
    const plus = scope.kind === 'ranges' ? '+' : '';
    const shown = scope.prefixes.slice(0, shownMembers).map((prefix) => `${formatPrefix(prefix)}${plus}`);
    const more = scope.prefixes.length > shownMembers ? ',…' : '';
    return { ...scope, asked: `${headOf(quotedName)}${shown.join(',')}${more}${tail}` };
  });
}

const headOf = (quotedName?: string) =>
  `show route ${quotedName === undefined ? '' : `export ${quotedName} `}where net ~ [`;
const tail = '] all';

/** The commands for a question: of BIRD's own table, or of what it exports to the named (quoted) session. */
export function routeCommands(question: NetQuestion, quotedName?: string): readonly string[] {
  const head = headOf(quotedName);
  const commands: string[] = [];
  let set = '';
  for (const member of question.members) {
    const longer = set === '' ? member : `${set},${member}`;
    if (head.length + longer.length + tail.length <= maxCommandBytes) {
      set = longer;
      continue;
    }
    commands.push(`${head}${set}${tail}`);
    set = member;
  }
  if (set !== '') commands.push(`${head}${set}${tail}`);
  return commands;
}
