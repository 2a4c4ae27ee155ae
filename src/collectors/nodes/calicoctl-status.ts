// The table that `calicoctl node status` draws from `show protocols` (calico: calicoctl/commands/node/status.go): people
// paste it into bug reports. It has no AS numbers and no names; the peer's type tells the kind of session, and a configured
// port stands glued to the address (`10.0.0.1.port.179`).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf, type SessionKind } from '../../model/session.ts';
import { BirdError } from './bird-protocol.ts';
import type { ProtocolBlock } from './bird-protocols.ts';
import type { ReplyReader } from './bird-reply.ts';
import { type BirdSession, stateOf } from './bird-session.ts';
import type { ProgramResult } from './birdcl.ts';

const heading = /^\|\s*PEER ADDRESS\s*\|\s*PEER TYPE\s*\|\s*STATE\s*\|\s*SINCE\s*\|\s*INFO\s*\|$/;
const border = /^\+[-+]+\+$/;
const words =
  /^(?:Calico process is (?:not )?running\.|IPv[46] BGP status|No IPv[46] peers found\.|INFO: BIRDv[46] process: .*)$/;
const remark = /^(?:Calico process is not running\.|No IPv[46] peers found\.|INFO: .* is not running\.?)$/;

const kinds: Readonly<Record<string, SessionKind>> = {
  'node-to-node mesh': 'mesh',
  'node specific': 'node',
  global: 'global',
};

/** True for a line that only this output has. */
export function looksLikeCalicoctl(text: string): boolean {
  const trimmed = text.trim();
  return heading.test(trimmed) || border.test(trimmed) || words.test(trimmed);
}

function peerAddress(cell: string): string | undefined {
  return canonicalAddress(cell.replace(/[.:]port[.:]\d+$/, ''));
}

/** What stands on lines of its own in this output, wherever it is found. */
const ownLine =
  /\+(?:-+\+){5}|Calico process is (?:not )?running\.|IPv[46] BGP status|No IPv[46] peers found\.|INFO: BIRDv[46] process: '[^']*' is not running\.?/g;
/** Longest line that is looked at for an output that lost its line ends: some hundreds of sessions. */
const longestLost = 65_536;

/** Rows in the table's part of a line: each begins and ends with a bar, so every sixth cell is the nothing between two. */
function rowsIn(part: string): string[] {
  if (!part.startsWith('|')) return part === '' ? [] : [part];
  const cells = part.split('|');
  const rows: string[] = [];
  // What is left over is no whole row: it is given as it is, and the reader says so.
  for (let i = 0; i + 1 < cells.length; i += 6)
    rows.push(`|${cells.slice(i + 1, i + 6).join('|')}${i + 6 < cells.length ? '|' : ''}`);
  return rows;
}

/**
 * The lines of an output that lost its line ends, as web pages and chats make of it: one long line with all of it. Any other
 * line is given as it is.
 */
export function calicoctlLines(text: string): readonly string[] {
  const found = text.length > longestLost ? [] : [...text.matchAll(ownLine)];
  const [first] = found;
  // Alone it is a line like any other, whatever stands around it.
  if (found.length < 2 || !first) return [text];
  const rest = found.flatMap((match, i) => {
    const begin = match.index + match[0].length;
    return [match[0], ...rowsIn(text.slice(begin, found[i + 1]?.index ?? text.length).trim())];
  });
  const before = text.slice(0, first.index).trim();
  return before === '' ? rest : [...rowsIn(before), ...rest];
}

/** What a line says that no session does: that there are none, or that nothing runs; undefined for other lines. */
export function calicoctlRemark(text: string): string | undefined {
  return remark.test(text.trim()) ? text.trim() : undefined;
}

/** True when the table was cut: one that is drawn ends with its border. */
export function calicoctlCut(lines: readonly string[]): boolean {
  const drawn = lines.map((line) => line.trim()).filter((line) => /^[+|]/.test(line));
  return drawn.some((line) => border.test(line)) && !border.test(drawn.at(-1) ?? '');
}

type Cells = readonly [peer: string, type: string, state: string, since: string, info: string];

interface OpenRow {
  cells: Cells;
  readonly text: string;
  readonly number: number;
}

function sessionOf({ cells, text, number }: OpenRow, source: string): BirdSession {
  const [peer, type, state, since, info] = cells;
  const address = peerAddress(peer);
  if (address === undefined) {
    throw new ParseError(source, `${snippet(text)} is no row of calicoctl node status`, number);
  }
  const kind = kinds[type];
  const columns = { name: '', proto: 'BGP', table: '', state, since, info, line: number };
  const block: ProtocolBlock = { ...columns, details: undefined, channels: new Map() };
  const { state: bgpState, passive, error } = stateOf(block);
  return {
    peerAddress: address,
    peerAsn: null,
    localAsn: null,
    state: bgpState,
    afi: afiOf(address),
    vrf: 'default',
    ...(kind ? { kind } : {}),
    ...(state === 'down' ? { adminDown: true } : {}),
    ...(passive ? { passive } : {}),
    ...(error ? { lastError: error } : {}),
    ...(state ? { protocolState: state } : {}),
  };
}

function joined(above: Cells, below: Cells): Cells {
  const join = (i: 0 | 1 | 2 | 3 | 4) => `${above[i]} ${below[i]}`.trim();
  return [join(0), join(1), join(2), join(3), join(4)];
}

/** Reads the rows as sessions. Throws ParseError for a row that is none. */
export function calicoctlReader(source: string): ReplyReader<readonly BirdSession[]> {
  const sessions: BirdSession[] = [];
  let open: OpenRow | undefined;
  function finish(next?: OpenRow): void {
    if (open) sessions.push(sessionOf(open, source));
    open = next;
  }
  return {
    line({ text, number }) {
      const trimmed = text.trim();
      if (trimmed === '' || looksLikeCalicoctl(trimmed)) return;
      const [before, peer = '', type = '', state = '', since = '', info = '', after, ...more] = trimmed
        .split('|')
        .map((cell) => cell.trim());
      if (before !== '' || after !== '' || more.length > 0) {
        throw new ParseError(source, `${snippet(text)} is no row of calicoctl node status`, number);
      }
      const cells: Cells = [peer, type, state, since, info];
      // A cell too wide for the table goes on in a row whose other cells are empty.
      if (peer === '' && state === '' && open) open.cells = joined(open.cells, cells);
      else finish({ cells, text, number });
    },
    end() {
      finish();
      return sessions;
    },
  };
}

/** What stands for the sessions of one family: its table, or that it has none. */
const familyParts = [
  ['IPv4', /^IPv4 BGP status\s*$/m, /^No IPv4 peers found\.\s*$/m],
  ['IPv6', /^IPv6 BGP status\s*$/m, /^No IPv6 peers found\.\s*$/m],
] as const;

/**
 * The sessions in an answer that has just been given. Throws BirdError when calicoctl says that it could not look, of
 * either family, and ParseError for a table that cannot be read: half an answer would hide the sessions of the other half.
 */
export function readNodeStatus({ stdout, stderr, exitCode }: ProgramResult, where: string): BirdSession[] {
  const said = `${stdout}\n${stderr}`;
  const first = (stderr.trim() || stdout.trim()).split('\n', 1)[0]?.slice(0, 200) ?? '';
  if (/^Calico process is not running\./m.test(said))
    throw new BirdError('refused', `${where}: Calico process is not running on the node`);
  const complaint = /^.*(?:Error (?:executing|querying|connecting)|unable to connect to BIRD).*$/im.exec(
    said,
  )?.[0];
  if (complaint !== undefined) {
    const kind = /permission denied/i.test(complaint) ? 'permission' : 'protocol';
    throw new BirdError(kind, `${where}: ${snippet(complaint)}`);
  }
  if (exitCode === 127 || /command not found|No such file or directory/.test(stderr))
    throw new BirdError('not-found', `${where}: there is no such program (${first})`);
  if (exitCode !== 0) {
    const kind = /must be run as root|root privileges/i.test(said) ? 'permission' : 'protocol';
    throw new BirdError(kind, `${where} ended with status ${exitCode ?? 'unknown'}: ${first}`);
  }
  for (const [family, shown, none] of familyParts) {
    if (!shown.test(stdout) && !none.test(stdout))
      throw new BirdError('protocol', `${where}: says nothing of ${family} sessions: ${snippet(first)}`);
  }
  const reader = calicoctlReader(where);
  for (const [i, text] of stdout.split('\n').entries()) reader.line({ code: undefined, text, number: i + 1 });
  return [...reader.end()];
}
