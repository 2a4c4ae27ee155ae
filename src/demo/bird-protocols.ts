// `show protocols [all]` of a demo node, in the form of BIRD 1.6 (nest/proto.c, proto/bgp/bgp.c): the four instances that
// Calico configures and one BGP instance for each session. BGP states, error classes and the padding of columns are
// BIRD's own; counters are those of the modelled table.
import { type BirdRow, type BirdView, masterTable } from './bird-table.ts';
import { type BirdLine, endOfList, replyText, shortTime } from './bird-text.ts';
import type { SessionEnd } from './sessions.ts';

interface Instance {
  readonly name: string;
  readonly proto: string;
  readonly state: 'up' | 'start';
  readonly since: number;
  readonly info: string;
  readonly detail: readonly string[];
}

const bgpStateNames = {
  idle: 'Idle',
  connect: 'Connect',
  active: 'Active',
  opensent: 'OpenSent',
  openconfirm: 'OpenConfirm',
  established: 'Established',
} as const;

const errorClasses = { received: 'Received: ', sent: 'BGP Error: ', socket: 'Socket: ' } as const;

const column = (value: number | string) => String(value).padStart(10);

function stats(imported: number, exported: number): string[] {
  const row = (name: string, ...values: (number | string)[]) =>
    `    ${`${name}:`.padEnd(19)} ${values.map(column).join(' ')}`;
  return [
    '  Route change stats:     received   rejected   filtered    ignored   accepted',
    row('Import updates', imported, 0, 0, 0, imported),
    row('Import withdraws', 0, 0, '---', 0, 0),
    row('Export updates', exported, 0, 0, '---', exported),
    row('Export withdraws', 0, '---', '---', '---', 0),
  ];
}

function head(
  preference: number,
  input: string,
  output: string,
  rows: readonly BirdRow[],
  exported: number,
): string[] {
  const preferred = rows.filter((row) => row.primary).length;
  return [
    `  Preference:     ${preference}`,
    `  Input filter:   ${input}`,
    `  Output filter:  ${output}`,
    `  Routes:         ${rows.length} imported, ${exported} exported, ${preferred} preferred`,
    ...stats(rows.length, exported),
  ];
}

function errorText(end: SessionEnd): string {
  return end.error ? `${errorClasses[end.error.by]}${end.error.text}` : '';
}

const holdTime = 240;
const keepaliveTime = 80;

function sessionDetail(view: BirdView, end: SessionEnd): string[] {
  const lines = [
    `  BGP state:          ${bgpStateNames[end.state]}`,
    `    Neighbor address: ${end.peerAddress}`,
    `    Neighbor AS:      ${end.peerAsn}`,
  ];
  if (end.state !== 'established') {
    lines.push(end.state === 'idle' ? '    Error wait:       3/5' : '    Connect delay:    2/5');
    if (end.error) lines.push(`    Last error:       ${errorText(end)}`);
    return lines;
  }
  const spent = Math.floor(view.now / 1000) % keepaliveTime;
  const kind = `${end.external ? 'external' : 'internal'} multihop`;
  return [
    ...lines,
    `    Neighbor ID:      ${end.peerRouterId}`,
    `    Neighbor caps:    refresh enhanced-refresh restart-${end.external ? 'aware' : 'able'} AS4`,
    `    Session:          ${kind}${end.client ? ' route-reflector' : ''} AS4`,
    `    Source address:   ${end.localAddress}`,
    `    Hold timer:       ${holdTime - spent}/${holdTime}`,
    `    Keepalive timer:  ${keepaliveTime - spent}/${keepaliveTime}`,
  ];
}

function sessionInstance(view: BirdView, rows: readonly BirdRow[], end: SessionEnd): Instance {
  const learned = rows.filter((row) => row.protocol === end.name);
  const sent = view.state.sent.get(end.peerAddress)?.length ?? 0;
  const [preference, ...rest] = head(100, '(unnamed)', '(unnamed)', learned, sent);
  return {
    name: end.name,
    proto: 'BGP',
    state: end.state === 'established' ? 'up' : 'start',
    since: view.history.sessionSince(end),
    info: `${bgpStateNames[end.state].padEnd(14)}${errorText(end)}`,
    detail: [
      '  Description:    Connection to BGP peer',
      preference ?? '',
      ...rest,
      ...sessionDetail(view, end),
    ],
  };
}

function instances(view: BirdView): Instance[] {
  const rows = masterTable(view);
  const since = view.history.startedAt(view.state.device.name);
  const plain = (name: string, proto: string, preference: number): Instance => {
    const own = rows.filter((row) => row.protocol === name);
    // Kernel takes every route that another protocol prefers; the others take none.
    const taken = name === 'kernel1' ? rows.filter((row) => row.primary && row.type === 'BGP').length : 0;
    const output = name === 'kernel1' ? 'calico_kernel_programming' : 'REJECT';
    const detail = head(preference, 'ACCEPT', output, own, taken);
    return { name, proto, state: 'up', since, info: '', detail };
  };
  return [
    plain('static1', 'Static', 200),
    plain('kernel1', 'Kernel', 10),
    plain('device1', 'Device', 240),
    plain('direct1', 'Direct', 240),
    ...view.state.sessions.map((end) => sessionInstance(view, rows, end)),
  ];
}

function instanceLines(instance: Instance, all: boolean, now: number): BirdLine[] {
  const { name, proto, state, since, info, detail } = instance;
  const columns = [name.padEnd(8), proto.padEnd(8), 'master'.padEnd(8), state.padEnd(5)].join(' ');
  const lines = [{ code: 1002, text: `${columns}  ${shortTime(since, now).padEnd(10)}  ${info}` }];
  if (!all) return lines;
  return [...lines, ...detail.map((text) => ({ code: 1006, text })), { code: 1006, text: '' }];
}

function globPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** The reply to `show protocols <words>`: `all`, a name, a quoted pattern. */
export function showProtocols(view: BirdView, words: string): string {
  const match = /^(all\b)?\s*(?:"([^"]*)"|'?([\w.:-]+)'?)?$/.exec(words.trim());
  if (!match) return replyText([], { code: 9001, text: 'syntax error' });
  const [, all, glob, name] = match;
  const wanted = instances(view).filter(
    (each) =>
      (name === undefined || each.name === name) && (glob === undefined || globPattern(glob).test(each.name)),
  );
  if (wanted.length === 0 && name !== undefined) {
    return replyText([], { code: 9002, text: `${name} is not a protocol` });
  }
  if (wanted.length === 0) return replyText([], { code: 8003, text: 'No protocols match' });
  const heading = { code: 2002, text: 'name     proto    table    state  since       info' };
  const lines = wanted.flatMap((each) => instanceLines(each, all !== undefined, view.now));
  return replyText([heading, ...lines], endOfList);
}
