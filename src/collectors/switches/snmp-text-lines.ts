// Lines of a saved SNMP answer as varbinds. snmpwalk breaks long hexadecimal values and texts with line ends over several
// lines; people paste prompts around the output. A line that begins like an OID and is none is a lack of the answer, so is a
// walk that says itself that it was cut; so is a value that matters and cannot be read. Anything else left out is a note. Of a
// whole device's walk (a million lines) only what is needed is kept.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { formatOid, type Oid, parseOid, type SnmpVarbind } from '../../transport/snmp-value.ts';
import { dottedOid } from './snmp-text-names.ts';
import { recordValue, walkValue } from './snmp-text-values.ts';

export interface SavedVarbinds {
  readonly varbinds: readonly SnmpVarbind[];
  readonly notes: readonly string[];
  /** The first thing for which the text is not whole. */
  readonly lack?: Lack;
}

interface Lack {
  readonly reason: string;
  readonly line: number;
}

export interface Wanted {
  /** OIDs of which everything below is kept; of other varbinds nothing. */
  readonly needed: readonly Oid[];
  /** True for a varbind that must not be left out because its value cannot be read. */
  matters(oid: Oid): boolean;
}

const recordLine = /^\.?(\d+(?:\.\d+)+)\|([^|]*)\|(.*)$/;
// An OID in numbers or with names, its index perhaps with quoted parts; -Oq leaves the sign out behind one in numbers.
const walkLine =
  /^(\.?(?:iso|1)(?:\.\d+)+|(?:\.iso[\w.-]*|[A-Z][\w-]*::[\w-]+|[a-z][\w-]*(?:\.[a-z][\w-]*)*)(?:[.[](?:"[^"]*"|[\w-]+)\]?)+) =(?: (.*))?$/;
const quickLine = /^(\.1(?:\.\d+)+) (?!=|[A-Za-z][\w-]*:)(.*)$/;
const namedLine = /^[A-Z][\w-]*::\S+ = /;
// Modules whose names stand for what is looked for here; without their MIB files there is no telling the numbers.
const namedTables = /^\S*(BGP|BgpPeer|IP-FORWARD-MIB|RFC1213|IP-MIB::ipRoute|TIMETRA)/;
const cutLine = /^(Timeout|Error|snmp(bulk)?walk:)|OID not increasing|No Response from/;
const hexLine = /^\s*[0-9A-Fa-f]{2}(\s+[0-9A-Fa-f]{2})*\s*$/;
const openQuote = /^STRING: "(?:[^"\\]|\\.)*$/s;

interface Entry {
  readonly line: number;
  readonly oid: string;
  value: string;
  readonly lack?: string;
}

function skippedNote(skipped: readonly number[]): string[] {
  const [first] = skipped;
  if (first === undefined) return [];
  return [
    skipped.length === 1
      ? `line ${first} is not a varbind: not read`
      : `${skipped.length} lines are not varbinds (the first is line ${first}): not read`,
  ];
}

/** Whether an OID, dotted without a leading dot, lies below one that is needed. One expression: a walk has a million lines. */
function isNeeded(needed: readonly Oid[]): (dotted: string) => boolean {
  const roots = [...new Set(needed.map(formatOid))].sort().map((root) => root.replaceAll('.', '\\.'));
  const below = new RegExp(`^(?:${roots.join('|')})(?:\\.|$)`);
  return (dotted) => below.test(dotted);
}

function readRecords(lines: readonly string[], { needed, matters }: Wanted): SavedVarbinds {
  const varbinds: SnmpVarbind[] = [];
  const skipped: number[] = [];
  let lack: Lack | undefined;
  const keep = isNeeded(needed);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const start = line.startsWith('.') ? 1 : 0;
    const bar = line.indexOf('|');
    if (bar > 0 && /^\d/.test(line.slice(start, start + 1)) && !keep(line.slice(start, bar))) continue;
    const [, dotted = '', tag = '', text = ''] = recordLine.exec(line) ?? [];
    const oid = parseOid(dotted);
    const value = oid && recordValue(tag, text);
    if (oid && value) varbinds.push({ oid, value });
    else if (oid && matters(oid)) lack ??= { reason: `${snippet(line)} cannot be read`, line: i + 1 };
    // Texts with line ends, values of simulation modules (`2:numeric`), hexadecimal that somebody blotted out.
    else skipped.push(i + 1);
  }
  return { varbinds, notes: skippedNote(skipped), ...(lack && { lack }) };
}

/** The varbind that begins in a line; `oid` is empty for one of no use, and has a reason where its name may matter. */
function entryOf(text: string, line: number): Entry | undefined {
  const match = walkLine.exec(text) ?? quickLine.exec(text);
  const oid = match && dottedOid(match[1] ?? '');
  if (oid) return { line, oid, value: match[2] ?? '' };
  if (!namedLine.test(text)) return undefined;
  // Its value may go on over the next lines, which are nobody's then.
  const entry = { line, oid: '', value: text.slice(text.indexOf(' = ') + 3) };
  if (!namedTables.test(text)) return entry;
  return { ...entry, lack: `${snippet(text)} has a name for its OID; walk with -On` };
}

interface Joined {
  readonly entries: readonly Entry[];
  readonly skipped: number[];
  readonly lack: Lack | undefined;
}

/** Joins values that go on over the next lines. */
function joinWalkLines(lines: readonly string[]): Joined {
  const entries: Entry[] = [];
  const skipped: number[] = [];
  let lack: Lack | undefined;
  for (const [i, line] of lines.entries()) {
    const last = entries.at(-1);
    if (last && openQuote.test(last.value)) {
      last.value += `\n${line}`;
      continue;
    }
    const entry = entryOf(line, i + 1);
    if (entry) {
      entries.push(entry);
      if (entry.lack !== undefined) lack ??= { reason: entry.lack, line: i + 1 };
    } else if (last?.value.startsWith('Hex-STRING:') && hexLine.test(line)) {
      last.value += ` ${line}`;
    } else if (cutLine.test(line)) {
      lack ??= { reason: `the walk was cut short: ${snippet(line)}; take it again`, line: i + 1 };
    } else if (last && /^STRING: [^"]/.test(last.value) && !/^\.?(iso|1)\./.test(line)) {
      last.value += `\n${line}`;
    } else if (line.trim() !== '') {
      if (!/^\.?(iso|1)\.\d/.test(line)) skipped.push(i + 1);
      else lack ??= { reason: `${snippet(line)} cannot be read`, line: i + 1 };
    }
  }
  return { entries, skipped, lack };
}

/** Reads either form. Throws ParseError when there is not one varbind in the text. */
export function readSavedVarbinds(text: string, source: string, wanted: Wanted): SavedVarbinds {
  const lines = text.split(/\r?\n/);
  const first = lines.find((line) => recordLine.test(line) || walkLine.test(line) || quickLine.test(line));
  if (first === undefined) {
    throw new ParseError(
      source,
      'no line reads as output of "snmpwalk -On" (".1.3.6… = INTEGER: 6") or as an .snmprec record ("1.3.6…|2|6")',
    );
  }
  if (recordLine.test(first)) return readRecords(lines, wanted);
  const { entries, skipped, ...joined } = joinWalkLines(lines);
  const keep = isNeeded(wanted.needed);
  const varbinds: SnmpVarbind[] = [];
  let { lack } = joined;
  for (const { line, oid, value } of entries) {
    if (oid === '') {
      skipped.push(line);
      continue;
    }
    if (!keep(oid)) continue;
    const arcs = parseOid(oid);
    const read = walkValue(value, oid);
    if (arcs && read) varbinds.push({ oid: arcs, value: read });
    else if (arcs && !wanted.matters(arcs)) skipped.push(line);
    else if (lack === undefined || line < lack.line)
      lack = { reason: `the value ${snippet(value)} cannot be read`, line };
  }
  return { varbinds, notes: skippedNote(skipped.toSorted((x, y) => x - y)), ...(lack && { lack }) };
}
