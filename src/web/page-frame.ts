// What every page has around its content: title, search, links to the other views, the warning that the exporter is gone,
// and the part that the script renews. Without script a page renews itself.
import { type Html, html } from './html.ts';

const views = ['findings', 'incidents', 'routes', 'sessions', 'devices', 'expected'];
const nav = html`<a href="/">Overview</a><a href="/metrics">Metrics</a><a href="/-/healthy">Health</a><a href="/-/ready">Ready</a>JSON: ${views.map((name) => html`<a href="/api/v1/${name}">${name}</a>`)}`;

export interface Frame {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  /** What stands in the search field. */
  readonly search?: string;
  readonly content: Html;
}

/** Where an explanation is shown: of the way to one device, when that is given. */
export function explainPath(target: string, device?: string): string {
  const more = device === undefined ? '' : `&device=${encodeURIComponent(device)}`;
  return `/explain?target=${encodeURIComponent(target)}${more}`;
}

/** A link to the explanation of a prefix, an address, a node or a switch. */
export function explainLink(target: string, text: string | Html = target, device?: string): Html {
  return html`<a href="${explainPath(target, device)}">${text}</a>`;
}

/** A whole page as text. */
export function renderFrame({ title, now, version, search = '', content }: Frame): string {
  const clock = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Calico BGP</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/page.css">
<noscript><meta http-equiv="refresh" content="15"></noscript>
<script src="/static/page.js" defer></script>
</head>
<body>
<header><h1><a href="/">Calico BGP</a></h1>
<form role="search" action="/explain" method="get"><label for="search">Which way?</label> <input id="search" name="target" type="search" value="${search}" placeholder="prefix, pod IP, node or switch" maxlength="253" autocomplete="off" spellcheck="false" required> <button type="submit">Explain</button></form>
<nav aria-label="Other views">${nav}</nav></header>
<div id="lost" role="alert" hidden>The exporter does not answer. What you see is from <b id="lost-since"></b> and may be wrong by now.</div>
<main id="live" data-clock="${clock}">
${content}
<footer>calico-bgp-exporter ${version} · page made ${clock}</footer>
</main>
</body>
</html>
`;
  return page.html;
}
