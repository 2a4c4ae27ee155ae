// BGP sessions of MikroTik RouterOS ("BGP" in its manual): version 6 has peers with their state; version 7 has connections
// (what is configured) and sessions (what came up), which are put together: a connection without a session is down.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import { type Afi, afiOf, type BgpState } from '../../model/session.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import type { Item } from './routeros-items.ts';

type SessionRow = Parsed['sessions'][number];

const remote = (item: Item) => item.values.get('remote-address') ?? item.values.get('remote.address');

/** True for an item that is a BGP peer, connection or session. */
export function isBgpItem(item: Item): boolean {
  return remote(item) !== undefined;
}

/** Seconds of `7w6d1h49m36s`, `3m1s320ms`, `1d02:03:04`. */
export function routerosSeconds(text: string): number | undefined {
  const whole = text.replace(/\d+ms$/, '');
  return whole === '' ? 0 : uptimeSeconds(whole.replace(/([wd])(?=\d+:)/g, '$1 '));
}

/** The one family of a list such as `ip`, `ip,ipv6`; by the address where there are both or neither. */
function familyOf(lists: readonly (string | undefined)[], address: string): Afi {
  const own = lists
    .filter((list) => list !== undefined && list !== '')
    .map((list) => (list ?? '').split(','));
  const shared = (['ip', 'ipv6'] as const).filter((name) => own.every((list) => list.includes(name)));
  if (own.length === 0 || shared.length !== 1) return afiOf(address);
  return shared[0] === 'ip' ? 'ipv4' : 'ipv6';
}

/** An address with whatever stands behind it: `/32`, `%ether1`. Undefined for a range of addresses. */
function addressOf(text: string): string | undefined {
  const bare = text.split('%')[0] ?? '';
  const prefix = tryParsePrefix(bare);
  if (prefix && prefix.length < (prefix.family === 4 ? 32 : 128)) return undefined;
  return canonicalAddress(bare.split('/')[0] ?? '');
}

type Kind = 'peer' | 'connection' | 'session';

function kindOf(item: Item): Kind {
  if (item.values.has('remote-address')) return 'peer';
  const live = [
    'uptime',
    'remote.id',
    'remote.capabilities',
    'remote.messages',
    'output.procid',
    'prefix-count',
  ];
  const isSession = /\be - established/.test(item.legend) || live.some((key) => item.values.has(key));
  return isSession ? 'session' : 'connection';
}

function stateIn(item: Item, kind: Kind): BgpState | null {
  const shown = item.values.get('state')?.split(/\s/)[0];
  if (shown !== undefined) {
    const { state } = stateOf(shown);
    if (state !== null) return state;
  }
  if (item.flags.includes('E') || item.values.get('established') === 'yes') return 'established';
  if (item.flags.includes('X') || kind === 'session') return 'idle';
  return null;
}

function count(item: Item, key: string): number | undefined {
  const text = item.values.get(key)?.split(/\s/)[0] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The VRF that an item names, or else its routing table. */
function tableOf({ values }: Item): string | undefined {
  return (values.get('vrf') ?? values.get('routing-table'))?.split(/\s/)[0];
}

/** A session of version 7 does not say its VRF. Its connection does, whose name it has with a number behind. */
function tableOfConnection({ values }: Item, items: readonly Item[]): string | undefined {
  const name = values.get('name')?.replace(/-\d+$/, '');
  const own = items.find((item) => kindOf(item) === 'connection' && item.values.get('name') === name);
  return own && tableOf(own);
}

function sessionOf(
  source: string,
  item: Item,
  kind: Kind,
  peerAddress: string,
  items: readonly Item[],
): SessionRow {
  const { values, flags } = item;
  const first = (key: string) => values.get(key)?.split(/\s/)[0];
  const asn = (key: string) => parseAsn(first(key) ?? '') || null;
  const state = stateIn(item, kind);
  const cut = kind === 'peer' && values.has('uptime') && !values.has('state');
  if (cut)
    throw new ParseError(source, `the peer ${peerAddress} has no state: the capture may be cut`, item.line);
  const seconds = routerosSeconds(first('uptime') ?? 'never');
  const local = canonicalAddress(
    (first('local-address') ?? first('local.address') ?? '').split('%')[0] ?? '',
  );
  const received = count(item, 'prefix-count');
  const table = tableOf(item) ?? (kind === 'session' ? tableOfConnection(item, items) : undefined) ?? 'main';
  const name = values.get('comment') ?? values.get('name') ?? '';
  const error = values.get('last-error') ?? values.get('last-stopped-reason') ?? '';
  const up = state === 'established';
  return {
    peerAddress,
    peerAsn: asn('remote-as') ?? asn('remote.as'),
    localAsn: asn('local.as') ?? (kind === 'peer' ? null : asn('as')),
    state,
    afi: familyOf([first('address-families'), first('remote.afi'), first('local.afi')], peerAddress),
    vrf: table === 'main' ? 'default' : table,
    ...(local !== undefined && { localAddress: local }),
    ...(name !== '' && { description: name }),
    ...((flags.includes('X') || first('disabled') === 'yes') && { adminDown: true }),
    ...(first('passive') === 'yes' && { passive: true }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(up && received !== undefined && { prefixesReceived: received }),
    ...(error !== '' && { lastError: error }),
  };
}

/** Connections with what their sessions say; a connection without a session is down where sessions were asked for. */
function together(
  connections: readonly SessionRow[],
  sessions: readonly SessionRow[],
  asked: boolean,
): SessionRow[] {
  const of = (connection: SessionRow) =>
    sessions.filter(
      ({ peerAddress, vrf }) => peerAddress === connection.peerAddress && vrf === connection.vrf,
    );
  const down = connections
    .filter((connection) => of(connection).length === 0)
    .map((connection) => ({ ...connection, state: connection.state ?? (asked ? ('idle' as const) : null) }));
  const up = sessions.map((session) => {
    const own = connections.find(
      ({ peerAddress, vrf }) => peerAddress === session.peerAddress && vrf === session.vrf,
    );
    return own
      ? { ...session, ...(own.description !== undefined && { description: own.description }) }
      : session;
  });
  return [...up, ...down];
}

/**
 * Sessions of the items. `asked`: sessions of version 7 were asked for too, so that a connection without one is down.
 * Throws ParseError for an item without an address.
 */
export function routerosSessions(
  source: string,
  items: readonly Item[],
  asked: boolean,
): { sessions: SessionRow[]; notes: string[] } {
  const rows: Record<Kind, SessionRow[]> = { peer: [], connection: [], session: [] };
  const notes: string[] = [];
  for (const item of items) {
    const kind = kindOf(item);
    const shown = remote(item)?.split(/\s/)[0] ?? '';
    const address = addressOf(shown);
    if (address !== undefined) rows[kind].push(sessionOf(source, item, kind, address, items));
    else if (tryParsePrefix(shown))
      notes.push(`line ${item.line}: ${shown} is a range of peers, not one: left out`);
    else throw new ParseError(source, `not an address: ${snippet(shown)}`, item.line);
  }
  if (rows.session.some(({ state }) => state === 'idle'))
    notes.push('RouterOS 7 says of a session only whether it is established: others are shown as idle');
  return { sessions: [...rows.peer, ...together(rows.connection, rows.session, asked)], notes };
}
