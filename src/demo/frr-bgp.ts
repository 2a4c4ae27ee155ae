// FRR 8.4's JSON of a demo switch's BGP: the summary (bgpd/bgp_vty.c), one prefix in detail and the rows of a range
// (bgpd/bgp_route.c), with the fields and in the order that bgpd prints them. Route selection reasons are FRR's words;
// BIRD neighbours show no hostname, since BIRD 1.6 sends no such capability.
import { comparePrefixes, contains, type Prefix, parsePrefix } from '../model/prefix.ts';
import { multipaths, type Path } from './fabric.ts';
import { hostnameOf, uptime } from './frr-json.ts';
import type { SessionEnd } from './sessions.ts';
import { stateNames } from './state-names.ts';
import { type SwitchView, sessionCounters } from './switch-view.ts';

function summaryPeer(view: SwitchView, end: SessionEnd): object {
  const counters = sessionCounters(view, end);
  const up = end.state === 'established';
  return {
    ...hostnameOf(end.peer),
    remoteAs: end.peerAsn,
    localAs: end.localAsn,
    version: 4,
    msgRcvd: counters.messagesIn,
    msgSent: counters.messagesOut,
    tableVersion: 0,
    outq: 0,
    inq: 0,
    peerUptime: up ? uptime(counters.establishedSeconds) : 'never',
    peerUptimeMsec: counters.establishedSeconds * 1000,
    ...(up ? { peerUptimeEstablishedEpoch: Math.floor(view.history.sessionSince(end) / 1000) } : {}),
    pfxRcd: counters.received,
    pfxSnt: counters.sent,
    state: end.adminDown ? 'Idle (Admin)' : stateNames[end.state],
    peerState: end.adminDown ? 'Admin' : 'OK',
    connectionsEstablished: counters.transitions,
    connectionsDropped: up ? Math.max(0, counters.transitions - 1) : counters.transitions,
    desc: end.peer,
    idType: 'ipv4',
  };
}

/** The value of `ipv4Unicast` in `show bgp summary json`. */
export function summary(view: SwitchView): object {
  const { state } = view;
  const failed = state.sessions.filter((end) => end.state !== 'established').length;
  return {
    routerId: state.device.routerId,
    as: state.asn,
    vrfId: 0,
    vrfName: 'default',
    tableVersion: state.table.size,
    ribCount: state.table.size,
    ribMemory: state.table.size * 192,
    peerCount: state.sessions.length,
    peerMemory: state.sessions.length * 741464,
    peers: Object.fromEntries(state.sessions.map((end) => [end.peerAddress, summaryPeer(view, end)])),
    failedPeers: failed,
    displayedPeers: state.sessions.length,
    totalPeers: state.sessions.length,
    dynamicPeers: 0,
    bestPath: { multiPathRelax: 'true' },
  };
}

function pathFlags(
  path: Path,
  paths: readonly Path[],
): { bestpath: boolean; multipath: boolean; reason: string } {
  const equals = multipaths(paths);
  const [best, second] = paths;
  const byAsPath = second && second.asPath.length !== best?.asPath.length;
  return {
    bestpath: path === best,
    multipath: equals.length > 1 && equals.includes(path),
    reason: second ? (byAsPath ? 'AS Path' : 'Router ID') : 'First path received',
  };
}

function pathDetail(view: SwitchView, path: Path, paths: readonly Path[]): object {
  const { bestpath, multipath, reason } = pathFlags(path, paths);
  const since = view.history.routeSince(view.state.device.name, path);
  const hostname = hostnameOf(path.from?.peer ?? '');
  const peer = { peerId: path.from?.peerAddress, routerId: path.from?.peerRouterId, ...hostname };
  return {
    aspath: {
      string: path.asPath.join(' '),
      segments: [{ type: 'as-sequence', list: path.asPath }],
      length: path.asPath.length,
    },
    origin: 'IGP',
    valid: true,
    version: view.state.table.size,
    ...(multipath ? { multipath } : {}),
    ...(bestpath ? { bestpath: { overall: true, selectionReason: reason } } : {}),
    lastUpdate: { epoch: Math.floor(since / 1000), string: `${new Date(since).toUTCString()}\n` },
    nexthops: [{ ip: path.nextHop, ...hostname, afi: 'ipv4', metric: 0, accessible: true, used: true }],
    peer: { ...peer, type: 'external' },
  };
}

/** `show bgp ipv4 unicast PREFIX json`: all paths to one prefix. */
export function bgpPrefix(view: SwitchView, paths: readonly Path[]): object {
  const [best] = paths;
  if (!best) return {};
  const advertised = [...view.state.sent.keys()].map((address) => {
    const end = view.state.sessions.find((session) => session.peerAddress === address);
    return [address, hostnameOf(end?.peer ?? '')];
  });
  return {
    prefix: best.prefix,
    version: view.state.table.size,
    advertisedTo: Object.fromEntries(advertised),
    paths: paths.map((path) => pathDetail(view, path, paths)),
  };
}

function pathRow(path: Path, paths: readonly Path[]): object {
  const { bestpath, multipath, reason } = pathFlags(path, paths);
  const prefix = parsePrefix(path.prefix);
  return {
    valid: true,
    ...(bestpath ? { bestpath, selectionReason: reason } : multipath ? { multipath } : {}),
    pathFrom: 'external',
    prefix: path.prefix.split('/')[0],
    prefixLen: prefix.length,
    network: path.prefix,
    version: 1,
    weight: 0,
    peerId: path.from?.peerAddress,
    path: path.asPath.join(' '),
    origin: 'IGP',
    nexthops: [{ ip: path.nextHop, ...hostnameOf(path.from?.peer ?? ''), afi: 'ipv4', used: true }],
  };
}

// Rows come one prefix a line, the rest of the JSON with blanks: that is how bgpd streams them.
/** `show bgp ipv4 unicast RANGE longer-prefixes json`: the table's part inside a range. */
export function bgpRange(view: SwitchView, range: Prefix): string {
  const { state } = view;
  const rows = [...state.table]
    .map(([prefix, paths]) => ({ prefix: parsePrefix(prefix), name: prefix, paths }))
    .filter(({ prefix }) => contains(range, prefix))
    .sort((x, y) => comparePrefixes(x.prefix, y.prefix))
    .map(({ name, paths }) => `"${name}": ${JSON.stringify(paths.map((path) => pathRow(path, paths)))}`);
  const head = [
    '{',
    ' "vrfId": 0,',
    ' "vrfName": "default",',
    ` "tableVersion": ${state.table.size},`,
    ` "routerId": "${state.device.routerId}",`,
    ' "defaultLocPrf": 100,',
    ` "localAS": ${state.asn},`,
  ];
  return `${head.join('\n')}\n "routes": { ${rows.join('\n,')}\n }  } \n`;
}
