// Reads whatever SR Linux printed: boxed tables, long forms, JSON of the state tree, told apart by their first sign. Errors of
// the CLI (`Parsing error: …`, `Error: …`) become errors.
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Part, parseCapture, textOfLines } from './cli-capture.ts';
import { pieces, readObject } from './frr-json.ts';
import { jsonTree } from './junos-tree.ts';
import {
  isBgpSummary,
  isNeighbourDetail,
  isNeighbourTable,
  textNeighbourDetail,
  textNeighbours,
} from './srlinux-text.ts';
import { isRouteDetail, textRouteDetail } from './srlinux-text-route.ts';
import { isPrefixDetail, isRoutes, textPrefixDetail, textRoutes } from './srlinux-text-routes.ts';
import { parseTree } from './srlinux-tree.ts';

// `--{ + running }--[  ]--`, `A:leaf1# show …`, `A:admin@leaf1# / show …`.
const prompt =
  /^\s*(?:--\{.{0,80}\}--\[.{0,200}\]--|[AB]:[\w.@-]+# ?\/? ?(.*)|(\/? ?(?:show network-instance|info(?: from state)?) .*))$/;
const complaint = /^\s*(?:Parsing error|Error|error|Invalid|Unknown)\b/;

/** Long lines are no table's, and patterns would take long over them. */
const longest = 2000;

function fromJson(command: string, text: string): Parsed | undefined {
  const [piece] = pieces(command, text).filter(({ json }) => json);
  if (!piece) return undefined;
  // JSON-RPC answers with a list: one document, as one object.
  const whole = piece.text.startsWith('[') ? { ...piece, text: `{"items":${piece.text}}` } : piece;
  const tree = jsonTree(readObject(command, whole));
  const known = parseTree(command, tree);
  if (known || tree.children.length > 0 || piece.text.startsWith('[')) return known;
  // `{}`: nothing is there below the path.
  if (/\bneighbor\b/.test(command))
    return { sessions: [], routes: [], notes: ['no neighbours below this path'] };
  const layer = /\bbgp-rib\b/.test(command)
    ? 'bgp'
    : /\broute-table\b/.test(command)
      ? 'installed'
      : undefined;
  if (!layer) return undefined;
  const empty = { layer, vrf: 'default', rows: [], allNextHops: true } as const;
  return { sessions: [], routes: [empty], notes: ['no routes below this path'] };
}

function parsePart({ command, lines }: Part): Parsed | undefined {
  const said = lines.filter(({ text }) => text.trim() !== '');
  // A banner may stand in front.
  if (said.some(({ text }) => /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[{\]]|$))/.test(text)))
    return fromJson(command, textOfLines(lines));
  const long = said.find(({ text }) => text.length > longest);
  if (long) throw new ParseError(command, `a line of ${long.text.length} characters`, long.number);
  if (isNeighbourTable(lines)) return textNeighbours(command, lines);
  if (isNeighbourDetail(lines)) return textNeighbourDetail(command, lines);
  if (isBgpSummary(lines)) {
    return {
      sessions: [],
      routes: [],
      notes: ['a summary says how many neighbours are up, not which: none read'],
    };
  }
  if (isPrefixDetail(lines)) return { sessions: [], ...textPrefixDetail(command, lines) };
  if (isRouteDetail(lines)) return { sessions: [], ...textRouteDetail(command, lines) };
  if (isRoutes(lines)) return { sessions: [], ...textRoutes(command, lines) };
  const bad = said.find(({ text }) => complaint.test(text));
  if (bad) throw new ParseError(command, `the device says: ${snippet(bad.text.trim())}`, bad.number);
  return undefined;
}

/** Reads the answer of one command, or a capture with several. Throws ParseError. */
export function parseSrl(command: string, output: string): Parsed {
  return parseCapture(command, output, prompt, parsePart);
}
