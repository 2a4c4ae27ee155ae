// One tree for both machine forms of Junos: `| display xml` (junos-xml.ts) and `| display json`, whose verbose style wraps
// every element in a list and its text in `data` (Juniper, "Specifying the Output Format for Operational Information").
// The compact style without these wrappers reads alike.
import { asObject } from './frr-json.ts';

export interface Node {
  readonly name: string;
  /** Own text, blanks trimmed; empty for an element without any. */
  readonly text: string;
  /** E.g. `junos:seconds`; the prefix of the name is kept away. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Local part of a name such as `junos:seconds`. */
export const localName = (name: string) => name.slice(name.indexOf(':') + 1);

function textOf(value: unknown): string {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean'
    ? String(first).trim()
    : '';
}

const maxDepth = 40;

function fromJson(name: string, value: unknown, depth: number): Node {
  const object = asObject(value);
  if (!object || depth > maxDepth) return { name, text: textOf(value), attributes: {}, children: [] };
  const attributes = Object.entries(asObject(object.attributes) ?? {});
  const children = Object.entries(object).filter(([key]) => !['data', 'attributes', '#text'].includes(key));
  return {
    name,
    text: textOf(object.data ?? object['#text']),
    attributes: Object.fromEntries(attributes.map(([key, text]) => [localName(key), textOf(text)])),
    children: children.flatMap(([key, inner]) =>
      (Array.isArray(inner) ? inner : [inner]).map((item) => fromJson(localName(key), item, depth + 1)),
    ),
  };
}

/** The tree of a JSON document; its root has no name. */
export function jsonTree(document: Readonly<Record<string, unknown>>): Node {
  return fromJson('', document, 0);
}

/** Children with this name. */
export function all(node: Node, name: string): Node[] {
  return node.children.filter((child) => child.name === name);
}

/** Every element with this name below the node, outermost only. */
export function find(node: Node, name: string): Node[] {
  return node.children.flatMap((child) => (child.name === name ? [child] : find(child, name)));
}

/** Text of the first child with this name; undefined when there is none or it is empty. */
export function text(node: Node, name: string): string | undefined {
  const found = node.children.find((child) => child.name === name)?.text;
  return found === '' ? undefined : found;
}

/** A count in a child's text; undefined when it is no number. */
export function count(node: Node, name: string): number | undefined {
  const found = text(node, name);
  return found !== undefined && /^\d+$/.test(found) ? Number(found) : undefined;
}
