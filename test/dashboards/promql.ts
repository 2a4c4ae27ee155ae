// Reads PromQL with Prometheus' own grammar: the metrics a query asks for and every label name that it uses on them.
// https://prometheus.io/docs/prometheus/latest/querying/basics/
import { parser } from '@prometheus-io/lezer-promql';

export interface Uses {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
  /** Stretches that are no PromQL. */
  readonly errors: readonly string[];
}

/** Puts something in for Grafana's variables, which are no PromQL. */
export function withoutVariables(expr: string): string {
  return expr.replace(/\$__(rate_)?interval|\$__range/g, '5m').replace(/\$\{\w+(:\w+)?\}|\$\w+/g, 'x');
}

/** What a query uses. */
export function usesOf(expr: string): Uses {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      const parent = node.node.parent?.name;
      if (node.type.isError) errors.push(`${text || 'something missing'} at ${node.from}`);
      else if (node.name === 'Identifier' && parent === 'VectorSelector') metrics.add(text);
      else if (node.name === 'LabelName') labels.add(text);
    },
  });
  return { metrics: [...metrics], labels: [...labels], errors };
}
