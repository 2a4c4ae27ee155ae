// What a saved SNMP walk says of sessions and routes: the same decoders as for a live agent, fed from a file (the output of
// snmpwalk, or .snmprec), so that a bug report can be read in one command. Follows RFC 4273 and RFC 4292 as they do.
import type { Parsed } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { formatOid, type Oid, startsWith } from '../../transport/snmp-value.ts';
import { pathEntry } from './snmp-paths.ts';
import { ifNameOid } from './snmp-route-details.ts';
import { readSystem, systemOids } from './snmp-system.ts';
import { readSavedVarbinds } from './snmp-text-lines.ts';
import { savedRouteEntries, savedRouteTables } from './snmp-text-routes.ts';
import { savedSessions, sessionCells, sessionEntries } from './snmp-text-sessions.ts';

const needed: readonly Oid[] = [
  ...systemOids,
  ifNameOid(0).slice(0, -1),
  pathEntry,
  ...sessionEntries,
  ...savedRouteEntries,
];

/**
 * Sessions and routes in a saved walk; `source` names it in errors. Throws ParseError; where a value cannot be read or the walk
 * was cut, and the rest says something, with the rest in it.
 */
export function parseSnmpText(text: string, source: string): Parsed {
  const saved = readSavedVarbinds(text, source, {
    needed,
    matters: (oid) => sessionCells(oid) || savedRouteEntries.some((entry) => startsWith(oid, entry)),
  });
  const byOid = new Map(saved.varbinds.map(({ oid, value }) => [formatOid(oid), value]));
  const system = readSystem((oid) => byOid.get(formatOid(oid)));
  const { sessions, notes: sessionNotes } = savedSessions(saved.varbinds, system);
  const notes = [...saved.notes, ...sessionNotes];
  const routes = savedRouteTables(
    saved.varbinds,
    (oid) => byOid.get(oid),
    system,
    (note) => notes.push(note),
  );
  const read = { sessions, routes, notes };
  if (!saved.lack) return read;
  const { reason, line } = saved.lack;
  throw new ParseError(source, reason, line, sessions.length + routes.length > 0 ? read : undefined);
}
