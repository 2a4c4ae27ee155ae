// One route in detail in SR Linux' text, `show … route-table … prefix P detail`: pairs, then a line for each next hop (Nokia,
// "SR Linux CLI show commands"). A line `via …` below a next hop tells how it is resolved and is no next hop of its own.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asRoutes, instanceInCommand } from './srlinux-text.ts';
import { protocolOf, type SrlRoutes } from './srlinux-text-routes.ts';

const destination = /^\s*Destination\s*: (\S+\/\d+)/;

export const isRouteDetail = (lines: readonly Line[]) => lines.some(({ text }) => destination.test(text));

function valueIn(lines: readonly Line[], name: string): string {
  const pattern = new RegExp(`^\\s*${name}\\s*: (\\S+)`);
  return lines.map(({ text }) => pattern.exec(text)?.[1]).find((value) => value !== undefined) ?? '';
}

function hopsIn(lines: readonly Line[]): NextHop[] {
  const start = lines.findIndex(({ text }) => /^\s*Next hops\s*:/.test(text));
  const end = lines.findIndex(({ text }) => /^\s*Backup Next hops/.test(text));
  const own = start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end);
  return own.flatMap(({ text }) => {
    const address = canonicalAddress(/^([\da-fA-F.:]+)(?:%\S+)? \(/.exec(text)?.[1] ?? '');
    return address === undefined ? [] : [{ address }];
  });
}

/** Rows of the long form, with a note where next hops are missing. Throws ParseError. */
export function textRouteDetail(command: string, lines: readonly Line[]): SrlRoutes {
  const blocks: Line[][] = [];
  for (const line of lines) {
    if (destination.test(line.text)) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  const heading = /route table of network[- ]instance "?([^"\s]+)/;
  const named = lines.map(({ text }) => heading.exec(text)?.[1]).find((name) => name !== undefined);
  const vrf = named ?? instanceInCommand(command) ?? 'default';
  const notes: string[] = [];
  const rows = blocks.map((block): RouteRow => {
    const shown = valueIn(block, 'Destination');
    const prefix = tryParsePrefix(shown);
    if (!prefix) throw new ParseError(command, `${snippet(shown)} is not a prefix`, block[0]?.number);
    const nextHops = hopsIn(block);
    const said = valueIn(block, 'Next hops');
    if (said === '' || nextHops.length < Number(said)) {
      notes.push('fewer next hops were read than the device counts');
    }
    return {
      prefix,
      nextHops,
      protocol: protocolOf(valueIn(block, 'Route Type')),
      best: /^true/i.test(valueIn(block, 'Active')),
      vrf,
    };
  });
  return { routes: [asRoutes({ layer: 'installed', vrf, rows })], notes };
}
