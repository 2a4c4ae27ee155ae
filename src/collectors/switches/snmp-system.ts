// What an agent says of the device in one GET: sysDescr and sysObjectID (RFC 3418), and the scalars of BGP4-MIB (RFC 4273).
// These also tell whether anybody serves the BGP objects at all: after a restart of net-snmp's snmpd they are gone until
// the routing daemon's AgentX connection is back, and that is not "no sessions".
import type { DeviceFacts } from '../../model/collector.ts';
import { type Oid, type SnmpValue, startsWith } from '../../transport/snmp-value.ts';
import { asnFromMib } from './snmp-session-values.ts';

const sysDescr: Oid = [1, 3, 6, 1, 2, 1, 1, 1, 0];
const sysObjectId: Oid = [1, 3, 6, 1, 2, 1, 1, 2, 0];
const sysName: Oid = [1, 3, 6, 1, 2, 1, 1, 5, 0];
const bgpVersion: Oid = [1, 3, 6, 1, 2, 1, 15, 1, 0];
const bgpLocalAs: Oid = [1, 3, 6, 1, 2, 1, 15, 2, 0];
const bgpIdentifier: Oid = [1, 3, 6, 1, 2, 1, 15, 4, 0];

/** The scalars to ask for. */
export const systemOids: readonly Oid[] = [
  sysDescr,
  sysObjectId,
  sysName,
  bgpVersion,
  bgpLocalAs,
  bgpIdentifier,
];

export interface SystemAnswer {
  readonly facts: DeviceFacts;
  readonly localAsn: number | null;
  /** Somebody answers for BGP4-MIB. */
  readonly bgp: boolean;
  /** The agent is net-snmp's on a Linux host; undefined when it does not say what it is. */
  readonly netSnmp: boolean | undefined;
  /** sysObjectID, which tells the platform. */
  readonly objectId?: Oid;
}

// sysObjectID of systems whose route tables are those of net-snmp: its own, Cumulus, VyOS, EdgeOS.
const netSnmpIds: readonly Oid[] = [
  [1, 3, 6, 1, 4, 1, 8072],
  [1, 3, 6, 1, 4, 1, 40310],
  [1, 3, 6, 1, 4, 1, 44641],
  [1, 3, 6, 1, 4, 1, 41112, 1, 5],
];

function textOf(value: SnmpValue | undefined): string | undefined {
  if (value?.type !== 'octets') return undefined;
  const text = Buffer.from(value.value).toString('utf8');
  const line = text.replace(/^["\s]+/, '').split(/[\r\n]/)[0] ?? '';
  const printable = line.replace(/\p{C}/gu, '').replace(/["\s]+$/, '');
  return printable === '' ? undefined : printable.slice(0, 200);
}

/** Reads the scalars; `valueAt` gives undefined or an absent value for those the agent has not. */
export function readSystem(valueAt: (oid: Oid) => SnmpValue | undefined): SystemAnswer {
  const software = textOf(valueAt(sysDescr));
  const hostname = textOf(valueAt(sysName));
  const id = valueAt(sysObjectId);
  const localAs = valueAt(bgpLocalAs);
  const localAsn = asnFromMib(localAs?.type === 'integer' ? localAs.value : undefined);
  const identifier = valueAt(bgpIdentifier);
  const routerId =
    identifier?.type === 'address' && identifier.value !== '0.0.0.0' ? identifier.value : undefined;
  const isNetSnmp =
    (id?.type === 'oid' && netSnmpIds.some((root) => startsWith(id.value, root))) ||
    /^Linux |net-snmp|^SONiC /i.test(software ?? '');
  return {
    facts: {
      ...(software !== undefined && { software }),
      ...(hostname !== undefined && { hostname }),
      ...(localAsn !== null && { localAsn }),
      ...(routerId !== undefined && { routerId }),
    },
    localAsn,
    bgp: localAs?.type === 'integer' || valueAt(bgpVersion)?.type === 'octets',
    netSnmp: id?.type === 'oid' || software !== undefined ? isNetSnmp : undefined,
    ...(id?.type === 'oid' && { objectId: id.value }),
  };
}
