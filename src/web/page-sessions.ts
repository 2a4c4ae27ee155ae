// Every device with the age of its readings and its BGP sessions, broken ones first. Mesh sessions that are up are only
// counted: a large cluster has hundreds of them per node. What is too old to be judged by is marked as such.
import { type KindOf, sessionKinds } from '../metrics/session-kind.ts';
import { freshValue } from '../metrics/view.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Reading } from '../model/reading.ts';
import { isEstablished, type Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { type Html, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { ago, badge, count, cut, duration } from './page-parts.ts';

const mostSessions = 40;
const mostDevices = 60;

function stateBadge({ state, adminDown }: Session, fresh: boolean): Html {
  if (!fresh) return badge('unknown', `was ${state ?? 'unknown'}`);
  if (adminDown) return badge('quiet', 'shut down');
  if (state === null) return badge('unknown', 'not told');
  return badge(state === 'established' ? 'good' : 'bad', state);
}

function isDown({ state, adminDown }: Session): boolean {
  return state !== null && state !== 'established' && !adminDown;
}

function sessionRow(
  fabric: Fabric,
  snapshot: DeviceSnapshot,
  kindOf: KindOf,
  session: Session,
  fresh: boolean,
): Html {
  const { peerAddress, peerAsn, vrf, establishedSeconds, prefixesReceived, prefixesAdvertised } = session;
  const peer = fabric.deviceByAddress.get(peerAddress);
  const figure = (value: number | undefined) => (isEstablished(session) ? (value ?? '–') : '–');
  const up =
    isEstablished(session) && establishedSeconds !== undefined ? duration(establishedSeconds * 1000) : '–';
  return html`<tr><td>${peer ? html`<b>${explainLink(peer)}</b> ` : ''}<span class="address">${peerAddress}</span>${vrf === 'default' ? '' : html` <span class="address">vrf ${vrf}</span>`}</td><td>${peerAsn ?? '–'}</td><td>${kindOf(snapshot, session) || '–'}</td><td>${stateBadge(session, fresh)}</td><td>${up}</td><td>${figure(prefixesReceived)}</td><td>${figure(prefixesAdvertised)}</td><td class="detail">${session.keptError?.text ?? session.lastError ?? '–'}</td></tr>
`;
}

function readingNote(label: string, reading: Reading<unknown>, now: number): Html {
  if (reading.ok) return html`${label} read ${ago(reading.at, now)}`;
  if (reading.error.kind === 'pending') return html`${label} not asked yet`;
  const last = reading.last ? html`, last read ${ago(reading.last.at, now)}` : ', never read so far';
  return html`<span class="failed">${label}: ${reading.error.message}</span>${last}`;
}

/** One note where sessions and routes met the same fate, two where they did not. */
function readings({ sessions, routes }: DeviceSnapshot, now: number): Html {
  const same = sessions.ok
    ? routes.ok && routes.at === sessions.at
    : !routes.ok && routes.error.message === sessions.error.message;
  if (same) return readingNote('sessions and routes', sessions, now);
  return html`${readingNote('sessions', sessions, now)} · ${readingNote('routes', routes, now)}`;
}

/** Where the sight of the sources ends, so that what is not on the page is not taken for absent. */
function sight({ facts: { capabilities } }: DeviceSnapshot): Html {
  const limits = [capabilities?.sessions?.limits, capabilities?.routes?.limits].filter(
    (text) => text !== undefined,
  );
  return html`${limits.length > 0 && html`<p class="meta">Not seen here: ${limits.join('; ')}.</p>`}`;
}

function device(
  fabric: Fabric,
  snapshot: DeviceSnapshot,
  kindOf: KindOf,
  maxAgeMs: number,
  now: number,
): Html {
  const { name, role } = snapshot.device;
  const fresh = freshValue(snapshot.sessions, now, maxAgeMs);
  const good = snapshot.sessions.ok ? snapshot.sessions : snapshot.sessions.last;
  const all = good?.value ?? [];
  const mesh = all.filter((session) => kindOf(snapshot, session) === 'mesh');
  const quietMesh = mesh.filter((session) => !isDown(session)).length;
  const listed = all
    .filter((session) => kindOf(snapshot, session) !== 'mesh' || isDown(session))
    .sort((x, y) => Number(isDown(y)) - Number(isDown(x)));
  const shown = listed.slice(0, mostSessions);
  const down = fresh ? all.filter(isDown).length : 0;
  const up = all.filter(isEstablished).length;
  const state = !fresh
    ? badge('unknown', all.length > 0 ? 'too old to judge' : 'unknown')
    : down > 0
      ? badge('bad', `${count(down, 'session')} down`)
      : all.length === 0
        ? badge('quiet', 'no sessions')
        : badge('good', `${up} up`);
  const table = html`<div class="scroll"><table>
<thead><tr><th scope="col">Peer</th><th scope="col">AS</th><th scope="col">Kind</th><th scope="col">State</th><th scope="col">Up for</th><th scope="col">Received</th><th scope="col">Sent</th><th scope="col">Last error</th></tr></thead>
<tbody>
${shown.map((session) => sessionRow(fabric, snapshot, kindOf, session, fresh !== undefined))}</tbody></table></div>`;
  return html`<details id="device-${name}"${(down > 0 || fabric.devices.length <= 12) && html` open`}>
<summary><b>${name}</b> ${state} <span class="meta">${role} · ${snapshot.source || 'no source'} · ${readings(snapshot, now)}</span></summary>
<p class="meta">${explainLink(name, `All about ${name}`)}</p>
${sight(snapshot)}${shown.length > 0 ? table : ''}${mesh.length > 0 ? html`<p class="meta">Node-to-node mesh: ${quietMesh} of ${count(mesh.length, 'session')} not down${quietMesh < mesh.length ? ', the others are listed' : ''}.</p>` : ''}
${cut(shown.length, listed.length, 'sessions', `/api/v1/sessions?device=${encodeURIComponent(name)}`)}</details>
`;
}

/** All devices, those with something wrong first when there are too many to show. */
export function sessionsSection(fabric: Fabric, maxAgeMs: (device: string) => number, now: number): Html {
  const kindOf = sessionKinds(fabric);
  const rank = ({ sessions }: DeviceSnapshot) => (!sessions.ok ? 1 : sessions.value.some(isDown) ? 2 : 0);
  const ordered =
    fabric.devices.length <= mostDevices
      ? fabric.devices
      : [...fabric.devices].sort((x, y) => rank(y) - rank(x)).slice(0, mostDevices);
  return html`<section><h2 id="devices">Devices and sessions</h2>
${ordered.map((snapshot) => device(fabric, snapshot, kindOf, maxAgeMs(snapshot.device.name), now))}
${cut(ordered.length, fabric.devices.length, 'devices', '/api/v1/devices')}</section>`;
}
