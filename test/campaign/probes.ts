// What the devices themselves show, asked past the exporter: from when on a fault can be seen at all.
import type { Probe } from './scenario.ts';

function ipOf(prefix: string): 'ip' | 'ipv6' {
  return prefix.includes(':') ? 'ipv6' : 'ip';
}

/** No switch of these has the prefix in its routing table. */
export function gone(prefix: string, ...devices: readonly string[]): Probe {
  return async ({ lab }) => {
    const said = await Promise.all(
      devices.map((device) => lab.vtysh(device, `show ${ipOf(prefix)} route ${prefix} json`)),
    );
    return said.every((text) => Object.keys(JSON.parse(text) as object).length === 0);
  };
}

/** Every switch of these has the prefix in its routing table. */
export function there(prefix: string, ...devices: readonly string[]): Probe {
  return async ({ lab }) => {
    const said = await Promise.all(
      devices.map((device) => lab.vtysh(device, `show ${ipOf(prefix)} route ${prefix} json`)),
    );
    return said.every((text) => Object.keys(JSON.parse(text) as object).length > 0);
  };
}

/** The switch's session with the peer is not established. */
export function down(device: string, peerAddress: string): Probe {
  return async ({ lab }) =>
    !(await lab.vtysh(device, `show bgp neighbors ${peerAddress}`)).includes('BGP state = Established');
}

/** What a switch prints matches. */
export function prints(device: string, command: string, wanted: RegExp): Probe {
  return async ({ lab }) => wanted.test(await lab.vtysh(device, command));
}

/** What a node's BIRD answers matches. */
export function answers(node: string, command: string, wanted: RegExp, afi: 'ipv4' | 'ipv6' = 'ipv4'): Probe {
  return async ({ lab }) => wanted.test(await lab.bird(node, command, afi));
}

/** All of them at once. */
export function all(...probes: readonly Probe[]): Probe {
  return async (world) => (await Promise.all(probes.map((probe) => probe(world)))).every(Boolean);
}
