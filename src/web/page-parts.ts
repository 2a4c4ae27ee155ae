// Small pieces that every section of the page uses: ages in words with the exact time behind them, verdicts as text and
// colour together, lists cut at a limit that say how much they leave out.
import { type Html, html } from './html.ts';

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A span of time for a glance: `12 s`, `3 min`, `2 h 5 min`, `4 d 1 h`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const at = units.findIndex(([size]) => total >= size);
  const [size, unit] = units[at] ?? [1, 's'];
  const text = `${Math.floor(total / size)} ${unit}`;
  const next = units[at + 1];
  if (!next || size === 60) return text;
  const rest = Math.floor((total % size) / next[0]);
  return rest === 0 ? text : `${text} ${rest} ${next[1]}`;
}

/** How long ago, with the time itself (UTC) for the pointer and for machines. */
export function ago(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${duration(now - at)} ago</time>`;
}

/** `1 route`, `2 routes`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

export type Tone = 'good' | 'bad' | 'warn' | 'unknown' | 'quiet';

const signs: Record<Tone, string> = { good: '✓', bad: '✗', warn: '!', unknown: '?', quiet: '·' };

/** A word with a sign and a colour: readable without the colour. */
export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${word}</span>`;
}

/** The sentence under a list that was cut, or nothing. */
export function cut(shown: number, total: number, what: string, href: string): Html | undefined {
  if (shown >= total) return undefined;
  return html`<p class="cut">${shown} of ${total} ${what} shown. <a href="${href}">All of them in the API</a></p>`;
}
