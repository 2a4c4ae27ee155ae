// "Try it": one button per fault of the demo fabric. Plain HTML forms, so that it works without script.
import type { DemoFault } from './demo-control.ts';
import { type Html, html } from './html.ts';
import { badge } from './page-parts.ts';

function fault({ name, title, active }: DemoFault): Html {
  return html`<li class="${active ? 'active' : ''}"><form method="post" action="/demo/faults/${encodeURIComponent(name)}">
<input type="hidden" name="action" value="${active ? 'heal' : 'inject'}">
<button type="submit" id="fault-${name}">${active ? 'Heal' : 'Break'}</button>
<span>${title}</span> ${active ? badge('bad', 'broken now') : ''}</form></li>
`;
}

/** The box of faults. */
export function demoSection(faults: readonly DemoFault[]): Html {
  const active = faults.some((entry) => entry.active);
  return html`<section class="demo"><h2 id="try">Try it</h2>
<p>This is the demo: the switches and nodes below are simulated in this process, and are read over real SNMP, SSH and BIRD sockets on loopback. Break something and watch it being found.</p>
<ul>
${faults.map(fault)}</ul>
${
  active
    ? html`<form method="post" action="/demo/faults"><input type="hidden" name="action" value="heal"><button type="submit" id="fault-heal-all">Heal everything</button></form>`
    : ''
}</section>`;
}
