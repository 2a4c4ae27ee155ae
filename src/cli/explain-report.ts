// An explanation as text that a colleague understands without documentation: the verdict first, then the way step by step
// with its evidence, then what to do. Pure: the same explanation gives the same text.
import {
  type Advice,
  type ExplainTone,
  type Explanation,
  endTones,
  type Hop,
  hopTone,
  layerName,
  type Path,
  type SessionLine,
  type Turn,
} from '../model/explanation.ts';
import type { Finding } from '../model/finding.ts';
import type { ReportOptions } from './report.ts';
import { columns, printable, wrap } from './table.ts';

const signs: Readonly<Record<ExplainTone, string>> = { good: '✓', bad: '✗', warn: '!', unknown: '?' };
const styles = { good: 'green', bad: 'red', warn: 'yellow', unknown: 'yellow' } as const;

/** `4 s`, `3 min` …: how old a reading is. */
function age(at: number | undefined, now: number): string {
  if (at === undefined) return 'never read';
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

/** `read by ssh 4 s ago: show bgp ipv4 unicast 10.0.0.0/8 longer-prefixes json`. */
function evidence(
  { source, asked, at }: { readonly source?: string; readonly asked?: string; readonly at?: number },
  now: number,
): string {
  if (at === undefined) return `by ${source}: never read`;
  const by = source === undefined || source === '' ? 'read' : `read by ${source}`;
  const words = source === 'objects' ? 'from the objects, read' : by;
  return `${words} ${age(at, now)}${asked === undefined ? '' : `: ${asked}`}`;
}

function markOf(hop: Hop): string {
  const tone = hopTone(hop);
  return tone === 'quiet' ? '·' : signs[tone];
}

function hopRows(hops: readonly Hop[], now: number): string[][] {
  return hops.flatMap((hop) => {
    const { device, answer, source, at, lost, wrong } = hop;
    const remark = lost ? '  <== THE WAY ENDS HERE' : wrong ? '  <== THIS IS WRONG' : '';
    const head = [markOf(hop), device, layerName(hop), answer + remark];
    return at === undefined && source === '' ? [head] : [head, ['', '', '', `  (${evidence(hop, now)})`]];
  });
}

function turnRows(turn: Turn, now: number): string[][] {
  const { device, route, next, end, note } = turn;
  const on = next === undefined ? '' : `-> ${next}`;
  const head = [end ? signs[endTones[end]] : '', device, [route, on, note].filter(Boolean).join('  ')];
  return turn.at === undefined ? [head] : [head, ['', '', `  (${evidence(turn, now)})`]];
}

function pathLines({ verdict, tone, turns }: Path, now: number, width: number | undefined): string[] {
  return [
    `${signs[tone]} ${printable(verdict)}`,
    ...indent(
      columns(
        turns.flatMap((turn) => turnRows(turn, now)),
        width,
      ),
    ),
    '',
  ];
}

function sessionRows(session: SessionLine, now: number): string[][] {
  const { tone, peer, peerAddress, afi, vrf, own, other, because } = session;
  const where = vrf === 'default' ? afi : `${afi}, VRF ${vrf}`;
  const name = peer === peerAddress ? peer : `${peer} (${peerAddress})`;
  const side = ({ device, says, at }: SessionLine['own']) =>
    `${device} says: ${says}${at === undefined ? '' : ` (${age(at, now)})`}`;
  return [
    [signs[tone], `${name}, ${where}`, side(own)],
    ['', '', side(other)],
    ...(because === undefined ? [] : [['', '', `called for by ${because}`]]),
  ];
}

const indent = (lines: readonly string[], by = '  ') => lines.map((line) => (line === '' ? '' : by + line));

function adviceLines(
  { cause, title, meaning, users, calico, network }: Advice,
  width: number | undefined,
): string[] {
  const rows = [
    ['it means', meaning],
    ['users notice', users],
    ["on Calico's side", calico],
    ['on the switch', network],
  ].filter(([, text]) => text !== '');
  return [`${title}${cause ? ` (${cause})` : ''}`, ...indent(columns(rows, width && width - 2)), ''];
}

/** The whole explanation, ending with a line end. */
export function renderExplanation(explanation: Explanation, { paint, width }: ReportOptions): string {
  const { at, tone, verdict, facts, hops, paths, sessions, prefixes, readings, findings, advice, notes } =
    explanation;
  const inner = width === undefined ? undefined : width - 2;
  const fold = (text: string) => (width === undefined ? [printable(text)] : wrap(printable(text), width));
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint('bold', title), ...indent(lines), ''];
  const table = (rows: readonly (readonly string[])[]) => columns(rows, inner);
  // What the verdict has said already ("the same on spine01") is not said again.
  const [worst, ...others] = findings;
  const told = (finding: Finding) =>
    explanation.kind === 'prefix' && finding.cause === worst?.cause && finding.check === worst?.check;
  const rest = others
    .filter((finding) => !told(finding))
    .map(({ severity, device, detail }) => [severity, device || '-', detail]);
  const lines = [
    ...fold(`${signs[tone]} ${verdict}`).map((line) => paint(styles[tone], line)),
    '',
    ...section('What it is', table(facts)),
    ...section('The way, table by table', table(hopRows(hops, at))),
    ...(paths.length === 0
      ? []
      : [
          paint('bold', 'The way of a packet'),
          ...indent(paths.flatMap((path) => pathLines(path, at, inner && inner - 2))),
        ]),
    ...section('Sessions, from both ends', table(sessions.flatMap((each) => sessionRows(each, at)))),
    ...section(
      explanation.kind === 'switch'
        ? 'Prefixes that are not as they should be'
        : 'Prefixes that it announces',
      table(prefixes.map(({ tone: sign, prefix, what, says }) => [signs[sign], prefix, what, says])),
    ),
    ...section(
      'Readings',
      table(
        readings.map(({ part, source, ok, says, at: read }) => [
          ok ? signs.good : signs.unknown,
          part,
          `by ${source}, ${age(read, at)}`,
          says,
        ]),
      ),
    ),
    ...section('More findings about it', table(rest)),
    ...section('What to do', advice.flatMap((each) => adviceLines(each, inner)).slice(0, -1)),
    ...notes.flatMap((note) => fold(`Not shown: ${note}`)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
