// All tables that hold BGP sessions, one line each, and which of them a platform is asked for first, by its sysObjectID
// (RFC 3418; the numbers are IANA's private enterprise numbers). BGP4-MIB, which has no IPv6 and no VRFs, comes last; a
// platform that is not known is asked for all of them.
import { compareOids, type Oid, startsWith } from '../../transport/snmp-value.ts';
import { alcatelTables, oldAlcatelTables } from './snmp-alcatel.ts';
import { bgpPeerTable } from './snmp-bgp.ts';
import { aristaBgp4V2PeerTable, bgp4V2PeerTable, os10Bgp4V2PeerTable } from './snmp-bgp4v2.ts';
import { f10BgpM2PeerTable, jnxBgpM2PeerTable } from './snmp-bgpm2.ts';
import { cbgpPeer2Table, cbgpPeer3Table, cbgpPeerAddrFamilyPrefixTable } from './snmp-cisco.ts';
import { cumulusBgpPeerTable, cumulusVrfBgpPeerTable } from './snmp-cumulus.ts';
import { h3cBgpPeerTable, hh3cBgp4v2PeerTable, hh3cBgpPeerTable } from './snmp-h3c.ts';
import { hwBgpPeerTable } from './snmp-huawei.ts';
import { tBgpPeerNgTable } from './snmp-nokia.ts';
import type { SessionTable } from './snmp-session-table.ts';

/** Every table, BGP4-MIB last. */
export const sessionTables: readonly SessionTable[] = [
  hh3cBgpPeerTable,
  hh3cBgp4v2PeerTable,
  cbgpPeer3Table,
  cbgpPeer2Table,
  cbgpPeerAddrFamilyPrefixTable,
  jnxBgpM2PeerTable,
  aristaBgp4V2PeerTable,
  os10Bgp4V2PeerTable,
  f10BgpM2PeerTable,
  hwBgpPeerTable,
  h3cBgpPeerTable,
  tBgpPeerNgTable,
  cumulusVrfBgpPeerTable,
  cumulusBgpPeerTable,
  bgp4V2PeerTable,
  ...alcatelTables,
  ...oldAlcatelTables,
  bgpPeerTable,
];

const enterprise = (...arcs: readonly number[]): Oid => [1, 3, 6, 1, 4, 1, ...arcs];

const platforms: readonly (readonly [prefix: Oid, tables: readonly SessionTable[]])[] = [
  [enterprise(25506), [hh3cBgpPeerTable, hh3cBgp4v2PeerTable]],
  [enterprise(9), [cbgpPeer3Table, cbgpPeer2Table, cbgpPeerAddrFamilyPrefixTable]],
  [enterprise(2636), [jnxBgpM2PeerTable]],
  [enterprise(30065), [aristaBgp4V2PeerTable]],
  [enterprise(674, 11000, 5000, 100, 2), [os10Bgp4V2PeerTable]],
  [enterprise(6027), [f10BgpM2PeerTable]],
  [enterprise(2011), [hwBgpPeerTable, h3cBgpPeerTable]],
  [enterprise(2011, 10), [h3cBgpPeerTable, hwBgpPeerTable]],
  [enterprise(6527), [tBgpPeerNgTable]],
  [enterprise(6486, 801), alcatelTables],
  [enterprise(6486, 800), oldAlcatelTables],
  [enterprise(40310), [cumulusVrfBgpPeerTable, cumulusBgpPeerTable, bgp4V2PeerTable]],
  // SONiC's own agent shows a Cisco table with nothing but states.
  [enterprise(4413, 1, 2, 1, 2), []],
  [enterprise(44641), [bgp4V2PeerTable]],
  [enterprise(41112, 1, 5), [bgp4V2PeerTable]],
  [enterprise(8072), [cumulusVrfBgpPeerTable, cumulusBgpPeerTable, bgp4V2PeerTable]],
];

/** Tables in the order in which to ask a device for them: its platform's, BGP4-MIB, then all others. */
export function tablesFor(objectId: Oid | undefined): readonly SessionTable[] {
  const [known] = platforms
    .filter(([prefix]) => objectId && startsWith(objectId, prefix))
    .sort(([x], [y]) => compareOids(y, x));
  return known ? [...new Set([...known[1], bgpPeerTable, ...sessionTables])] : sessionTables;
}

/** The tables read beside one. */
export function tablesBeside(table: SessionTable): readonly SessionTable[] {
  return table.beside.flatMap((name) => sessionTables.find((other) => other.name === name) ?? []);
}
