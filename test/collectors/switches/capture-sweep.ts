// Every capture of other people that is here, of every platform that a driver is for, through that driver: equal to the result
// written beside it, read with nothing to compare with, read as far as it goes, different, or refused. Made into the table of
// docs/drivers/captures.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DriverName } from '../../../src/collectors/switches/driver-names.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { commandOf, type IndexEntry, leftOut, reasonFor } from './cisco-capture-list.ts';
import { comparePeers, compareRoutes } from './cisco-compare.ts';
import { type Expected, expectedBeside } from './cisco-expected.ts';

/** The folders of the captures, and whose they are. */
const platforms: Readonly<Record<string, DriverName>> = {
  'h3c-comware': 'h3c-comware',
  'huawei-vrp': 'huawei-vrp',
  'cisco-nxos': 'cisco-nxos',
  'cisco-ios': 'cisco-ios',
  'cisco-iosxr': 'cisco-iosxr',
  'arista-eos': 'arista-eos',
  'juniper-junos': 'juniper-junos',
  frr: 'frr',
  cumulus: 'frr',
  sonic: 'sonic',
  'nokia-srlinux': 'nokia-srlinux',
  'nokia-sros': 'nokia-sros',
  'dell-os10': 'dell-os10',
  'aruba-cx': 'aruba-cx',
  'other-mellanox-onyx': 'mellanox-onyx',
  'mikrotik-ros': 'mikrotik-routeros',
};

export type Outcome = 'equal' | 'read' | 'not whole' | 'different' | 'refused';

export interface Swept {
  readonly platform: string;
  readonly file: string;
  readonly outcome: Outcome;
  readonly reason: string;
}

/** Files beside captures, and answers about something else. */
const noAnswers: readonly RegExp[] = [
  ...leftOut,
  /show_router_interface|facts\.yml|get-instance-information/,
];

/** Why a capture is refused, where its driver's own words do not tell. */
function whyRefused(file: string, said: string): string {
  if (/\.md\.block\d+\.txt$/.test(file)) return 'configuration out of a tutorial, no answer of a device';
  if (/summary\.json$/.test(file) && /route/.test(file)) return 'a summary counts routes and lists none';
  return reasonFor(file) ?? said;
}

/** The command in a capture's name, without the device in front of it. */
function commandIn(file: string): string {
  const name = commandOf(file);
  return /\b(?:show|display|info|sh) .*/.exec(name)?.[0] ?? name;
}

function differences(parsed: Parsed, expected: Expected, text: string, command: string): string[] {
  const peers = /routes\b/.test(command) ? [] : comparePeers(parsed, expected, text);
  return [...peers, ...(parsed.sessions.length > 0 ? [] : compareRoutes(parsed, expected, text))];
}

function sweepOne(root: string, platform: string, driver: DriverName, file: string): Swept {
  const full = path.join(root, file);
  const text = readFileSync(full, 'utf8');
  const command = commandIn(file);
  let read: Parsed;
  let lack: string | undefined;
  try {
    read = drivers[driver].parse(command, text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    if (!error.read) return { platform, file, outcome: 'refused', reason: whyRefused(file, error.reason) };
    read = error.read;
    lack = error.reason;
  }
  const expected = expectedBeside(full);
  const known = expected && expected.peers.size + expected.routes.size > 0;
  const [wrong] = known ? differences(read, expected, text, command) : [];
  if (wrong !== undefined) return { platform, file, outcome: 'different', reason: reasonFor(file) ?? wrong };
  if (lack !== undefined) return { platform, file, outcome: 'not whole', reason: lack };
  return { platform, file, outcome: known ? 'equal' : 'read', reason: '' };
}

/** All captures below a folder of shared captures. */
export function sweep(root: string): Swept[] {
  const index = JSON.parse(readFileSync(path.join(root, 'index.json'), 'utf8')) as IndexEntry[];
  return Object.entries(platforms).flatMap(([platform, driver]) =>
    index
      .filter((entry) => entry.platform === platform && entry.role.startsWith('raw') && entry.kind !== 'lldp')
      .filter(({ file }) => !noAnswers.some((pattern) => pattern.test(file)))
      .map(({ file }) => sweepOne(root, platform, driver, file)),
  );
}

/** The end of a capture's path that tells it from others. */
const short = (file: string) => file.split('/').slice(-3).join('/').replaceAll('|', '\\|');

/** The page of docs/drivers/captures.md. */
export function pageOf(swept: readonly Swept[]): string {
  const outcomes: readonly Outcome[] = ['equal', 'read', 'not whole', 'different', 'refused'];
  const rows = [...new Set(swept.map(({ platform }) => platform))].map((platform) => {
    const own = swept.filter((one) => one.platform === platform);
    const counts = outcomes.map((outcome) => own.filter((one) => one.outcome === outcome).length);
    return `| ${platform} | ${own.length} | ${counts.join(' | ')} |`;
  });
  const others = new Map<string, string[]>();
  for (const { platform, file, outcome, reason } of swept) {
    if (outcome === 'equal' || outcome === 'read') continue;
    const key = `${platform} | ${outcome} | ${reason.replaceAll('|', '\\|').replaceAll('`', "'")}`;
    others.set(key, [...(others.get(key) ?? []), short(file)]);
  }
  const reasons = [...others].map(([key, files]) => {
    const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
    return `| ${key} | \`${files[0]}\`${more} |`;
  });
  return `# Captures tried

Made by \`npm run golden\` where other people's public captures are present beside the project; they are not part of it. Every
capture of a platform goes through its driver as \`parse\` would read it, also those of commands that the driver never types.

- *equal*: neighbours, AS numbers, states, counts, prefixes and next hops are those of the result written beside the capture.
- *read*: nothing stands beside it in a form that this table compares; tests of the driver hold many of them against the same
  device's JSON, or against what a plain search of the text finds.
- *not whole*: the text says itself that it is an excerpt; what is there is read, and printed with a note.
- *different* and *refused*: see the reasons below.

| platform | captures | equal | read | not whole | different | refused |
|---|---|---|---|---|---|---|
${rows.join('\n')}

## The rest, one by one

| platform | outcome | reason | captures |
|---|---|---|---|
${reasons.join('\n')}
`;
}
