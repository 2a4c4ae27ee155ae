// The fabric drawn: layers of switches from the spine down, below them the racks with their nodes, sessions as coloured
// marks. In a big fabric the faulty neighbourhood comes first and the healthy rest is counted.
import type { Fabric } from '../model/fabric.ts';
import { type Layout, type Link, layoutOf, type Placed, type Rack, weightOf } from './fabric-layout.ts';
import { type Html, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { badge, count, type Tone } from './page-parts.ts';

const mostSwitches = 32;
const mostRacks = 12;
const mostNodes = 16;
const mostLinks = 8;
/** Up to so many devices the order of the configuration stays; above it the worst come first. */
const smallFabric = 40;

const states: Readonly<Record<Tone, string>> = {
  good: 'ok',
  bad: 'fault',
  warn: 'warning',
  unknown: 'unknown',
  quiet: 'shut down',
};

function linkMark({ peer, tone, says }: Link): Html {
  return html`<li title="${says}">${badge(tone, peer)}</li>`;
}

function box({ name, tone, why, links, others }: Placed): Html {
  const rest = links.length - mostLinks;
  const nodes = others.up + others.down;
  return html`<div class="device ${tone}"><div class="name">${explainLink(name)} ${badge(tone, states[tone])}</div>
${why !== '' && html`<p class="why">${why}</p>`}${links.length > 0 && html`<ul aria-label="sessions of ${name} with switches">${links.slice(0, mostLinks).map(linkMark)}${rest > 0 && html`<li class="meta">and ${rest} more</li>`}</ul>`}${nodes > 0 && html`<p class="meta">${others.down > 0 && html`${badge('bad', `${others.down} down`)} `}${others.up} of ${count(nodes, 'session')} with nodes up</p>`}</div>
`;
}

const worst = (devices: readonly Placed[]) =>
  devices.reduce((least, { tone }) => Math.min(least, weightOf(tone)), weightOf('good'));

function pick<T>(all: readonly T[], most: number, weight: (item: T) => number, keep: boolean): readonly T[] {
  const sorted = keep && all.length <= most ? all : [...all].sort((x, y) => weight(x) - weight(y));
  return sorted.slice(0, most);
}

function rest(
  all: readonly Placed[],
  shown: readonly Placed[],
  what: string,
  plural?: string,
): Html | undefined {
  const hidden = all.length - shown.length;
  if (hidden === 0) return undefined;
  const drawn = new Set(shown);
  const left = all.filter((device) => !drawn.has(device));
  const faulty = left.filter(({ tone }) => tone === 'bad' || tone === 'warn').length;
  const unknown = left.filter(({ tone }) => tone === 'unknown').length;
  const more = `${faulty === 0 ? 'none' : faulty} of them faulty${unknown > 0 ? `, ${unknown} unknown` : ''}`;
  return html`<p class="cut">${count(hidden, what, plural)} more not drawn, ${more}. <a href="/api/v1/devices">All devices in the API</a></p>`;
}

function rackBox({ switches, nodes }: Rack, keep: boolean): Html {
  const shown = pick(nodes, mostNodes, ({ tone }) => weightOf(tone), keep);
  const title =
    switches.length === 0 ? 'Nodes that speak with no switch' : `Nodes behind ${switches.join(', ')}`;
  return html`<div class="rack"><h3>${title} <span class="meta">${count(nodes.length, 'node')}</span></h3>
<div class="boxes">${shown.map(box)}</div>${rest(nodes, shown, 'node')}</div>
`;
}

function layer(devices: readonly Placed[], at: number, layers: Layout['layers'], keep: boolean): Html {
  const name =
    at === layers.length - 1 ? 'Leaf' : layers.length === 2 ? 'Spine' : `Layer ${layers.length - at}`;
  const shown = pick(devices, mostSwitches, ({ tone }) => weightOf(tone), keep);
  return html`<div class="layer"><h3>${name} <span class="meta">${count(devices.length, 'switch', 'switches')}</span></h3>
<div class="boxes">${shown.map(box)}</div>${rest(devices, shown, 'switch', 'switches')}</div>
`;
}

/** The drawing; nothing when there are no devices. */
export function fabricSection(fabric: Fabric, maxAgeMs: (device: string) => number): Html | undefined {
  if (fabric.devices.length === 0) return undefined;
  const { layers, racks } = layoutOf(fabric, maxAgeMs);
  const keep = fabric.devices.length <= smallFabric;
  const shown = pick(racks, mostRacks, ({ nodes }) => worst(nodes), keep);
  const left = racks.length - shown.length;
  const faulty = (list: readonly Rack[]) =>
    list.filter(({ nodes }) => worst(nodes) < weightOf('unknown')).length;
  const hidden = faulty(racks) - faulty(shown);
  return html`<section class="fabric"><h2 id="fabric">Fabric</h2>
${layers.map((devices, i) => layer(devices, i, layers, keep))}<div class="racks">${shown.map((rack) => rackBox(rack, keep))}</div>
${left > 0 && html`<p class="cut">${count(left, 'rack')} more not drawn, ${hidden === 0 ? 'none' : hidden} of them with a fault; the faulty ones come first. <a href="/api/v1/devices?role=node">All nodes in the API</a></p>`}</section>`;
}
