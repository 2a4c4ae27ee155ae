// Forms of BIRD 1.6's control protocol: reply lines with their codes, time stamps, one route as text. A line repeats its
// code as one blank when it is the same as the line's before (nest/cli.c); route rows follow nest/rt-table.c and
// proto/bgp/attrs.c.
import type { BirdRow } from './bird-table.ts';

export interface BirdLine {
  readonly code: number;
  readonly text: string;
}

const fourDigits = (code: number) => String(code).padStart(4, '0');

/** The reply as it goes over the socket; `last` closes it. */
export function replyText(lines: readonly BirdLine[], last: BirdLine): string {
  let before = -1;
  let text = '';
  for (const line of lines) {
    text += line.code === before ? ` ${line.text}\n` : `${fourDigits(line.code)}-${line.text}\n`;
    before = line.code;
  }
  return `${text}${fourDigits(last.code)} ${last.text}\n`;
}

/** The usual end of a list. */
export const endOfList: BirdLine = { code: 0, text: '' };

const iso = (at: number) => new Date(at).toISOString();

/** `2026-11-22 23:01:18`, in UTC as in calico-node's container. */
export function longTime(at: number): string {
  return iso(at).slice(0, 19).replace('T', ' ');
}

const timeOfDayFor = 20 * 3600 * 1000;

/** BIRD's short time: `HH:MM:SS` within 20 hours, then the date. */
export function shortTime(at: number, now: number): string {
  return now - at < timeOfDayFor ? iso(at).slice(11, 19) : iso(at).slice(0, 10);
}

function routeInfo(row: BirdRow): string {
  if (row.type !== 'BGP') return `(${row.preference})`;
  const origin = row.attributes?.asPath.at(-1);
  return `(${row.preference}/0) [${origin === undefined ? '' : `AS${origin}`}i]`;
}

/** One route; `repeated` when the row above is of the same prefix. With `all`, its attributes below it. */
export function routeLines(row: BirdRow, repeated: boolean, all: boolean, now: number): BirdLine[] {
  const from = row.from ? ` from ${row.from}` : '';
  const net = repeated ? '' : row.prefix;
  const source = `[${row.protocol} ${shortTime(row.since, now)}${from}]${row.primary ? ' *' : ''}`;
  const lines = [{ code: 1007, text: `${net.padEnd(18)} ${row.via} ${source} ${routeInfo(row)}` }];
  if (!all) return lines;
  lines.push({ code: 1008, text: `\tType: ${row.type} unicast univ` });
  const add = (name: string, value: string | number) => {
    lines.push({ code: 1012, text: `\t${name}: ${value}` });
  };
  if (row.type === 'inherit') {
    add('Kernel.source', 3);
    add('Kernel.metric', 0);
  }
  if (row.attributes) {
    add('BGP.origin', 'IGP');
    add('BGP.as_path', row.attributes.asPath.join(' '));
    add('BGP.next_hop', row.attributes.nextHop);
    add('BGP.local_pref', row.attributes.localPref);
    if (row.attributes.originatorId) add('BGP.originator_id', row.attributes.originatorId);
    if (row.attributes.clusterList.length > 0) add('BGP.cluster_list', row.attributes.clusterList.join(' '));
  }
  return lines;
}
