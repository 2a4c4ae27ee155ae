// Which values a filter of the API can have, where they are a fixed few: any other is refused, because an empty answer to
// `verdict=mising` would read as "nothing is missing".
import type { DeviceRole } from '../model/collector.ts';
import type { PrefixKind } from '../model/expectation.ts';
import type { CheckId, RouteVerdict, Severity } from '../model/finding.ts';
import { type Afi, bgpStates, type SessionKind } from '../model/session.ts';

/** By filter, its values. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** Of a record, so that it does not compile before a new value has its place. */
const all = <T extends string>(values: Readonly<Record<T, true>>) => Object.keys(values);

const prefixKinds = all<PrefixKind>({
  block: true,
  'pod-cidr': true,
  borrowed: true,
  'service-cluster': true,
  'service-external': true,
  'service-loadbalancer': true,
});

export const deviceChoices: Choices = { role: all<DeviceRole>({ node: true, switch: true }) };

export const sessionChoices: Choices = {
  state: [...bgpStates, 'unknown'],
  kind: all<SessionKind>({ mesh: true, node: true, global: true, 'local-workload': true, fabric: true }),
  afi: all<Afi>({ ipv4: true, ipv6: true }),
};

export const routeChoices: Choices = {
  verdict: all<RouteVerdict['verdict']>({
    present: true,
    covered: true,
    'default-only': true,
    missing: true,
    stale: true,
    unknown: true,
  }),
  kind: prefixKinds,
};

export const findingChoices: Choices = {
  check: all<CheckId>({
    'session-down': true,
    'session-missing': true,
    'session-unexpected': true,
    'route-missing': true,
    'route-next-hop': true,
    'route-withheld': true,
    'route-unannounced': true,
    'route-unexpected': true,
    'device-unreachable': true,
    'object-invalid': true,
  }),
  severity: all<Severity>({ critical: true, warning: true, info: true }),
  state: ['firing', 'unknown', 'pending', 'silenced'],
};

export const incidentChoices: Choices = { severity: findingChoices.severity ?? [] };
export const resolvedChoices: Choices = { check: findingChoices.check ?? [] };
