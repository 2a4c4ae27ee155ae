// Names of BGP sessions and of filter functions in calico-node's BIRD configuration, after Calico's
// confd/pkg/backends/calico/bgp_processor.go (v3.32+) and bird.cfg.template (before), and template_funcs.go.
import type { SessionKind } from '../model/session.ts';

const prefixes: Readonly<Record<Exclude<SessionKind, 'fabric'>, string>> = {
  mesh: 'Mesh',
  node: 'Node',
  global: 'Global',
  'local-workload': 'Local_Workload',
};

/**
 * The name of a session in BIRD: `Node_172_20_0_254`, `Global_fd80__2_port_1179`.
 * @param address canonical address of the peer; IPv6 keeps its `::` as two underscores
 * @param port the peer's port where one is configured; mesh sessions never show it
 */
export function sessionName(
  kind: Exclude<SessionKind, 'fabric'>,
  address: string,
  port: number | undefined,
): string {
  const name = `${prefixes[kind]}_${address.replace(/[.:]/g, '_')}`;
  return kind === 'mesh' || port === undefined ? name : `${name}_port_${port}`;
}
