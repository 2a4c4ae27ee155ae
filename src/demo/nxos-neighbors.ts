// A demo switch's sessions as Cisco NX-OS shows them: the summary as JSON (`TABLE_x` holds `ROW_x`, one row an object) and
// `show bgp vrf all all neighbors` as text, in the lines of real captures. Reasons of a reset are NX-OS's words where
// captures have them, else the names of RFC 4271.
import type { SessionEnd, SessionError } from './sessions.ts';
import { stateNames } from './state-names.ts';
import { type SwitchView, sessionCounters } from './switch-view.ts';

const two = (value: number) => String(Math.floor(value)).padStart(2, '0');

/** A time span: `01:02:03`, `6d01h`, `13w2d`. */
export function nxosTime(seconds: number): string {
  const [hour, day, week] = [3600, 86_400, 604_800];
  if (seconds >= week) return `${Math.floor(seconds / week)}w${Math.floor((seconds % week) / day)}d`;
  if (seconds >= day) return `${Math.floor(seconds / day)}d${two((seconds % day) / hour)}h`;
  return `${two(seconds / hour)}:${two((seconds % hour) / 60)}:${two(seconds % 60)}`;
}

const ageOf = (view: SwitchView, end: SessionEnd) =>
  nxosTime(Math.max(0, Math.floor((view.now - view.history.sessionSince(end)) / 1000)));

const stateOf = (end: SessionEnd) => (end.adminDown ? 'Shut (Admin)' : stateNames[end.state]);

function summaryRow(view: SwitchView, end: SessionEnd): object {
  const { received, messagesIn, messagesOut } = sessionCounters(view, end);
  return {
    neighborid: end.peerAddress,
    neighborversion: '4',
    msgrecvd: messagesIn,
    msgsent: messagesOut,
    neighbortableversion: String(view.state.table.size),
    inq: '0',
    outq: '0',
    neighboras: String(end.peerAsn),
    time: ageOf(view, end),
    state: stateOf(end),
    ...(end.state === 'established' ? { prefixreceived: String(received) } : {}),
  };
}

/** The document of `show bgp all summary vrf all | json`. */
export function nxosSummary(view: SwitchView): object {
  const { sessions, device, asn, table } = view.state;
  const rows = sessions.map((end) => summaryRow(view, end));
  const family = {
    safi: 1,
    'af-name': 'IPv4 Unicast',
    tableversion: String(table.size),
    configuredpeers: String(sessions.length),
    capablepeers: String(sessions.filter(({ state }) => state === 'established').length),
    totalnetworks: String(table.size),
    totalpaths: String([...table.values()].flat().length),
    dampening: 'Disabled',
    TABLE_neighbor: { ROW_neighbor: rows.length === 1 ? rows[0] : rows },
  };
  const vrf = {
    'vrf-name-out': 'default',
    'vrf-router-id': device.routerId,
    'vrf-local-as': String(asn),
    TABLE_af: { ROW_af: { 'af-id': '1', TABLE_saf: { ROW_saf: family } } },
  };
  return { TABLE_vrf: { ROW_vrf: vrf } };
}

const reasons: Readonly<Record<string, string>> = {
  '2/2': 'bad peer AS',
  '6/2': 'administratively shutdown',
};

function resets(age: string, error: SessionError | undefined): string[] {
  const never = 'never, due to No error';
  const told = error && `${age}, due to ${reasons[`${error.code}/${error.subcode}`] ?? 'session closed'}`;
  const byUs = error?.by === 'sent';
  return [
    `  Last reset by us ${byUs && told ? told : never}`,
    `  Last reset by peer ${!byUs && told ? told : never}`,
  ];
}

function neighbor(view: SwitchView, end: SessionEnd, index: number): string[] {
  const { received, sent, messagesIn, messagesOut, transitions } = sessionCounters(view, end);
  const up = end.state === 'established';
  const age = ageOf(view, end);
  const retry = end.adminDown ? '' : ', retry in 00:00:33';
  return [
    `BGP neighbor is ${end.peerAddress}, remote AS ${end.peerAsn}, ${end.external ? 'ebgp' : 'ibgp'} link, Peer index ${index + 3}`,
    `  Description: ${end.peer}`,
    `  BGP version 4, remote router ID ${up ? end.peerRouterId : '0.0.0.0'}`,
    `  BGP state = ${stateOf(end)}, ${up ? `up for ${age}` : `down for ${age}${retry}`}`,
    `  Received ${messagesIn} messages, 0 notifications, 0 bytes in queue`,
    `  Sent ${messagesOut} messages, 0 notifications, 0(0) bytes in queue`,
    `  Connections established ${transitions}, dropped ${up ? Math.max(0, transitions - 1) : transitions}`,
    ...resets(age, end.error),
    '',
    ...(up
      ? [
          '  For address family: IPv4 Unicast',
          `  BGP table version ${view.state.table.size}, neighbor version ${view.state.table.size}`,
          `  ${received} accepted prefixes (${received} paths), consuming ${received * 220} bytes of memory`,
          `  ${sent} sent prefixes (${sent} paths)`,
          '',
          `  Local host: ${end.localAddress}, Local port: 179`,
          `  Foreign host: ${end.peerAddress}, Foreign port: 49417`,
        ]
      : ['  No established BGP session with peer']),
    '',
  ];
}

/** The lines of `show bgp vrf all all neighbors`. */
export function nxosNeighbors(view: SwitchView): string[] {
  return view.state.sessions.flatMap((end, i) => neighbor(view, end, i));
}
