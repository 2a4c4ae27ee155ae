// A reader for the XML that Junos prints (`| display xml`): elements, attributes, text, the five entities, comments. No
// DTD, no entities of its own, no namespaces beyond dropping their prefix (W3C XML 1.0, the part that is used). What does
// not close is a cut answer and an error.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { localName, type Node } from './junos-tree.ts';

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function attributesOf(text: string): Record<string, string> {
  const found = text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return Object.fromEntries(
    [...found].map(([, name = '', double, single]) => [localName(name), decoded(double ?? single ?? '')]),
  );
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<!DOCTYPE[^>]*>|<(\/?)([A-Za-z_][\w:.-]*)([^<>]*?)(\/?)>|[^<]+/y;

/** Reads a text with one or more XML elements in it. Throws ParseError with the line. */
export function xmlTree(source: string, xml: string): Node {
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack: Open[] = [root];
  const lineAt = (at: number) => xml.slice(0, at).split('\n').length;
  const top = () => stack.at(-1) ?? root;
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (!match) throw new ParseError(source, `not XML: ${snippet(xml.slice(at, at + 60))}`, lineAt(at));
    const [whole, slash, name, rest = '', empty] = match;
    if (name === undefined) {
      if (whole.startsWith('<![CDATA[')) top().text += whole.slice(9, -3);
      else if (!whole.startsWith('<')) top().text += decoded(whole);
    } else if (slash === '') {
      const element = { name: localName(name), attributes: attributesOf(rest), children: [], text: '' };
      stack.push(element);
      if (empty === '/') close();
    } else if (stack.length > 1 && top().name === localName(name)) close();
    else throw new ParseError(source, `</${name}> closes nothing that is open`, lineAt(at));
  }
  if (stack.length > 1) {
    throw new ParseError(
      source,
      `the answer ends inside <${top().name}>: it was cut off`,
      lineAt(xml.length),
    );
  }
  return { ...root, text: root.text.trim() };

  function close(): void {
    const done = stack.pop();
    if (done) top().children.push({ ...done, text: done.text.trim() });
  }
}
