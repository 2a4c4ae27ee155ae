// More about the few routes without a gateway: connected ones and those that discard. Their type and interface (RFC 4292)
// tell the two apart, and the interface's name (IF-MIB, RFC 2863) does where the type does not: Null0 is a discard.
// Routes with a gateway are left alone, so this costs a few requests and not a second walk.
import type { SnmpSession } from '../../transport/snmp.ts';
import type { Oid, SnmpValue } from '../../transport/snmp-value.ts';
import { nextHopOfColumn, type RouteLayout } from './snmp-route-index.ts';
import type { FoundRoute } from './snmp-route-rows.ts';

const ifName: Oid = [1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1];

/** The OID of an interface's name. */
export function ifNameOid(ifIndex: number): Oid {
  return [...ifName, ifIndex];
}

/** The name in a value of ifName; undefined when it has none. */
export function interfaceName(value: SnmpValue | undefined): string | undefined {
  if (value?.type !== 'octets') return undefined;
  const name = Buffer.from(value.value).toString('utf8').replace(/\p{C}/gu, '').trim();
  return name === '' ? undefined : name;
}

const integerOf = (value: SnmpValue | undefined) => (value?.type === 'integer' ? value.value : undefined);

/** The same routes, those without a next hop with type and interface as far as the agent says. Rejects with SnmpError. */
export async function addRouteDetails(
  session: Pick<SnmpSession, 'get'>,
  layout: RouteLayout,
  found: readonly FoundRoute[],
): Promise<readonly FoundRoute[]> {
  const bare = found.filter(({ nextHop }) => nextHop === undefined);
  if (bare.length === 0) return found;
  const { type, ifIndex, nextHop } = layout.columns;
  const wanted = nextHop === undefined ? [type, ifIndex] : [type, ifIndex, nextHop];
  const size = wanted.length;
  const values = await session.get(
    bare.flatMap(({ index }) => wanted.map((column) => [...layout.entry, column, ...index])),
  );
  const interfaces = bare.map((_, i) => integerOf(values[size * i + 1]));
  const numbers = [...new Set(interfaces)].filter((number) => number !== undefined && number > 0);
  const names = await session.get(numbers.map((number) => ifNameOid(number ?? 0)));
  const nameOf = new Map(numbers.map((number, i) => [number, interfaceName(names[i])]));
  const details = new Map(
    bare.map((route, i): [FoundRoute, FoundRoute] => {
      const routeType = integerOf(values[size * i]);
      const shown = nextHop === undefined ? undefined : values[size * i + 2];
      const hop = shown?.type === 'octets' ? nextHopOfColumn(shown.value) : undefined;
      const number = interfaces[i];
      const name = nameOf.get(number);
      return [
        route,
        {
          ...route,
          ...(routeType !== undefined && { type: routeType }),
          ...(number !== undefined && { ifIndex: number }),
          ...(hop !== undefined && { nextHop: hop }),
          // A gateway's interface is left out, as it is where the index tells the gateway.
          ...(name !== undefined && hop === undefined && { interface: name }),
        },
      ];
    }),
  );
  return found.map((route) => details.get(route) ?? route);
}
