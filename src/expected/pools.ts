// IPPools: the cluster's ranges of pod addresses, and which of them may be announced.
// Source: api/pkg/apis/projectcalico/v3/ippool.go, confd/pkg/backends/calico/ippools.go.
import type { ApiObject } from '../model/object.ts';
import type { Prefix } from '../model/prefix.ts';
import { comparePrefixes, contains } from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { type Report, specOf } from './fields.ts';

export interface Pool {
  readonly name: string;
  readonly prefix: Prefix;
  readonly disableBgpExport: boolean;
  readonly encapsulation: 'none' | 'ipip' | 'vxlan';
}

const modes = ['Always', 'CrossSubnet', 'Never'] as const;

/** All pools that have a readable CIDR. */
export function poolsOf(objects: readonly ApiObject[], report: Report): readonly Pool[] {
  const pools = objects.flatMap((object): Pool[] => {
    const spec = specOf(object, report);
    const prefix = cidrField(spec, 'cidr');
    const [ipip, vxlan] = [spec.oneOf('ipipMode', modes), spec.oneOf('vxlanMode', modes)];
    if (!spec.has('cidr')) spec.problem('error', 'cidr', 'is missing; the pool is left out');
    if (!prefix) return [];
    const on = (mode: string | undefined) => mode === 'Always' || mode === 'CrossSubnet';
    const encapsulation = on(vxlan) ? 'vxlan' : on(ipip) ? 'ipip' : 'none';
    const disableBgpExport = spec.flag('disableBGPExport') ?? false;
    return [{ name: object.metadata.name, prefix, disableBgpExport, encapsulation }];
  });
  const sorted = [...pools].sort((x, y) => comparePrefixes(x.prefix, y.prefix));
  for (const [i, pool] of sorted.entries()) {
    const outer = sorted.slice(0, i).find(({ prefix }) => contains(prefix, pool.prefix));
    if (!outer) continue;
    const message = `overlaps with IPPool ${outer.name}; Calico's rules for both then apply to the same routes`;
    report({ severity: 'error', object: `IPPool ${pool.name}`, field: 'spec.cidr', message });
  }
  return pools;
}
