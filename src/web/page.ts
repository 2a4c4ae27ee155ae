// The landing page: server-rendered, complete without script, one look for the answer and one scroll for the reasons.
// The script replaces the part inside #live every five seconds; without it the page reloads itself.
import type { Fabric } from '../model/fabric.ts';
import type { DemoFault } from './demo-control.ts';
import { html } from './html.ts';
import { demoSection } from './page-demo.ts';
import { findingsSection } from './page-findings.ts';
import { headline, headlineSection } from './page-headline.ts';
import { matrixSection } from './page-matrix.ts';
import { sessionsSection } from './page-sessions.ts';

export interface PageInput {
  readonly fabric: Fabric | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  readonly maxAgeMs: (device: string) => number;
  /** Present in demo mode only. */
  readonly faults?: readonly DemoFault[];
}

const views = ['findings', 'routes', 'sessions', 'devices', 'expected'];
const nav = html`<a href="/metrics">Metrics</a><a href="/-/healthy">Health</a><a href="/-/ready">Ready</a>JSON: ${views.map((name) => html`<a href="/api/v1/${name}">${name}</a>`)}`;

/** The whole page as text. */
export function renderPage({ fabric, now, version, maxAgeMs, faults }: PageInput): string {
  const { title } = headline(fabric);
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
<header><h1>Calico BGP</h1><nav aria-label="Other views">${nav}</nav></header>
<div id="lost" role="alert" hidden>The exporter does not answer. What you see is from <b id="lost-since"></b> and may be wrong by now.</div>
<main id="live" data-clock="${clock}">
${headlineSection(fabric, now)}
${faults && demoSection(faults)}
${fabric && findingsSection(fabric, now)}
${fabric && matrixSection(fabric)}
${fabric && sessionsSection(fabric, maxAgeMs, now)}
<footer>calico-bgp-exporter ${version} · page made ${clock}</footer>
</main>
</body>
</html>
`;
  return page.html;
}
