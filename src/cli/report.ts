// The audit as a table that a person understands without documentation: what is wrong, worst first; what could not be
// looked at, and why; and in a line how much is right. Pure: the same fabric gives the same text.

import type { DeviceRole } from '../model/collector.ts';
import type { Fabric } from '../model/fabric.ts';
import type { DeviceAudit, Finding, Severity } from '../model/finding.ts';
import { findingJson } from '../model/finding-json.ts';
import { tally } from '../model/verdicts.ts';
import { columns, wrap } from './table.ts';
import type { Paint } from './terminal.ts';

export interface ReportOptions {
  readonly paint: Paint;
  /** Columns of the terminal; undefined: one line per finding, however long. */
  readonly width: number | undefined;
}

const styles = { critical: 'red', warning: 'yellow', info: 'dim' } as const;

/** A length of time for people: `45s`, `12m`, `3h`, `2d`. */
function age(duration: number): string {
  const seconds = Math.max(0, Math.round(duration / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}

function findingRows(findings: readonly Finding[], at: number): string[][] {
  return findings.map(({ severity, device, check, subject, cause, detail, since }) => {
    const why = cause && !detail.includes(cause) ? `${detail} (${cause})` : detail;
    // A single run has just seen everything for the first time: that says nothing.
    const text = at - since >= 1000 ? `${why}, for ${age(at - since)}` : why;
    return [severity, device || '-', check, subject, text];
  });
}

function findingLines({ at, audit }: Fabric, { paint, width }: ReportOptions): string[] {
  if (audit.findings.length === 0) return [];
  const head = ['SEVERITY', 'WHERE', 'CHECK', 'ABOUT', 'WHAT AND WHY'];
  const lines = columns([head, ...findingRows(audit.findings, at)], width);
  const painted = lines.map((line, i) => {
    const severity = /^(?:critical|warning|info)(?= )/.exec(line)?.[0] as Severity | undefined;
    if (i === 0) return paint('bold', line);
    return severity ? paint(styles[severity], severity) + line.slice(severity.length) : line;
  });
  return [...painted, ''];
}

function otherLines(title: string, findings: readonly Finding[], { paint, width }: ReportOptions): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ device, detail }) => [`  ${device || '-'}`, detail]);
  return [paint('bold', title), ...columns(rows, width), ''];
}

function carried({ verdicts }: DeviceAudit): number {
  const { present, covered } = tally(verdicts);
  return present + covered;
}

function plural(count: number, noun: string): string {
  const many = noun.endsWith('ch') ? `${noun}es` : `${noun}s`;
  return `${count} ${count === 1 ? noun : many}`;
}

/** `3 switches carry 7 of 7 expected prefixes`, or who of them does not. */
function carrySentence({ audit, devices }: Fabric, role: DeviceRole): string[] {
  const audits = devices.flatMap(({ device }) => {
    const found = device.role === role ? audit.devices.get(device.name) : undefined;
    return found && found.verdicts.length > 0 ? [found] : [];
  });
  const [first] = audits;
  if (!first) return [];
  const total = first.verdicts.length;
  const same = (device: DeviceAudit) =>
    device.verdicts.length === total && carried(device) === carried(first);
  if (audits.every(same)) {
    const verb = audits.length === 1 ? 'carries' : 'carry';
    // Not the same ones, perhaps: three leaves that lack different prefixes lack as many.
    const each = audits.length > 1 && carried(first) < total ? ' each' : '';
    return [`${plural(audits.length, role)} ${verb} ${carried(first)} of ${total} expected prefixes${each}`];
  }
  const lacking = audits.filter((device) => carried(device) < device.verdicts.length);
  const shown = lacking.slice(0, 5).map((device) => {
    const unknown = tally(device.verdicts).unknown;
    return `${device.device} ${carried(device)} of ${device.verdicts.length}${unknown > 0 ? ` with ${unknown} unknown` : ''}`;
  });
  const more = lacking.length > 5 ? [`and ${lacking.length - 5} more`] : [];
  const whole = audits.length - lacking.length;
  const verb = whole === 1 ? 'carries' : 'carry';
  const rest = `the others: ${[...shown, ...more].join(', ')}`;
  return [`${whole} of ${plural(audits.length, role)} ${verb} every expected prefix (${rest})`];
}

/** The closing lines: how much is there, how much is up, how many findings. */
export function summaryLines(fabric: Fabric): string[] {
  const { audit, expected } = fabric;
  const { sessionsUp, sessionsDown, devices, devicesUnknown } = audit.summary;
  const ends = sessionsUp + sessionsDown;
  const good = [
    ...carrySentence(fabric, 'switch'),
    ...carrySentence(fabric, 'node'),
    ...(ends > 0 ? [`${sessionsUp} of ${ends} session ends up`] : []),
    ...(devicesUnknown > 0 ? [`${devicesUnknown} of ${plural(devices, 'device')} not read`] : []),
  ];
  const bad = (['critical', 'warning', 'info'] as const).flatMap((severity) => {
    const count = audit.findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  const objects = expected.ok ? [] : [`What should be there is not known: ${expected.error.message}.`];
  const total = audit.findings.length;
  const verdict = total === 0 ? 'No findings.' : `${plural(total, 'finding')}: ${bad.join(', ')}.`;
  return [...(good.length > 0 ? [`${good.join('; ')}.`] : []), ...objects, verdict];
}

/** The whole report, ending with a line end. */
export function renderReport(fabric: Fabric, options: ReportOptions): string {
  const { audit } = fabric;
  const { paint, width } = options;
  const summary = summaryLines(fabric).flatMap((line) => (width === undefined ? [line] : wrap(line, width)));
  const last = summary.pop() ?? '';
  const style =
    audit.findings.length === 0 ? 'green' : audit.findings[0]?.severity === 'critical' ? 'red' : 'yellow';
  return [
    ...findingLines(fabric, options),
    ...otherLines('Not yet alerted (within its grace time):', audit.pending, options),
    ...otherLines('Silenced:', audit.silenced ?? [], options),
    ...otherLines('Could not look, so unknown:', audit.unknown, options),
    ...summary,
    paint(style, last),
    '',
  ].join('\n');
}

/** The audit as documented JSON: `{findings, pending, unknown, summary}`; times are ISO 8601. */
export function reportJson({ audit }: Fabric): object {
  const { findings, pending, unknown, silenced = [], summary } = audit;
  return {
    findings: findings.map(findingJson),
    pending: pending.map(findingJson),
    unknown: unknown.map(findingJson),
    ...(silenced.length > 0 ? { silenced: silenced.map(findingJson) } : {}),
    summary,
  };
}
