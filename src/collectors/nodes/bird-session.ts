// BIRD's BGP protocols as sessions: state from `BGP state` or the info column (RFC 4271 names plus BIRD's own Passive,
// Down and Close), counts only where the session is up (a held Routes line of a silent peer is not what flows now), one
// session per address family where BIRD 2 carries several over one connection.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf, type BgpState, type Session } from '../../model/session.ts';
import { parsePeerName } from './bird-name.ts';
import { type BlockMemory, type Details, type ProtocolBlock, protocolsReader } from './bird-protocols.ts';
import type { ReplyReader } from './bird-reply.ts';
import { secondsSince } from './bird-time.ts';
import { restartOf, trafficOf } from './bird-traffic.ts';

export type BirdSession = Omit<Session, 'device'>;

export interface SessionContext {
  /** Command or file, for messages. */
  readonly source: string;
  /** `Current server time` (see bird-time.ts); without it nobody knows how long a session is up. */
  readonly serverTime?: number | undefined;
}

const states: Readonly<Record<string, BgpState>> = {
  Idle: 'idle',
  Connect: 'connect',
  Active: 'active',
  OpenSent: 'opensent',
  OpenConfirm: 'openconfirm',
  Established: 'established',
  // BIRD's own words: shutting down, waiting for the peer to connect, protocol not started.
  Close: 'idle',
  Passive: 'idle',
  Down: 'idle',
};

interface StateAndError {
  readonly state: BgpState | null;
  readonly passive: boolean;
  readonly error: string;
}

/** State, the error shown, and whether it waits for the peer: from `BGP state` or the info column. */
export function stateOf(block: ProtocolBlock): StateAndError {
  const [word = '', ...rest] = block.info.split(/\s+/);
  const named = block.details?.get('BGP state') ?? (word in states ? word : undefined);
  // Of a protocol that is down the info column holds the error alone.
  const error = block.details?.get('Last error') ?? (word in states ? rest.join(' ') : block.info);
  const state = named === undefined ? (block.state === 'down' ? 'idle' : null) : (states[named] ?? null);
  return { state, passive: named === 'Passive', error };
}

type Counts = Pick<Session, 'prefixesReceived' | 'prefixesAccepted' | 'prefixesAdvertised'>;

function countsOf(details: Details, block: ProtocolBlock, source: string): Counts {
  const text = details.get('Routes');
  if (text === undefined) return {};
  const match = /^(\d+) imported, (?:(\d+) filtered, )?(\d+) exported(?:, \d+ preferred)?$/.exec(text);
  if (!match) throw new ParseError(source, `${block.name}: unreadable counts ${snippet(text)}`, block.line);
  const imported = Number(match[1]);
  return {
    prefixesReceived: imported + Number(match[2] ?? 0),
    prefixesAccepted: imported,
    prefixesAdvertised: Number(match[3]),
  };
}

function peerOf(block: ProtocolBlock, source: string): { address: string; asn: number | null } {
  const neighbor = block.details?.get('Neighbor address');
  const asn = parseAsn(block.details?.get('Neighbor AS') ?? '') ?? null;
  if (neighbor === undefined) return { address: parsePeerName(block.name)?.address ?? '', asn };
  const address = canonicalAddress(neighbor.split('%', 1)[0] ?? '');
  if (address === undefined) {
    throw new ParseError(source, `${block.name}: ${snippet(neighbor)} is no neighbor address`, block.line);
  }
  return { address, asn };
}

function localAsnOf(details: Details | undefined, peerAsn: number | null): number | null {
  const own = parseAsn(details?.get('Local AS') ?? '');
  if (own !== undefined) return own;
  return details?.get('Session')?.startsWith('internal') ? peerAsn : null;
}

/** Whether the neighbour is our client; BIRD says it of established iBGP sessions (proto/bgp/bgp.c bgp_show_proto_info). */
function reflectionOf(details: Details | undefined): { routeReflectorClient?: boolean } {
  const words = details?.get('Session')?.split(' ') ?? [];
  return words[0] === 'internal' ? { routeReflectorClient: words.includes('route-reflector') } : {};
}

/** The parts of a session that all its families share. */
function sharedPart(block: ProtocolBlock, source: string) {
  const { details } = block;
  const { state, passive, error } = stateOf(block);
  const { address, asn } = peerOf(block, source);
  const local = canonicalAddress(details?.get('Source address')?.split('%', 1)[0] ?? '');
  const description = details?.get('Description');
  const kind = parsePeerName(block.name)?.kind;
  // Limits of BIRD's own take a protocol down too; an administrator has nothing to do with that.
  const adminDown = block.state === 'down' && !error.startsWith('Automatic shutdown');
  return {
    peerAddress: address,
    peerAsn: asn,
    localAsn: localAsnOf(details, asn),
    state,
    vrf: details?.get('VRF') ?? 'default',
    ...(local === undefined ? {} : { localAddress: local }),
    name: block.name,
    ...(kind ? { kind } : {}),
    ...(description ? { description } : {}),
    ...(adminDown ? { adminDown } : {}),
    ...(passive ? { passive } : {}),
    ...(error ? { lastError: error } : {}),
    ...(block.state === undefined ? {} : { protocolState: block.state }),
    ...(details?.has('Neighbor graceful restart active') ? { gracefulRestart: true } : {}),
    ...reflectionOf(details),
    ...restartOf(details),
    ...trafficOf(details),
  };
}

/** One family of a BIRD 2 session. A family that the peer did not agree to carries nothing, whatever the session does. */
function channelSession(
  shared: ReturnType<typeof sharedPart>,
  afi: Afi,
  channel: Details,
  block: ProtocolBlock,
  source: string,
): BirdSession {
  // The timer of a silent peer's routes is the channel's.
  if (shared.state !== 'established') return { ...shared, afi, ...restartOf(channel), ...trafficOf(channel) };
  const state = channel.get('State') ?? '';
  if (state !== 'UP') {
    const lastError = `channel ${afi} is ${state.toLowerCase()}: the peer did not agree to ${afi}`;
    return { ...shared, afi, state: 'idle', protocolState: state.toLowerCase(), lastError };
  }
  const waits = channel.get('GR recovery') === 'waiting' ? { protocolState: 'wait' } : {};
  return { ...shared, afi, ...waits, ...countsOf(channel, block, source), ...trafficOf(channel) };
}

/** The sessions of a block, and since when it has been in its state. */
export interface BlockSessions {
  readonly since: string;
  readonly sessions: readonly BirdSession[];
}

/** True for a protocol that makes sessions for a range of neighbours and is none itself (BIRD 2 `neighbor range`). */
function isTemplate(block: ProtocolBlock): boolean {
  return block.details?.has('Neighbor range') === true && !block.details.has('Neighbor address');
}

function sessionsOfBlock(block: ProtocolBlock, source: string): readonly BirdSession[] {
  if (block.proto !== 'BGP' || isTemplate(block)) return [];
  const shared = sharedPart(block, source);
  const sessions: BirdSession[] = [];
  const families: readonly Afi[] = ['ipv4', 'ipv6'];
  for (const afi of families) {
    const channel = block.channels.get(afi);
    if (channel) sessions.push(channelSession(shared, afi, channel, block, source));
  }
  if (sessions.length > 0) return sessions;
  const counts =
    shared.state === 'established' && block.details ? countsOf(block.details, block, source) : {};
  return [{ ...shared, afi: afiOf(shared.peerAddress), ...counts }];
}

/** How long a session has been up is another number at each reading, whatever its block says. */
function dated({ since, sessions }: BlockSessions, serverTime: number | undefined): readonly BirdSession[] {
  const seconds = serverTime === undefined ? undefined : secondsSince(since, serverTime);
  if (seconds === undefined) return sessions;
  return sessions.map((session) =>
    session.state === 'established' ? { ...session, establishedSeconds: seconds } : session,
  );
}

/**
 * Reads the BGP sessions of a listing of protocols. A session whose neighbour the text does not show (a listing without
 * `all` of names that are not Calico's) has an empty peerAddress. Throws ParseError for values that cannot be read.
 * @param memory of the daemon, where one is kept from listing to listing
 */
export function sessionsReader(
  { source, serverTime }: SessionContext,
  memory?: BlockMemory<BlockSessions>,
): ReplyReader<readonly BirdSession[]> {
  const take = (block: ProtocolBlock) => ({ since: block.since, sessions: sessionsOfBlock(block, source) });
  const blocks = protocolsReader(source, take, memory);
  return { line: blocks.line, end: () => blocks.end().flatMap((block) => dated(block, serverTime)) };
}
