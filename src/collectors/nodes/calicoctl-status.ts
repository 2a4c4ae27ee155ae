// The table that `calicoctl node status` draws from `show protocols` (calico: calicoctl/commands/node/status.go): people
// paste it into bug reports. It has no AS numbers and no names; the peer's type tells the kind of session, and a configured
// port stands glued to the address (`10.0.0.1.port.179`).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { afiOf, type SessionKind } from '../../model/session.ts';
import type { ProtocolBlock } from './bird-protocols.ts';
import type { ReplyReader } from './bird-reply.ts';
import { type BirdSession, stateOf } from './bird-session.ts';

const heading = /^\|\s*PEER ADDRESS\s*\|\s*PEER TYPE\s*\|\s*STATE\s*\|\s*SINCE\s*\|\s*INFO\s*\|$/;
const border = /^\+[-+]+\+$/;
const words = /^(?:Calico process is (?:not )?running\.|IPv[46] BGP status|No IPv[46] peers found\.)$/;

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

/** Reads the rows as sessions. Throws ParseError for a row that is none. */
export function calicoctlReader(source: string): ReplyReader<readonly BirdSession[]> {
  const sessions: BirdSession[] = [];
  return {
    line({ text, number }) {
      const trimmed = text.trim();
      if (trimmed === '' || looksLikeCalicoctl(trimmed)) return;
      const cells = trimmed.split('|').map((cell) => cell.trim());
      const [before, peer = '', type = '', state = '', since = '', info = '', after] = cells;
      const address = peerAddress(peer);
      if (before !== '' || after !== '' || cells.length !== 7 || address === undefined) {
        throw new ParseError(source, `${snippet(text)} is no row of calicoctl node status`, number);
      }
      const kind = kinds[type];
      const columns = { name: '', proto: 'BGP', table: '', state, since, info, line: number };
      const block: ProtocolBlock = { ...columns, details: undefined, channels: new Map() };
      const { state: bgpState, passive, error } = stateOf(block);
      sessions.push({
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
      });
    },
    end: () => sessions,
  };
}
