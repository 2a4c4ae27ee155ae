// The table of `display bgp peer` of H3C Comware and Huawei VRP. Its columns differ between releases (V or none, PrefRcv
// before Up/Down or behind State, RtRcv and RtAdv), so the header names them. The total above the rows tells whether all
// of them are there.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import { type Context, type Found, vrfName } from './vrp-like-context.ts';

interface Total {
  readonly peers: number;
  established: number | undefined;
  readonly line: number;
  rows: number;
  up: number;
}

interface Table {
  readonly context: Context;
  readonly found: Found;
  vrf: string;
  family: Afi | 'other' | undefined;
  localAsn: number | null;
  columns: readonly string[] | undefined;
  total: Total | undefined;
  uncounted: number;
  /** A long address that stands on a line of its own; its columns come with the next line. */
  pending: string;
  /** A VPN instance was named, and no table followed yet: its router ID below it belongs to it. */
  named: boolean;
}

/** True for lines that hold such a table, even an empty one. */
export function hasPeerTable(lines: readonly Line[]): boolean {
  return lines.some(({ text }) =>
    /^\s*(?:Total number of peers\s*:|Peer\s+(?:V\s+)?AS\s+MsgRcvd)/i.test(text),
  );
}

function endTotal(table: Table): void {
  const { total, found } = table;
  if (!total) return;
  const { peers, rows, up, established, line } = total;
  if (rows < peers) {
    found.missing.push({ message: `${rows} peers were read of ${peers}: rows are missing`, line });
  } else if (rows > peers) {
    found.notes.push(`line ${line}: the device counts ${peers} peers, but shows ${rows}`);
  }
  if (rows >= peers && established !== undefined && established !== up) {
    found.notes.push(`line ${line}: the device counts ${established} established peers, but shows ${up}`);
  }
  table.total = undefined;
}

function familyNamed(text: string): Afi | 'other' {
  if (/^ip(v4)?[ -]?(unicast|family|$)/i.test(text)) return 'ipv4';
  return /^ipv6[ -]?(unicast|family|$)/i.test(text) ? 'ipv6' : 'other';
}

/** Takes in what a line outside the rows says; false when it says nothing of the kind. */
function readHeading(table: Table, text: string, line: number): boolean {
  const total = /^Total number of peers\s*:\s*(\d+)/i.exec(text);
  if (total) {
    endTotal(table);
    table.total = { peers: Number(total[1]), established: undefined, line, rows: 0, up: 0 };
  }
  const established = /Peers in established state\s*:\s*(\d+)/i.exec(text)?.[1];
  if (established !== undefined && table.total) table.total.established = Number(established);
  if (total || established !== undefined) return true;
  if (/^BGP local router ID\b/i.test(text)) {
    if (!table.named) table.vrf = table.context.vrf;
    return true;
  }
  const localAsn = /^Local AS number\s*:\s*(\S+)/i.exec(text)?.[1];
  if (localAsn !== undefined) {
    table.localAsn = parseAsn(localAsn) ?? null;
    return true;
  }
  const family = /^Address[- ]family\s*:?\s*(.+)$/i.exec(text)?.[1];
  if (family !== undefined) {
    table.family = familyNamed(family.trim());
    table.vrf = table.context.vrf;
    return true;
  }
  const inside = /^Peer of (IPv[46])-family for vpn[- ]instance/i.exec(text)?.[1];
  if (inside !== undefined) {
    table.family = inside.toLowerCase() === 'ipv6' ? 'ipv6' : 'ipv4';
    return true;
  }
  const instance = /^VPN[- ]?instance\s*:?\s*([^,]+?)\s*(?:,(.*))?$/i.exec(text);
  if (instance) {
    table.vrf = vrfName(instance[1] ?? '');
    table.named = true;
    const own = /\bAddress[- ]family\s*:?\s*(.+)$/i.exec(instance[2] ?? '')?.[1];
    if (own !== undefined) table.family = familyNamed(own.trim());
    else if (table.family === 'other') table.family = 'ipv4';
    return true;
  }
  if (/^Peer\s+(?:V\s+)?AS\s/i.test(text)) {
    table.columns = text.toLowerCase().split(/\s+/);
    table.named = false;
    return true;
  }
  // `* - Dynamically created peer`, rules, and the mark of a cut word.
  return /^\S{1,2}\s+- /.test(text) || /^[-=]+$/.test(text);
}

/** The cells of a row by the header's names; undefined for an address whose columns come with the next line. */
function cellsOf(table: Table, columns: readonly string[], text: string, line: number) {
  const joined = table.pending === '' ? text : `${table.pending} ${text}`;
  const cells = joined
    .replace(/^[*^#&@]+\s*(?=[0-9a-fA-F:])/, '')
    .replace(/\s+\((\w+)\)/g, '($1)')
    .replace(/\bno neg\b/i, 'NoNeg')
    .split(/\s+/);
  const peerAddress = canonicalAddress((cells[0] ?? '').split('%')[0] ?? '');
  table.pending = cells.length === 1 && peerAddress !== undefined ? (cells[0] ?? '') : '';
  if (table.pending !== '') return undefined;
  const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
  const asn = parseAsn(cell('as'));
  // VRP: up, but this family was not negotiated.
  const shown = cell('state').replace(/^noneg/i, 'established');
  const { state, adminDown } = stateOf(shown);
  if (cells.length !== columns.length || asn === undefined || state === null) {
    throw new ParseError(table.context.command, `not a row of the peers' table: ${snippet(joined)}`, line);
  }
  const count = (name: string) => (/^\d+$/.test(cell(name)) ? Number(cell(name)) : undefined);
  return {
    peerAddress,
    peerName: cells[0] ?? '',
    asn,
    state,
    adminDown,
    seconds: uptimeSeconds(cell('up/down')),
    received: count('prefrcv') ?? count('rtrcv'),
    advertised: count('rtadv'),
  };
}

function readRow(table: Table, columns: readonly string[], text: string, line: number): void {
  const cells = cellsOf(table, columns, text, line);
  if (!cells) return;
  const { family, found, total } = table;
  const { peerAddress, state, seconds, received, advertised } = cells;
  const up = state === 'established';
  if (total) {
    total.rows++;
    if (up) total.up++;
  } else table.uncounted++;
  if (peerAddress === undefined) {
    found.missing.push({ message: `not an address: ${snippet(cells.peerName)}`, line });
    return;
  }
  const known = family !== 'other';
  const note = 'peers of families other than IPv4 and IPv6 unicast are listed without prefix counts';
  if (!known && !found.notes.includes(note)) found.notes.push(note);
  found.sessions.push({
    peerAddress,
    peerAsn: cells.asn,
    localAsn: table.localAsn,
    state,
    afi: family === 'ipv4' || family === 'ipv6' ? family : afiOf(peerAddress),
    vrf: table.vrf,
    ...(cells.adminDown && { adminDown: true }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(known && received !== undefined && { prefixesReceived: received }),
    ...(known && advertised !== undefined && { prefixesAdvertised: advertised }),
  });
}

/** Adds the sessions of the peers' tables in these lines. Throws ParseError when a row cannot be read. */
export function readPeerTable(lines: readonly Line[], context: Context, found: Found): void {
  const table: Table = {
    context,
    found,
    vrf: context.vrf,
    family: context.family,
    localAsn: null,
    columns: undefined,
    total: undefined,
    uncounted: 0,
    pending: '',
    named: false,
  };
  for (const { text: raw, number } of lines) {
    const text = raw.trim();
    if (text === '' || readHeading(table, text, number)) continue;
    if (table.columns) readRow(table, table.columns, text, number);
  }
  const last = lines.at(-1)?.number;
  if (table.pending !== '')
    throw new ParseError(context.command, `the capture ends after the peer ${snippet(table.pending)}`, last);
  endTotal(table);
  if (table.uncounted > 0) found.notes.push('no total above the peers: the capture may be cut');
}
