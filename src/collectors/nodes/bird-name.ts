// Names that Calico gives to BIRD's BGP protocols (calico: confd/pkg/backends/calico/bgp_processor.go; before v3.32
// bird.cfg.template): kind, the peer's address with `.` or `:` turned into `_`, and a port where one is configured.
import { canonicalAddress } from '../../model/address.ts';
import type { SessionKind } from '../../model/session.ts';

export interface PeerName {
  readonly kind: SessionKind;
  /** Undefined when the middle of the name is no address. */
  readonly address: string | undefined;
  readonly port: number | undefined;
}

const kinds: Readonly<Record<string, SessionKind>> = {
  Mesh: 'mesh',
  Global: 'global',
  Node: 'node',
  Local_Workload: 'local-workload',
};

/** Reads a name such as `Node_172_16_2_116_port_179` or `Mesh_fd80__2`; undefined for names that are not Calico's. */
export function parsePeerName(name: string): PeerName | undefined {
  const match = /^(Mesh|Global|Node|Local_Workload)_(.+?)(?:_port_(\d{1,5}))?$/.exec(name);
  const kind = kinds[match?.[1] ?? ''];
  if (!match || !kind) return undefined;
  const text = match[2] ?? '';
  // Four groups of an IPv6 address without `::` would not be one, so the two readings never both succeed.
  const address = canonicalAddress(text.replaceAll('_', '.')) ?? canonicalAddress(text.replaceAll('_', ':'));
  return { kind, address, port: match[3] === undefined ? undefined : Number(match[3]) };
}
