// What an SNMP agent says the device is: sysDescr, sysObjectID and sysName (RFC 3418), in one GET. For finding out which
// driver to type with; what the agent knows of BGP is read elsewhere.
import { type SnmpCredentials, withSnmpSession } from '../../transport/snmp.ts';
import type { Oid, SnmpValue } from '../../transport/snmp-value.ts';

export interface SnmpSystemOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: SnmpCredentials;
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface SnmpIdentity {
  readonly objectId: readonly number[];
  readonly description: string;
}

const oids: readonly Oid[] = [
  [1, 3, 6, 1, 2, 1, 1, 2, 0],
  [1, 3, 6, 1, 2, 1, 1, 1, 0],
];

const text = (value: SnmpValue | undefined) =>
  value?.type === 'octets' ? Buffer.from(value.value).toString('utf8').slice(0, 1000) : '';

/** Asks. Rejects with SnmpError. */
export function snmpIdentity(options: SnmpSystemOptions, signal: AbortSignal): Promise<SnmpIdentity> {
  return withSnmpSession(options, signal, async (session) => {
    const [id, description] = await session.get(oids);
    return { objectId: id?.type === 'oid' ? id.value : [], description: text(description) };
  });
}
