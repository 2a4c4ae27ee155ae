// Reads whatever Junos printed: XML, JSON or text, told apart by its first sign; several commands in one capture one after
// the other. Junos' complaints (`error: …`, `syntax error`) become errors; "BGP is not running" is an answer: no sessions.
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Line, type Part, parseCapture, textOfLines } from './cli-capture.ts';
import { pieces, readObject } from './frr-json.ts';
import { treeRoutes } from './junos-routes.ts';
import { treeSessions } from './junos-sessions.ts';
import { isGroupText, isPeerText, isSummaryText, textPeers, textSummary } from './junos-text-bgp.ts';
import { isRouteText, textRoutes } from './junos-text-routes.ts';
import { find, jsonTree, type Node } from './junos-tree.ts';
import { xmlTree } from './junos-xml.ts';

// `user@host> show …`, `{master:0}`, `[edit]`, and a bare echo of the command.
const prompt =
  /^\s*(?:\{(?:master|backup|linecard|primary|secondary)[^{}"]*\}(?:\[edit[^\]]*\])?|\[edit[^\]]*\]|[\w.-]+@[\w.-]+[>#%] ?(.*)|#?\s*((?:run )?show (?:bgp|route)\b.*))$/;

const notRunning = /\bBGP is not running\b/i;
const complaint =
  /^\s*(?:error:|syntax error|unknown command|invalid |missing argument|.*\bis ambiguous\b|\^\s*$)/i;

function answer(sessions: Parsed['sessions'], notes: readonly string[] = []): Parsed {
  return { sessions, routes: [], notes };
}

function fromTree(command: string, tree: Node): Parsed | undefined {
  const errors = [...find(tree, 'rpc-error'), ...find(tree, 'error')];
  if (errors[0]) {
    const message = find(errors[0], 'message')[0]?.text ?? errors[0].text;
    throw new ParseError(command, `the device says: ${snippet(message.trim())}`);
  }
  const bgp = find(tree, 'bgp-information');
  const routes = find(tree, 'route-information');
  if (bgp.length + routes.length === 0) {
    const said = find(tree, 'output').map((node) => node.text);
    if (said.some((words) => notRunning.test(words))) return answer([], ['BGP is not running']);
    return undefined;
  }
  const read = routes.map((node) => treeRoutes(command, node));
  return {
    sessions: bgp.flatMap((node) => treeSessions(command, node)),
    routes: read.flatMap((part) => part.routes),
    notes: read.flatMap((part) => part.notes),
  };
}

function fromJson(command: string, text: string): Parsed | undefined {
  const documents = pieces(command, text).filter((piece) => piece.json);
  const parts = documents.map((piece) => fromTree(command, jsonTree(readObject(command, piece))));
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  return joined(known);
}

function joined(parts: readonly Parsed[]): Parsed {
  return {
    sessions: parts.flatMap((part) => part.sessions),
    routes: parts.flatMap((part) => part.routes),
    notes: parts.flatMap((part) => part.notes),
  };
}

function fromText(command: string, lines: readonly Line[]): Parsed | undefined {
  if (isSummaryText(lines)) return textSummary(command, lines);
  if (isPeerText(lines)) return textPeers(command, lines);
  if (isGroupText(lines))
    return answer([], ['peer groups say how many sessions are up, not which: none read']);
  if (isRouteText(lines)) return { sessions: [], ...textRoutes(command, lines) };
  return undefined;
}

function parsePart({ command, lines }: Part): Parsed | undefined {
  const said = lines.filter(({ text }) => text.trim() !== '');
  // A banner may stand in front.
  if (said.some(({ text }) => /^\s*\{\s*(?:"|\}|$)/.test(text))) return fromJson(command, textOfLines(lines));
  if (said.some(({ text }) => /^\s*<[A-Za-z?!]/.test(text)))
    return fromTree(command, xmlTree(command, textOfLines(lines)));
  const known = fromText(command, lines);
  if (known) return known;
  if (said.some(({ text }) => notRunning.test(text))) return answer([], ['BGP is not running']);
  const bad = said.find(({ text }) => complaint.test(text));
  if (bad) throw new ParseError(command, `the device says: ${snippet(bad.text.trim())}`, bad.number);
  return undefined;
}

/** Reads the answer of one command, or a capture with several. Throws ParseError. */
export function parseJunos(command: string, output: string): Parsed {
  return parseCapture(command, output, prompt, parsePart);
}
