// Prefixes that a BGPFilter keeps from the whole fabric, with the rule: expected nowhere, and said once, since a rule that
// is a bit too wide looks the same as one that is meant. A pool with disableBGPExport can only be meant, and is not said.
import { formatPrefix } from '../model/prefix.ts';
import type { Check } from './check.ts';

export const routeWithheld: Check = (context) => {
  const withheld = context.expected?.withheld ?? [];
  const carried = context.input.isCarried ?? (() => true);
  return {
    findings: withheld.flatMap(({ prefix, kind, nodes, cause, because, object }) => {
      if (cause !== 'bgpfilter-reject' || !carried({ prefix, kind, origins: nodes, because })) return [];
      const text = formatPrefix(prefix);
      const [node = ''] = nodes;
      return [
        {
          severity: 'info' as const,
          device: node,
          subject: text,
          verdict: 'missing' as const,
          cause,
          detail: `${text} of ${nodes.join(', ')} does not reach the fabric: ${because || object}`,
          prefix: text,
          kind,
          nodes,
        },
      ];
    }),
  };
};
