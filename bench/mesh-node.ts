// A Calico node of a large mesh on real daemons: one BIRD 1.6 as the node, configured as Calico does it, and one that plays
// its 500 mesh peers and two top-of-rack switches, each session from an address of its own in 127.0.0.0/8. Neither has a
// kernel protocol, so nothing is put into the machine's routing table.

export const meshSessions = 500;
export const torSessions = 2;
const routesPerMesh = 10;
const routesPerTor = 2500;
export const routes = meshSessions * routesPerMesh + torSessions * routesPerTor;

/** Every route of the benchmark is inside it. */
export const range = '10.0.0.0/8';

const meshAddress = (i: number) => `127.1.${i >> 8}.${i & 255}`;
const torAddress = (i: number) => `127.2.0.${i + 1}`;
/** The node's own end: BIRD 1.6 takes one session to an address and port, so that the peers need many of them. */
const nodeEnd = (peer: string) => peer.replace('127.', '127.10');
const net = (block: number) => `10.${block >> 10}.${(block >> 2) & 255}.${(block & 3) * 64}/26`;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const bgp = 'multihop; graceful restart; import all; connect retry time 2;';

/** The node's configuration; `port` is its own, `peerPort` that of all its peers. */
export function nodeConfig(port: number, peerPort: number): string {
  const name = (address: string) => address.replaceAll('.', '_');
  const session = (kind: string, address: string, asn: number, policy: string) =>
    `protocol bgp ${kind}_${name(address)} from calico { local ${nodeEnd(address)} as 64512; neighbor ${address} port ${peerPort} as ${asn}; passive on; ${policy} }`;
  const own = '{ if net ~ [ 10.255.0.0/16{26,26} ] then accept; reject; }';
  return `
router id 10.0.0.1;
listen bgp address 0.0.0.0 port ${port};
protocol device {}
protocol static static2 { route 127.0.0.0/8 via "lo"; }
protocol static static1 { ${numbers(4)
    .map((i) => `route 10.255.0.${i * 64}/26 blackhole;`)
    .join(' ')} }
template bgp calico { ${bgp} }
${numbers(meshSessions)
  .map((i) => session('Mesh', meshAddress(i), 64512, `export filter ${own};`))
  .join('\n')}
${numbers(torSessions)
  .map((i) => session('Node', torAddress(i), 65001, `export filter ${own};`))
  .join('\n')}
`;
}

/** The configuration of all peers in one daemon. */
export function peersConfig(port: number, nodePort: number): string {
  const all = numbers(routes).map((block) => `route ${net(block)} blackhole;`);
  // Not all at once: BIRD lets eight connections wait, and forgets the others until their hold timer ends.
  let delay = 0;
  const session = (name: string, address: string, asn: number, sent: string) =>
    `protocol bgp ${name} from far { connect delay time ${1 + (delay++ % 25)}; startup hold time 10; local ${address} as ${asn}; neighbor ${nodeEnd(address)} port ${nodePort} as 64512; export filter { if ${sent} then accept; reject; }; }`;
  const nets = (i: number) => numbers(routesPerMesh).map((n) => net(i * routesPerMesh + n));
  const torStart = meshSessions * routesPerMesh;
  const rack = (i: number) =>
    numbers(routesPerTor).map((n) => `route ${net(torStart + i * routesPerTor + n)} blackhole;`);
  return `
router id 10.0.0.2;
listen bgp address 0.0.0.0 port ${port};
protocol device {}
protocol static mesh { ${all.slice(0, torStart).join(' ')} }
${numbers(torSessions)
  .map((i) => `protocol static rack${i} { ${rack(i).join(' ')} }`)
  .join('\n')}
template bgp far { next hop self; ${bgp} }
${numbers(meshSessions)
  .map((i) => session(`mesh${i}`, meshAddress(i), 64512, `net ~ [ ${nets(i).join(', ')} ]`))
  .join('\n')}
${numbers(torSessions)
  .map((i) => session(`tor${i}`, torAddress(i), 65001, `proto = "rack${i}"`))
  .join('\n')}
`;
}
