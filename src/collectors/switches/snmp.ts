// Reads a switch through SNMP: what it is, its BGP sessions (its vendor's table or BGP4-MIB, RFC 4273) and its routing table
// (IP-FORWARD-MIB, RFC 4292). One session per reading; first one GET that tells whether the agent answers at all, then sessions and routes,
// each of which succeeds or fails by itself.
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { failure, type Reading } from '../../model/reading.ts';
import { type SnmpCredentials, withSnmpSession } from '../../transport/snmp.ts';
import { SnmpError } from '../../transport/snmp-error.ts';
import { formatOid } from '../../transport/snmp-value.ts';
import { snmpCapabilities } from './snmp-capabilities.ts';
import { readRoutes } from './snmp-routes.ts';
import { sessionReader } from './snmp-sessions.ts';
import { readSystem, systemOids } from './snmp-system.ts';

export interface SnmpCollectorOptions {
  readonly device: string;
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly credentials: SnmpCredentials;
  /** Wait for one answer, in milliseconds, before a retry. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** Rows in one GETBULK; 10 to 20 suits most agents. */
  readonly maxRepetitions: number;
  /** Most rows of one table column (and address family) in one reading. */
  readonly maxRows: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

function failed<T>(now: () => number, error: unknown): Reading<T> {
  if (error instanceof SnmpError) return failure(now(), error.kind, error.message);
  return failure(
    now(),
    'internal',
    error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error',
  );
}

/** A collector that asks the agent at `host`. It keeps no connection. */
export function snmpCollector(options: SnmpCollectorOptions): Collector {
  const { device, now } = options;
  const limits = { maxRepetitions: options.maxRepetitions, maxRows: options.maxRows };
  const sessionsOf = sessionReader();
  return {
    device,
    source: 'snmp',
    collect: async (query: CollectQuery, signal: AbortSignal): Promise<Collected> => {
      try {
        return await withSnmpSession(options, signal, async (session) => {
          const scalars = await session.get(systemOids);
          const byOid = new Map(systemOids.map((oid, i) => [formatOid(oid), scalars[i]]));
          const system = readSystem((oid) => byOid.get(formatOid(oid)));
          const sessions = await sessionsOf
            .read(session, device, system, limits, now)
            .catch((error: unknown) => failed<never>(now, error));
          const routes = await readRoutes(session, query, system, limits, now).catch((error: unknown) =>
            failed<never>(now, error),
          );
          const capabilities = snmpCapabilities(sessionsOf.table(), sessions, routes);
          return { sessions, routes, facts: { ...system.facts, capabilities } };
        });
      } catch (error) {
        return { sessions: failed(now, error), routes: failed(now, error) };
      }
    },
    close: () => {},
  };
}
