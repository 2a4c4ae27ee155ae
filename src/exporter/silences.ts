// The configuration's silences as the audit takes them: selectors of nodes resolved against the nodes that there are now.
import type { SilenceConfig } from '../config/silences.ts';
import { parseSelector } from '../expected/selector.ts';
import type { ExpectedState } from '../model/expectation.ts';
import type { Silence } from '../model/finding.ts';

/** Nodes that a silence is about, by name or selector; undefined when it names none. */
function nodesOf({ nodes, nodeSelector }: SilenceConfig, expected: ExpectedState | undefined) {
  if (nodeSelector === undefined) return nodes;
  let selector: ReturnType<typeof parseSelector>;
  try {
    selector = parseSelector(nodeSelector);
  } catch {
    // Of nobody, rather than of everybody; the state of silences shows that it covers nothing.
    return nodes ?? [];
  }
  const selected = (expected?.nodes ?? []).filter(({ labels = {} }) => selector.matches(labels));
  return [...(nodes ?? []), ...selected.map(({ name }) => name)];
}

/** The silences for one audit. */
export function silencesFor(
  configured: readonly SilenceConfig[],
  expected: ExpectedState | undefined,
): readonly Silence[] {
  return configured.map((each, i) => {
    const { devices, prefixes, until, reason } = each;
    const nodes = nodesOf(each, expected);
    return {
      source: `silences[${i}]`,
      ...(devices && { devices }),
      ...(nodes && { nodes }),
      ...(prefixes && { prefixes }),
      until,
      reason,
    };
  });
}
