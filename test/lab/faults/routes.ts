// Faults of a switch's policy: a prefix filtered on the way in, a next hop changed. Rules go in front of the rule that
// lets everything in (route-map LAB-IN), each fault with a prefix-list and a sequence number of its own.

import { INBOUND } from '../frr-config.ts';
import { vtysh } from '../health.ts';
import { LabError } from '../run.ts';
import { afiOf } from '../topology.ts';
import {
  argument,
  configureSwitch,
  type Fault,
  type FaultContext,
  prefixArgument,
  switchNamed,
} from './fault.ts';

function words(prefix: string): { ip: string; unicast: string } {
  return afiOf(prefix) === 'ipv4' ? { ip: 'ip', unicast: 'ipv4' } : { ip: 'ipv6', unicast: 'ipv6' };
}

async function addRule(
  context: FaultContext,
  {
    device,
    prefix,
    action,
    set,
  }: { device: string; prefix: string; action: 'permit' | 'deny'; set: readonly string[] },
): Promise<void> {
  const { ip, unicast } = words(prefix);
  const list = `LAB-${context.slot}`;
  switchNamed(context.lab, device);
  await configureSwitch(context.lab, device, [
    `${ip} prefix-list ${list} permit ${prefix}`,
    `route-map ${INBOUND} ${action} ${100 + context.slot}`,
    `match ${ip} address prefix-list ${list}`,
    ...set,
  ]);
  await vtysh(context.lab, device, `clear bgp ${unicast} unicast * soft in`);
}

async function removeRule(
  context: FaultContext,
  device: string,
  prefix: string,
  action: string,
): Promise<void> {
  const { ip, unicast } = words(prefix);
  await configureSwitch(context.lab, device, [
    `no route-map ${INBOUND} ${action} ${100 + context.slot}`,
    `no ${ip} prefix-list LAB-${context.slot}`,
  ]);
  await vtysh(context.lab, device, `clear bgp ${unicast} unicast * soft in`);
}

/** `filter PREFIX SWITCH`, and `filter PREFIX at SWITCH` for those who like to read it. */
function filterArguments(context: FaultContext): { device: string; prefix: string } {
  const at = context.args[1] === 'at' ? 2 : 1;
  return { prefix: prefixArgument(context, 0), device: argument(context, at, 'the switch') };
}

export const filter: Fault = {
  usage: 'filter PREFIX [at] SWITCH',
  says: 'a switch takes a prefix from no neighbour',
  inject: (context) => addRule(context, { ...filterArguments(context), action: 'deny', set: [] }),
  heal: (context) => {
    const { device, prefix } = filterArguments(context);
    return removeRule(context, device, prefix, 'deny');
  },
};

export const nextHop: Fault = {
  usage: 'next-hop SWITCH PREFIX ADDRESS',
  says: 'a switch sends a prefix to another next hop than the one announced',
  inject: (context) => {
    const prefix = prefixArgument(context, 1);
    const address = argument(context, 2, 'the next hop');
    if (afiOf(address) !== afiOf(prefix)) throw new LabError(`${address} cannot be a next hop of ${prefix}`);
    const set =
      afiOf(prefix) === 'ipv4' ? `set ip next-hop ${address}` : `set ipv6 next-hop global ${address}`;
    return addRule(context, {
      device: argument(context, 0, 'the switch'),
      prefix,
      action: 'permit',
      set: [set],
    });
  },
  heal: (context) =>
    removeRule(context, argument(context, 0, 'the switch'), prefixArgument(context, 1), 'permit'),
};
