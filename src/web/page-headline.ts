// The first thing to read: one sentence that answers "is every route where it should be?", then the figures behind it.
// Green only when everything could be looked at; what could not be looked at is named before anything is called fine.
import { missingCounts } from '../metrics/missing.ts';
import type { Fabric } from '../model/fabric.ts';
import { lastGood } from '../model/reading.ts';
import { tally } from '../model/verdicts.ts';
import { type Html, html } from './html.ts';
import { ago, count, type Tone } from './page-parts.ts';
import { figuresOf, unaskedText } from './page-shards.ts';
import type { ShardView } from './shard-findings.ts';

interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

function names(list: readonly string[]): string {
  return list.length > 4 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(', ');
}

function unknownDevices(fabric: Fabric): string[] {
  return [...fabric.audit.devices.values()]
    .filter(({ verdicts }) => tally(verdicts).unknown > 0)
    .map(({ device }) => device);
}

/** What could not be looked at, as a sentence that follows another; empty when everything could. */
function blindText(fabric: Fabric): string {
  const { unknown } = fabric.audit.summary;
  const notAsked = fabric.devices.filter(({ routes, sessions }) => !routes.ok || !sessions.ok);
  return unknown > 0
    ? ` ${count(unknown, 'route')} could not be looked for on ${names(unknownDevices(fabric))}: unknown, not missing.`
    : notAsked.length > 0
      ? ` ${names(notAsked.map(({ device }) => device.name))} could not be read.`
      : '';
}

/** What routes that are missing mean, said of one or of several. */
const missingText = (switches: number, routes: number) =>
  `${switches === 1 ? 'This switch does' : 'These switches do'} not know the way to ${routes === 1 ? 'this prefix' : 'these prefixes'}.`;

/** Nothing looked for is nothing found to be right. */
function nothingLooked({ audit, devices }: Fabric): Headline | undefined {
  if ([...audit.devices.values()].some(({ verdicts }) => verdicts.length > 0)) return undefined;
  const { expectedPrefixes, sessionsUp, sessionsDown } = audit.summary;
  const title = devices.some(({ device }) => device.role === 'switch')
    ? 'No route is expected on any switch'
    : 'No switch is read';
  const text = `The objects call for ${count(expectedPrefixes, 'prefix', 'prefixes')}, and none was looked for. ${sessionsUp} of ${count(sessionsUp + sessionsDown, 'session')} up.`;
  return { tone: 'unknown', title, text };
}

/** The state of the fabric in one sentence, worst first; with other shards, of what they have found, too. */
export function headline(fabric: Fabric | undefined, view?: ShardView): Headline {
  const own = ownHeadline(fabric);
  if (!fabric) return own;
  if (!view) return (own.tone === 'good' && nothingLooked(fabric)) || own;
  const others = view.others.flatMap((other) => (other.ok ? [other] : []));
  const missing = others.reduce((sum, { summary }) => sum + summary.missing, 0);
  const unknown = others.reduce((sum, { summary }) => sum + summary.unknown + summary.devicesUnknown, 0);
  const firing = others.flatMap(({ findings }) =>
    findings.flatMap(({ state, finding }) => (state === 'firing' ? [finding] : [])),
  );
  const critical = firing.filter(({ severity }) => severity === 'critical').length;
  const unasked = unaskedText(view);
  const here = own.tone === 'good' ? '' : ` Shard ${view.shard.index} itself: ${own.title}.`;
  const mine = missingCounts(fabric);
  const total = [...mine.values()].reduce((sum, n) => sum + n, missing);
  if (total > 0) {
    const theirs = firing.flatMap(({ check, device }) => (check === 'route-missing' ? [device] : []));
    const switches = [...new Set([...mine.keys(), ...theirs])];
    const where = names(switches);
    return {
      tone: 'bad',
      title: `${count(total, 'route')} missing${where === '' ? '' : ` on ${where}`}`,
      text: `${missingText(switches.length, total)}${mine.size > 0 ? blindText(fabric) : here}${unasked}`,
    };
  }
  if (own.tone === 'bad') return { ...own, text: `${own.text}${unasked}` };
  if (critical > 0) {
    const title = `${count(critical, 'critical finding')} in other shards`;
    return { tone: 'bad', title, text: `No route is missing.${here}${unasked}` };
  }
  if (unasked !== '')
    return { tone: 'unknown', title: 'Not every shard could be asked', text: `${unasked.trim()}${here}` };
  if (own.tone !== 'unknown' && unknown > 0) {
    const text = `Other shards could not look at everything.${here}`;
    return { tone: 'unknown', title: 'Not everything could be looked at', text };
  }
  if (own.tone === 'good' && firing.length > 0) {
    const title = `${count(firing.length, 'finding')} in other shards`;
    return { tone: 'warn', title, text: 'No route is missing.' };
  }
  return own.tone === 'good' ? { ...own, text: `${own.text} So say all ${view.shard.count} shards.` } : own;
}

/** The state of the devices that are read here. */
function ownHeadline(fabric: Fabric | undefined): Headline {
  if (!fabric) {
    return { tone: 'unknown', title: 'Not known yet', text: 'The first audit has not finished.' };
  }
  const { audit } = fabric;
  const { sessionsUp, sessionsDown } = audit.summary;
  const blind = blindText(fabric);
  if (!lastGood(fabric.expected)) {
    const reason = fabric.expected.ok ? '' : fabric.expected.error.message;
    return {
      tone: 'unknown',
      title: 'What should be is not known',
      text: `The Kubernetes and Calico objects could not be read: ${reason}`,
    };
  }
  const missing = missingCounts(fabric);
  if (missing.size > 0) {
    const total = [...missing.values()].reduce((sum, n) => sum + n, 0);
    return {
      tone: 'bad',
      title: `${count(total, 'route')} missing on ${names([...missing.keys()])}`,
      text: `${missingText(missing.size, total)}${blind}`,
    };
  }
  const critical = audit.findings.filter(({ severity }) => severity === 'critical').length;
  if (critical > 0) {
    return {
      tone: 'bad',
      title: count(critical, 'critical finding'),
      text: `Every route that could be looked for has a way.${blind}`,
    };
  }
  if (blind !== '') {
    return { tone: 'unknown', title: 'Not everything could be looked at', text: blind.trim() };
  }
  const verdicts = [...audit.devices.values()].reduce((sum, device) => sum + device.verdicts.length, 0);
  const sessions = `${sessionsUp} of ${count(sessionsUp + sessionsDown, 'session')} up.`;
  if (audit.findings.length > 0) {
    return {
      tone: 'warn',
      title: count(audit.findings.length, 'finding'),
      text: `No route is missing. ${sessions}`,
    };
  }
  return {
    tone: 'good',
    title: 'Every route is where it should be',
    text: `${count(verdicts, 'expected route')} on ${count([...audit.devices.values()].filter((d) => d.verdicts.length > 0).length, 'switch', 'switches')} looked for and found. ${sessions}`,
  };
}

function tile(label: string, value: string | number, tone: Tone): Html {
  return html`<div class="tile ${tone}"><dt>${label}</dt><dd>${value}</dd></div>`;
}

/** Headline and figures. */
export function headlineSection(fabric: Fabric | undefined, now: number, view?: ShardView): Html {
  const { tone, title, text } = headline(fabric, view);
  // Only this is read out when it changes: the age below does at every look.
  const sentence = html`<div role="status"><h2>${title}</h2><p>${text}</p></div>`;
  if (!fabric) return html`<section class="headline ${tone}">${sentence}</section>`;
  const { findings: own, at } = fabric.audit;
  const summary = figuresOf(fabric.audit.summary, view);
  const others = view?.others.flatMap((other) => (other.ok ? [other] : [])) ?? [];
  const missing =
    [...missingCounts(fabric).values()].reduce((sum, n) => sum + n, 0) +
    others.reduce((sum, other) => sum + other.summary.missing, 0);
  const findings =
    own.length +
    others.reduce((sum, other) => sum + other.findings.filter(({ state }) => state === 'firing').length, 0);
  const when = html`<p class="when">Audited ${ago(at, now)}${
    fabric.expected.ok ? '' : ' · objects cannot be read now, the last good ones are in use'
  }</p>`;
  return html`<section class="headline ${tone}">${sentence}${when}</section>
<dl class="tiles">
${tile('routes missing', missing, missing > 0 ? 'bad' : 'quiet')}
${tile('routes unknown', summary.unknown, summary.unknown > 0 ? 'unknown' : 'quiet')}
${tile('sessions down', summary.sessionsDown, summary.sessionsDown > 0 ? 'bad' : 'quiet')}
${tile('sessions up', summary.sessionsUp, 'quiet')}
${tile('findings', findings, findings > 0 ? 'warn' : 'quiet')}
${tile('devices read', `${summary.devices - summary.devicesUnknown} of ${summary.devices}`, summary.devicesUnknown > 0 ? 'unknown' : 'quiet')}
${tile('prefixes expected', summary.expectedPrefixes, 'quiet')}
</dl>`;
}
