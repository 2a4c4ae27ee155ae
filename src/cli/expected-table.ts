// Expectations as tables for people and as JSON for scripts: sessions, prefixes, announcements of a node, problems; and what
// differs between two expectations. Pure. The JSON is documented in docs/cli.md.
import type { Announcement } from '../expected/announcements.ts';
import type { Change, Difference, ExpectedDiff } from '../expected/diff.ts';
import type { ExpectedPrefix, ExpectedSession, ObjectProblem } from '../model/expectation.ts';
import { expectedPrefixJson, problemJson } from '../model/expectation-json.ts';
import { formatPrefix } from '../model/prefix.ts';
import { markdownTable } from './markdown.ts';
import { columns } from './table.ts';

export interface Shown {
  readonly sessions: readonly ExpectedSession[];
  readonly prefixes: readonly ExpectedPrefix[];
  /** Of one node alone. */
  readonly announcements?: readonly Announcement[];
  readonly problems: readonly ObjectProblem[];
}

/** How things of one kind are shown: a row for people, a value for JSON. */
interface Form<T> {
  readonly title: string;
  readonly head: readonly string[];
  readonly row: (item: T) => readonly string[];
  readonly json: (item: T) => object;
}

function flags({ passive, rrClient, nextHopKeep }: ExpectedSession): string {
  const words = [passive && 'passive', rrClient && 'rr-client', nextHopKeep && 'next-hop-keep'];
  return words.filter(Boolean).join(' ') || '-';
}

const sessionForm: Form<ExpectedSession> = {
  title: 'Sessions',
  head: ['NODE', 'AS', 'PEER', 'PEER AS', 'KIND', 'NAME IN BIRD', 'FLAGS', 'BECAUSE'],
  row(session) {
    const { node, name, peerAddress, port, peerAsn, localAsn, kind, because } = session;
    const address = port === undefined ? peerAddress : `${peerAddress} port ${port}`;
    return [node, String(localAsn), address, String(peerAsn), kind, name, flags(session), because];
  },
  json: (session) => session,
};

const prefixForm: Form<ExpectedPrefix> = {
  title: 'Prefixes',
  head: ['PREFIX', 'KIND', 'FROM', 'BECAUSE'],
  row: ({ prefix, kind, origins, because }) => [formatPrefix(prefix), kind, origins.join(' '), because],
  json: expectedPrefixJson,
};

const announcementForm: Form<Announcement> = {
  title: 'Announcements',
  head: ['NODE', 'TO', 'PREFIX', 'KIND', 'FROM', 'NEXT HOP', 'COMMUNITIES', 'BECAUSE'],
  row({ session, prefix, kind, origin, nextHop, communities, because }) {
    const { node, peerAddress, peerNode } = session;
    const peer = peerNode === undefined ? peerAddress : `${peerAddress} (${peerNode})`;
    const added = communities.join(' ') || '-';
    return [node, peer, formatPrefix(prefix), kind, origin, nextHop ?? '-', added, because];
  },
  json({ session, prefix, kind, origin, nextHop, communities, because }) {
    const { node, name, peerAddress, peerAsn } = session;
    const to = { node, session: name, peerAddress, peerAsn };
    return { ...to, prefix: formatPrefix(prefix), kind, origin, nextHop, communities, because };
  },
};

const problemForm: Form<ObjectProblem> = {
  title: 'Problems',
  head: ['SEVERITY', 'OBJECT', 'WHAT'],
  row: ({ severity, object, field, message }) => [severity, field ? `${object}, ${field}` : object, message],
  json: problemJson,
};

function part<T>(form: Form<T>, items: readonly T[], width: number | undefined): string[] {
  if (items.length === 0) return [`${form.title}: none`, ''];
  return [`${form.title}: ${items.length}`, ...columns([form.head, ...items.map(form.row)], width), ''];
}

export function expectedTable(shown: Shown, width: number | undefined): string {
  const { sessions, prefixes, announcements, problems } = shown;
  return [
    ...part(sessionForm, sessions, width),
    ...part(prefixForm, prefixes, width),
    ...(announcements ? part(announcementForm, announcements, width) : []),
    ...(problems.length > 0 ? part(problemForm, problems, width) : []),
  ].join('\n');
}

function markdownOf<T>(form: Form<T>, items: readonly T[]): readonly string[] {
  const title = `${form.title}: ${items.length === 0 ? 'none' : items.length}`;
  return [`## ${title}`, '', ...markdownTable(form.head, items.map(form.row))];
}

export function expectedMarkdown({ sessions, prefixes, announcements, problems }: Shown): string {
  return [
    ...markdownOf(sessionForm, sessions),
    ...markdownOf(prefixForm, prefixes),
    ...(announcements ? markdownOf(announcementForm, announcements) : []),
    ...(problems.length > 0 ? markdownOf(problemForm, problems) : []),
  ].join('\n');
}

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export function expectedJson({ sessions, prefixes, announcements, problems }: Shown): string {
  return text({
    sessions,
    prefixes: prefixes.map(prefixForm.json),
    ...(announcements && { announcements: announcements.map(announcementForm.json) }),
    problems: problems.map(problemForm.json),
  });
}

function valueText(value: unknown): string {
  if (value === undefined || value === '') return '-';
  if (Array.isArray(value)) return value.join(' ') || '-';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What differs in words, since not all that devices notice has a column: `filters: - → no-service-ranges`. */
function changeText<T>({ json }: Form<T>, { before, after, fields }: Change<T>): string {
  const [old, now] = [json(before), json(after)].map((value) => value as Readonly<Record<string, unknown>>);
  return fields
    .map((field) => `${field}: ${valueText(old?.[field])} → ${valueText(now?.[field])}`)
    .join(', ');
}

/** The rows of a difference, each with its sign before it: what goes, what comes, before and after a change. */
function changeRows<T>(
  form: Form<T>,
  { added, removed, changed }: Difference<T>,
  signs: { readonly goes: string; readonly comes: string; readonly before: string; readonly after: string },
): { readonly head: readonly string[]; readonly rows: readonly (readonly [string, ...string[]])[] } {
  // Before the reason, which is the longest and stands last.
  const withChange = (row: readonly string[], change: string) =>
    changed.length === 0 ? row : [...row.slice(0, -1), change, ...row.slice(-1)];
  const signed = (sign: string, item: T, change = ''): readonly [string, ...string[]] => [
    sign,
    ...withChange(form.row(item), change),
  ];
  return {
    head: withChange(form.head, 'WHAT CHANGES'),
    rows: [
      ...removed.map((item) => signed(signs.goes, item)),
      ...added.map((item) => signed(signs.comes, item)),
      ...changed.flatMap((change) => [
        signed(signs.before, change.before),
        signed(signs.after, change.after, changeText(form, change)),
      ]),
    ],
  };
}

const countsText = <T>({ added, removed, changed }: Difference<T>) =>
  added.length + removed.length + changed.length === 0
    ? 'no difference'
    : `${added.length} added, ${removed.length} removed, ${changed.length} changed`;

function changesPart<T>(form: Form<T>, difference: Difference<T>, width: number | undefined): string[] {
  const title = `${form.title}: ${countsText(difference)}`;
  const { head, rows } = changeRows(form, difference, { goes: '-', comes: '+', before: '<', after: '>' });
  if (rows.length === 0) return [title, ''];
  const [first = '', ...others] = head;
  const lines = rows.map(([sign, cell = '', ...rest]) => [`${sign} ${cell}`, ...rest]);
  return [title, ...columns([[`  ${first}`, ...others], ...lines], width), ''];
}

export function diffTable(diff: ExpectedDiff, width: number | undefined): string {
  const { sessions, prefixes, problems, announcements } = diff;
  return [
    ...changesPart(sessionForm, sessions, width),
    ...changesPart(prefixForm, prefixes, width),
    ...(announcements
      ? changesPart(announcementForm, announcements, width)
      : ['Announcements: not compared, the cluster is too big to follow every route through it', '']),
    ...changesPart(problemForm, problems, width),
  ].join('\n');
}

function changesMarkdown<T>(form: Form<T>, difference: Difference<T>): readonly string[] {
  const signs = { goes: 'goes', comes: 'comes', before: 'before', after: 'after' };
  const { head, rows } = changeRows(form, difference, signs);
  const title = `## ${form.title}: ${countsText(difference)}`;
  return [title, '', ...markdownTable(['CHANGE', ...head], rows)];
}

export function diffMarkdown({ sessions, prefixes, problems, announcements }: ExpectedDiff): string {
  return [
    ...changesMarkdown(sessionForm, sessions),
    ...changesMarkdown(prefixForm, prefixes),
    ...(announcements
      ? changesMarkdown(announcementForm, announcements)
      : ['Announcements: not compared, the cluster is too big to follow every route through it', '']),
    ...changesMarkdown(problemForm, problems),
  ].join('\n');
}

function changesJson<T>({ json }: Form<T>, { added, removed, changed }: Difference<T>): object {
  return {
    added: added.map(json),
    removed: removed.map(json),
    changed: changed.map(({ before, after, fields }) => ({
      fields,
      before: json(before),
      after: json(after),
    })),
  };
}

export function diffJson({ sessions, prefixes, problems, announcements }: ExpectedDiff): string {
  return text({
    sessions: changesJson(sessionForm, sessions),
    prefixes: changesJson(prefixForm, prefixes),
    ...(announcements && { announcements: changesJson(announcementForm, announcements) }),
    problems: changesJson(problemForm, problems),
  });
}
