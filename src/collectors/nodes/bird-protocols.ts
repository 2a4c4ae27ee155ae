// `show protocols` and `show protocols all` of BIRD 1.6, 2 and 3 (bird: nest/proto.c proto_cmd_show, proto/bgp/bgp.c
// bgp_show_proto_info): one block per protocol, its heading columns and, with `all`, its `Key: value` lines, those of
// BIRD 2's channels kept apart. Names longer than their column push it aside, so columns are split at blanks.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type ReplyReader, replyCode } from './bird-reply.ts';
import { sincePattern } from './bird-time.ts';

/** `Key: value` lines by key; a key that comes twice keeps its first value. */
export type Details = ReadonlyMap<string, string>;

/** One protocol as listed. */
export interface ProtocolBlock {
  readonly name: string;
  /** `BGP`, `Kernel`, `Static` … */
  readonly proto: string;
  readonly table: string;
  /** up, start, feed, wait, down, stop, flush; undefined when the column is empty or unreadable. */
  readonly state: string | undefined;
  readonly since: string;
  readonly info: string;
  /** Undefined in a listing without `all`. */
  readonly details: Details | undefined;
  /** BIRD 2 and later: `ipv4`, `ipv6` … and their lines; empty for BIRD 1.6. */
  readonly channels: ReadonlyMap<string, Details>;
  readonly line: number;
}

const headingPattern = /^name\s+proto\s+table\s+state\s+since\s+info\s*$/i;
const rowPattern = new RegExp(
  String.raw`^(\S*[^\s:])\s+([A-Z]\w*)\s+(\S+)(?:\s+(down|start|wait|feed|up|stop|flush|\?\?\?))?(?:\s+(${sincePattern}))?(?:\s+(\S.*))?\s*$`,
);
// What tells a listing without heading from other text, in saved files.
const knownRow =
  /^\S+\s+(?:BGP|Device|Direct|Kernel|Static|Pipe|OSPF|BFD|Babel|RAdv)\s+\S+\s+(?:\S+\s+)?\d\d/;

/** True for the heading line of a listing, or a row of one. */
export function looksLikeProtocols(text: string): boolean {
  return headingPattern.test(text) || knownRow.test(text);
}

/** A block while its lines are read; what they say is looked at only when all of them are there. */
interface OpenBlock extends Omit<ProtocolBlock, 'details' | 'channels'> {
  /** The first one is its row. */
  readonly lines: string[];
}

function readRow(row: string, line: number): OpenBlock | undefined {
  const match = rowPattern.exec(row);
  if (!match) return undefined;
  const [, name = '', proto = '', table = '', state, since = '', info = ''] = match;
  const known = state === '???' ? undefined : state;
  return { name, proto, table, state: known, since, info: info.trim(), line, lines: [row] };
}

/** Keys without a value, and headings of capability lists (BIRD 2), are kept with an empty value. */
function detailsOf([, ...lines]: readonly string[]): Pick<ProtocolBlock, 'details' | 'channels'> {
  const details = new Map<string, string>();
  const channels = new Map<string, Map<string, string>>();
  // The channel whose lines these are; until one comes, they are the protocol's own.
  let target = details;
  for (const line of lines) {
    const trimmed = line.trim();
    const channel = /^Channel (\S+)$/.exec(trimmed)?.[1];
    if (channel !== undefined) {
      target = new Map();
      channels.set(channel, target);
      continue;
    }
    const colon = trimmed.indexOf(':');
    const key = colon < 0 ? trimmed : trimmed.slice(0, colon);
    if (!target.has(key)) target.set(key, colon < 0 ? '' : trimmed.slice(colon + 1).trim());
  }
  return { details: lines.length > 0 ? details : undefined, channels };
}

/** Timers that run all the time and say nothing of a session. */
const ticks = (text: string) =>
  text.includes(' timer:') && /^\s*(?:(?:Send )?Hold|Keepalive) timer:/.test(text);

/**
 * What was made of each block of the last listing that was read to its end, by the block's text. It is the memory of one
 * daemon that is read again and again: of 500 mesh sessions hardly one has changed.
 */
export interface BlockMemory<T> {
  last: ReadonlyMap<string, T>;
}

/** A memory that is empty. */
export const blockMemory = <T>(): BlockMemory<T> => ({ last: new Map() });

/**
 * Reads a listing block by block: `take` makes of each what the caller wants of it, and the block is let go, since those of
 * 500 mesh sessions are some 15,000 texts. What `take` makes may depend on the block alone. Throws ParseError for a line
 * that is neither row nor detail.
 */
export function protocolsReader<T>(
  source: string,
  take: (block: ProtocolBlock) => T,
  memory?: BlockMemory<T>,
): ReplyReader<readonly T[]> {
  const taken: T[] = [];
  const known = new Map<string, T>();
  let open: OpenBlock | undefined;
  const finish = (next?: OpenBlock) => {
    const block = open;
    open = next;
    if (!block) return;
    const { lines, ...columns } = block;
    const text = memory ? lines.join('\n') : '';
    const made = memory?.last.get(text) ?? take({ ...columns, ...detailsOf(lines) });
    if (memory) known.set(text, made);
    taken.push(made);
  };
  return {
    line({ code, text, number }) {
      if (code === replyCode.lineOverflow)
        throw new ParseError(source, 'BIRD cut a line that was too long', number);
      if (text === '' || text.trim() === '') return;
      const asDetail = code === replyCode.protocolDetail || /^\s/.test(text);
      if (!asDetail) {
        if (headingPattern.test(text)) return;
        const block = readRow(text, number);
        if (block) {
          finish(block);
          return;
        }
      }
      // Saved text may have lost its indentation: a detail is then whatever has a key and a colon.
      const detail = asDetail || (code === undefined && /^[A-Z][\w .-]*:/.test(text));
      if (!open || !detail || code === replyCode.protocol || code === replyCode.protocolHeading) {
        throw new ParseError(source, `${snippet(text)} is no line of a protocol listing`, number);
      }
      if (!ticks(text)) open.lines.push(text);
    },
    end() {
      finish();
      if (memory) memory.last = known;
      return taken;
    },
  };
}
