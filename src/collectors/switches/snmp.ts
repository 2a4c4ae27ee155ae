// Reads a switch through SNMP: what it is, its BGP sessions (its vendor's table or BGP4-MIB, RFC 4273) and its routing table
// (IP-FORWARD-MIB, RFC 4292). One session per reading; first one GET that tells whether the agent answers at all, then sessions and routes,
// each of which succeeds or fails by itself.
import type { Collected, Collector, CollectQuery, DeviceFacts } from '../../model/collector.ts';
import { failure, type Reading, success } from '../../model/reading.ts';
import { type SnmpCredentials, withSnmpSession } from '../../transport/snmp.ts';
import { SnmpError } from '../../transport/snmp-error.ts';
import { formatOid } from '../../transport/snmp-value.ts';
import { snmpCapabilities } from './snmp-capabilities.ts';
import { joinVrfRoutes, joinVrfSessions, type VrfReadings } from './snmp-contexts.ts';
import { readPaths } from './snmp-path-reader.ts';
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
  /** Read the paths of the BGP table too. */
  readonly paths?: boolean;
  /** VRFs behind contexts of their own, each with the credentials that lead there. */
  readonly vrfs?: readonly { readonly name: string; readonly credentials: SnmpCredentials }[];
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

interface Readings extends Pick<Collected, 'sessions' | 'routes'> {
  readonly facts?: DeviceFacts;
}

/** Reads one context (the default one, or a VRF's): what it is, its sessions and routes, each for itself. */
function contextReader(options: SnmpCollectorOptions, credentials: SnmpCredentials) {
  const { device, now, paths } = options;
  const limits = { maxRepetitions: options.maxRepetitions, maxRows: options.maxRows };
  const sessionsOf = sessionReader();
  const read = async (query: CollectQuery, signal: AbortSignal): Promise<Readings> => {
    try {
      return await withSnmpSession({ ...options, credentials }, signal, async (session) => {
        const scalars = await session.get(systemOids);
        const byOid = new Map(systemOids.map((oid, i) => [formatOid(oid), scalars[i]]));
        const system = readSystem((oid) => byOid.get(formatOid(oid)));
        const sessions = await sessionsOf
          .read(session, device, system, limits, now)
          .catch((error: unknown) => failed<never>(now, error));
        const routes = await readRoutes(session, query, system, limits, now).catch((error: unknown) =>
          failed<never>(now, error),
        );
        const received = paths && routes.ok ? await readPaths(session, query, limits) : undefined;
        return {
          sessions,
          routes: received && routes.ok ? success(routes.at, [...routes.value, received]) : routes,
          facts: system.facts,
        };
      });
    } catch (error) {
      return { sessions: failed(now, error), routes: failed(now, error) };
    }
  };
  return { read, table: () => sessionsOf.table() };
}

/** A collector that asks the agent at `host`. It keeps no connection. */
export function snmpCollector(options: SnmpCollectorOptions): Collector {
  const main = contextReader(options, options.credentials);
  const contexts = (options.vrfs ?? []).map(({ name, credentials }) => ({
    vrf: name,
    reader: contextReader(options, credentials),
  }));
  return {
    device: options.device,
    source: 'snmp',
    collect: async (query: CollectQuery, signal: AbortSignal): Promise<Collected> => {
      const first = await main.read(query, signal);
      // Nobody answers in the default context: every other one would cost its deadline to say the same.
      if (!first.facts) return first;
      const others: VrfReadings[] = [];
      for (const { vrf, reader } of contexts) others.push({ vrf, ...(await reader.read(query, signal)) });
      const sessions = joinVrfSessions(first.sessions, others);
      const routes = joinVrfRoutes(first.routes, others, query);
      const capabilities = snmpCapabilities(main.table(), sessions, routes, query);
      return { sessions, routes, facts: { ...first.facts, capabilities } };
    },
    close: () => {},
  };
}
