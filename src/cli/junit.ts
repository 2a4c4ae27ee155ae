// The audit as a JUnit report, for pipelines that show tests: a suite for each device and one for the objects, a case for
// each check that found nothing and one for each finding. What could not be looked at is skipped, never passed.
// Format: the JUnit XML that Jenkins, GitLab and GitHub's reporters read (github.com/testmoapp/junitxml). Pure.
import { checkTexts } from '../model/catalogue/checks.ts';
import type { Fabric } from '../model/fabric.ts';
import type { CheckId, Finding } from '../model/finding.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';

/** The suite of findings that belong to no device. */
const objects = 'objects';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an XML attribute: what XML 1.0 cannot hold, not even escaped, becomes a question mark. */
export function xmlText(text: string): string {
  return text
    .replace(/[\ud800-\udfff]/gu, '?')
    .replace(/[\n\r\t]/g, ' ')
    .replace(/[\x00-\x1f\x7f-\x9f\ufffe\uffff]/g, '?')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

interface Case {
  readonly name: string;
  /** What is inside the element; empty for a case that passed. */
  readonly inside: string;
  readonly result: 'passed' | 'failed' | 'skipped';
}

const title = ({ check, subject }: Finding) => `${check}: ${subject}`;

function failed(finding: Finding): Case {
  const { severity, cause, detail } = finding;
  const type = cause === undefined ? severity : `${severity} ${cause}`;
  return {
    name: title(finding),
    inside: `<failure type="${xmlText(type)}" message="${xmlText(detail)}"/>`,
    result: 'failed',
  };
}

const skipped = (name: string, why: string): Case => ({
  name,
  inside: `<skipped message="${xmlText(why)}"/>`,
  result: 'skipped',
});

/** Why a check of a device has nothing to go by; undefined where it has. */
function blindness(check: CheckId, snapshot: DeviceSnapshot | undefined): string | undefined {
  if (!snapshot) return undefined;
  if (check.startsWith('session-') && !snapshot.sessions.ok)
    return `sessions could not be read: ${snapshot.sessions.error.message}`;
  if (check.startsWith('route-') && !snapshot.routes.ok)
    return `routes could not be read: ${snapshot.routes.error.message}`;
  return undefined;
}

function quietCases(
  checks: readonly CheckId[],
  told: ReadonlySet<string>,
  snapshot: DeviceSnapshot | undefined,
): Case[] {
  return checks.flatMap((check) => {
    if (told.has(check)) return [];
    const why = blindness(check, snapshot);
    return [why === undefined ? { name: check, inside: '', result: 'passed' as const } : skipped(check, why)];
  });
}

const ofObjects = new Set<CheckId>(['object-invalid']);

/** Whether a check is asked of a device at all: what is not has neither passed nor been skipped. */
function isAsked(
  check: CheckId,
  suiteName: string,
  { audit }: Fabric,
  snapshot: DeviceSnapshot | undefined,
): boolean {
  if (suiteName === objects || ofObjects.has(check)) return suiteName === objects && ofObjects.has(check);
  // A device of which there is a finding, and which nobody asks.
  if (!snapshot) return false;
  switch (check) {
    case 'route-missing':
    case 'route-next-hop':
      return (audit.devices.get(snapshot.device.name)?.verdicts.length ?? 0) > 0;
    case 'route-withheld':
    case 'route-unannounced':
      return snapshot.device.role === 'node';
    default:
      return true;
  }
}

const checkIds = Object.keys(checkTexts) as CheckId[];

function suite(name: string, cases: readonly Case[], time: string): string[] {
  const count = (result: Case['result']) => cases.filter((each) => each.result === result).length;
  const counts = `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
  const suiteName = xmlText(name);
  return [
    `  <testsuite name="${suiteName}" ${counts} timestamp="${time}">`,
    ...cases.map(({ name: caseName, inside }) => {
      const head = `    <testcase classname="${suiteName}" name="${xmlText(caseName)}"`;
      return inside === '' ? `${head}/>` : `${head}>${inside}</testcase>`;
    }),
    '  </testsuite>',
  ];
}

/** The whole report; it has a failure exactly where the exit code of `audit` is 1. */
export function junitReport(fabric: Fabric): string {
  const { at, audit, devices, expected } = fabric;
  const suites = new Map<string, { readonly cases: Case[]; readonly told: Set<string> }>();
  const suiteOf = (device: string) => {
    const name = device || objects;
    const known = suites.get(name) ?? { cases: [], told: new Set<string>() };
    suites.set(name, known);
    return known;
  };
  const add = (findings: readonly Finding[], made: (finding: Finding) => Case) => {
    for (const finding of findings) {
      const { cases, told } = suiteOf(finding.device);
      told.add(finding.check);
      cases.push(made(finding));
    }
  };
  suiteOf('');
  for (const { device } of devices) suiteOf(device.name);
  add(audit.findings, failed);
  add(audit.pending, (finding) =>
    skipped(title(finding), `not yet alerted (within its grace time): ${finding.detail}`),
  );
  add(audit.silenced ?? [], (finding) => skipped(title(finding), `silenced: ${finding.detail}`));
  add(audit.unknown, (finding) => skipped(title(finding), `could not look, so unknown: ${finding.detail}`));
  const snapshots = new Map(devices.map((snapshot) => [snapshot.device.name, snapshot]));
  const time = new Date(at).toISOString().slice(0, 19);
  const parts = [...suites].map(([name, { cases, told }]) => {
    const checks = checkIds.filter((check) => isAsked(check, name, fabric, snapshots.get(name)));
    // Without objects nothing was held against anything: no check has passed.
    const quiet = expected.ok
      ? quietCases(checks, told, snapshots.get(name))
      : checks.filter((check) => !told.has(check)).map((check) => skipped(check, expected.error.message));
    return { name, cases: [...cases, ...quiet] };
  });
  const all = parts.flatMap(({ cases }) => cases);
  const count = (result: Case['result']) => all.filter((each) => each.result === result).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="calico-bgp-exporter audit" tests="${all.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" time="${audit.durationSeconds.toFixed(3)}">`,
    ...parts.flatMap(({ name, cases }) => suite(name, cases, time)),
    '</testsuites>',
    '',
  ].join('\n');
}
