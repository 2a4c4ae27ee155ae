// Which nodes a selector takes: looked up once for each selector, and again only for selectors that a changed node
// concerns. Five thousand nodes times a hundred selectors take longer than all else that one changed node needs.
import type { ClusterNode } from './nodes.ts';
import type { SelectorField } from './peer-spec.ts';

type Nodes = ReadonlyMap<string, ClusterNode>;

/** The nodes that a selector takes, in order of names; none for a selector that was not understood. */
export type Select = (selector: SelectorField) => readonly ClusterNode[];

/** A function from nodes to their selection, which goes on from the nodes before. */
export function nodeSelection(): (nodes: Nodes) => Select {
  let [before, found]: [Nodes, Map<string, readonly ClusterNode[]>] = [new Map(), new Map()];
  let select: Select = () => [];
  return (nodes) => {
    if (nodes === before) return select;
    const [from, older] = [before, found];
    const changed = [...nodes.values()].filter((node) => from.get(node.name) !== node);
    for (const node of from.values()) if (nodes.get(node.name) !== node) changed.push(node);
    [before, found] = [nodes, new Map()];
    const lists = found;
    select = (selector) => {
      if (!selector || selector === 'invalid') return [];
      const { text } = selector;
      let list = lists.get(text);
      if (!list) {
        const known = older.get(text);
        const stands = known && !changed.some(({ labels }) => selector.matches(labels));
        list = stands ? known : [...nodes.values()].filter(({ labels }) => selector.matches(labels));
        lists.set(text, list);
      }
      return list;
    };
    return select;
  };
}
