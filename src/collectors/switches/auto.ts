// `driver: auto`: finds out once what the switch is, remembers it, and reads it with that driver. What was found stands in
// the device's facts. A switch that answers differently later (another box under the address) has another host key first.
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { failure } from '../../model/reading.ts';
import { sshDevice } from '../../transport/ssh.ts';
import { drivers } from './drivers.ts';
import { type Identified, identify, UnknownDevice } from './identify.ts';
import type { SnmpSystemOptions } from './snmp-identity.ts';
import { type SshCollectorOptions, sshCollector, toReadingError } from './ssh.ts';

export interface AutoCollectorOptions extends Omit<SshCollectorOptions, 'driver'> {
  /** Asked first where it is given. */
  readonly snmp?: SnmpSystemOptions;
}

/** A collector whose driver is found out by its first collection that reaches the switch. */
export function autoCollector(options: AutoCollectorOptions): Collector {
  const { device, snmp, now, commandTimeoutMs: timeoutMs, maxOutputBytes } = options;
  const ssh = sshDevice(options.connection);
  let found: Identified | undefined;
  let reader: Collector | undefined;

  const collect = async (query: CollectQuery, signal: AbortSignal): Promise<Collected> => {
    try {
      if (!found || !reader) {
        found = await identify(ssh, snmp, { signal, timeoutMs, maxOutputBytes });
        reader = sshCollector({ ...options, driver: drivers[found.driver], connected: ssh });
      }
    } catch (error) {
      const { kind, message } =
        error instanceof UnknownDevice
          ? { kind: 'not-found' as const, message: `${device}: ${error.message}` }
          : toReadingError(device, error);
      return { sessions: failure(now(), kind, message), routes: failure(now(), kind, message) };
    }
    const collected = await reader.collect(query, signal);
    const { driver, by: detectedBy, hostname } = found;
    const named = hostname === undefined ? {} : { hostname };
    return { ...collected, facts: { ...named, ...collected.facts, driver, detectedBy } };
  };

  return { device, source: 'ssh', collect, close: () => ssh.close() };
}
