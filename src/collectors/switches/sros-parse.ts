// Reads whatever SR OS printed: text tables of the classic CLI and of MD-CLI, JSON of `info json state`, NETCONF's XML, told
// apart by the first sign. `BGP is not configured` is an answer: no sessions; other complaints (`MINOR: …`) are errors.
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Part, parseCapture, textOfLines } from './cli-capture.ts';
import { pieces, readObject } from './frr-json.ts';
import { jsonTree, type Node } from './junos-tree.ts';
import { xmlTree } from './junos-xml.ts';
import { layerOf, vrfInCommand } from './sros-names.ts';
import { isNeighbours, isSummary, textNeighbours, textSummary } from './sros-text-bgp.ts';
import { isBgpRoutes, isRouteTable, textBgpRoutes, textRouteTable } from './sros-text-routes.ts';
import { parseTree } from './sros-tree.ts';

// `A:admin@leaf1# show …`, `*A:leaf1>show>router# `, `[]`, `[/]`, `(ex)[/]`, and a bare echo of the command.
const prompt =
  /^\s*(?:(?:\(\w+\))?\[[^\]"{]{0,80}\]|[*!]{0,2}\(?[A-D]:[\w.@-]+\)?(?:>[\w>"-]+)?# ?(.*)|(show (?:router|service)\b.*|\/?(?:info|state) .*))$/;

const notConfigured = /\bBGP is not (?:configured|enabled|running)\b|\bBGP not configured\b/i;
const complaint = /^\s*(?:MINOR|MAJOR|CRITICAL|ERROR|Error):|^\s*(?:Error|Invalid)\b/;

/** Long lines are no table's, and patterns would take long over them. */
const longest = 2000;

function emptyOf(command: string): Parsed {
  const { layer } = layerOf(command);
  const note = ['BGP is not configured on this router'];
  if (!/\broutes\b|\brib\b/.test(command)) return { sessions: [], routes: [], notes: note };
  const vrf = vrfInCommand(command) ?? 'default';
  return { sessions: [], routes: [{ layer, vrf, rows: [], allNextHops: true }], notes: note };
}

/** The empty object that `info json state` prints where there is nothing below the path. */
function emptyTree(command: string): Parsed | undefined {
  const vrf = vrfInCommand(command) ?? 'default';
  if (/\bneighbor\b/.test(command))
    return { sessions: [], routes: [], notes: ['no neighbours below this path'] };
  const layer = /\brib\b/.test(command) ? 'bgp' : /\broute-table\b/.test(command) ? 'installed' : undefined;
  if (!layer) return undefined;
  return {
    sessions: [],
    routes: [{ layer, vrf, rows: [], allNextHops: true }],
    notes: ['no routes below this path'],
  };
}

function fromTree(command: string, tree: Node): Parsed | undefined {
  return parseTree(command, tree) ?? (tree.children.length === 0 ? emptyTree(command) : undefined);
}

function parsePart({ command, lines }: Part): Parsed | undefined {
  const said = lines.filter(({ text }) => text.trim() !== '');
  // A banner may stand in front.
  if (said.some(({ text }) => /^\s*\{\s*(?:"|\}|$)/.test(text))) {
    const [piece] = pieces(command, textOfLines(lines)).filter(({ json }) => json);
    return piece && fromTree(command, jsonTree(readObject(command, piece)));
  }
  if (said.some(({ text }) => /^\s*<[A-Za-z?!]/.test(text)))
    return fromTree(command, xmlTree(command, textOfLines(lines)));
  const long = said.find(({ text }) => text.length > longest);
  if (long) throw new ParseError(command, `a line of ${long.text.length} characters`, long.number);
  if (isSummary(lines)) return textSummary(command, lines);
  if (isNeighbours(lines)) return textNeighbours(command, lines);
  if (isBgpRoutes(lines)) return { sessions: [], ...textBgpRoutes(command, lines) };
  if (isRouteTable(lines)) return { sessions: [], ...textRouteTable(command, lines) };
  if (said.some(({ text }) => notConfigured.test(text))) return emptyOf(command);
  const bad = said.find(({ text }) => complaint.test(text));
  if (bad) throw new ParseError(command, `the device says: ${snippet(bad.text.trim())}`, bad.number);
  return undefined;
}

/** Reads the answer of one command, or a capture with several. Throws ParseError. */
export function parseSros(command: string, output: string): Parsed {
  return parseCapture(command, output, prompt, parsePart);
}
