// For the conformance suite: what every switch driver needs a case of, how each system's terminal behaves, and why a case
// is lacking where it is. The cases are in test/fixtures/conformance/DRIVER/NAME.txt, written by hand after each system's
// format: which cases a file is, the command, what it says, and the answer.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type DriverName, driverNames } from '../../../src/collectors/switches/driver-names.ts';

/** A cut-off answer and one with a pager in it are made of every case. */
export const caseNames = [
  'established',
  'down',
  'admin-down',
  'never-established',
  'no-bgp',
  'ipv6',
  'vrfs',
  'asplain',
  'asdot',
  'ecmp',
  'wrapped',
] as const;
export type CaseName = (typeof caseNames)[number];

interface Manners {
  /** What stands in front of a typed command. */
  readonly prompt: string;
  /** What the pager shows at the end of a page. */
  readonly pager: string;
  /** Why there is no such case. */
  readonly lacks?: Partial<Readonly<Record<CaseName, string>>>;
}

const plainAsn = 'the system prints AS numbers in asplain only';

export const manners: Readonly<Record<DriverName, Manners>> = {
  frr: { prompt: 'leaf01# ', pager: '--More--' },
  'h3c-comware': { prompt: '<HS125X>', pager: '---- More ----' },
  'huawei-vrp': { prompt: '<HUAWEI>', pager: '  ---- More ----' },
  'aruba-cx': {
    prompt: 'switch# ',
    pager: '-- MORE --, next page: Space, next line: Enter, quit: q',
    lacks: { asdot: 'no document shows how AOS-CX prints asdot in its tables' },
  },
  'mikrotik-routeros': {
    prompt: '[admin@MikroTik] > ',
    pager: '-- [Q quit|D dump|down]',
    lacks: { asdot: plainAsn },
  },
  'cisco-nxos': { prompt: 'leaf1# ', pager: '--More--' },
  'cisco-ios': { prompt: 'R1#', pager: ' --More-- ' },
  'cisco-iosxr': { prompt: 'RP/0/RP0/CPU0:XR1#', pager: ' --More-- ' },
  'arista-eos': { prompt: 'leaf1#', pager: ' --More-- ' },
  'juniper-junos': {
    prompt: 'audit@mx1> ',
    pager: '---(more 41%)---',
    lacks: { 'admin-down': 'Junos shows a session that was shut as Idle and does not say why' },
  },
  'nokia-srlinux': {
    prompt: 'A:leaf1# ',
    pager: '--More--',
    lacks: { asdot: plainAsn, 'no-bgp': 'no document shows what SR Linux prints without BGP' },
  },
  'nokia-sros': {
    prompt: 'A:sr1# ',
    pager: 'Press any key to continue (Q to quit)',
    lacks: { asdot: plainAsn, wrapped: 'a neighbour always takes three lines, whatever their length' },
  },
  'dell-os10': { prompt: 'OS10# ', pager: '--More--' },
  'mellanox-onyx': {
    prompt: 'leaf1 [standalone: master] # ',
    pager: 'lines 1-23',
    lacks: {
      asdot: plainAsn,
      ipv6: 'no document shows IPv6 peers or routes of Onyx: they are not asked for',
      'no-bgp': 'no document shows what Onyx prints without BGP',
    },
  },
  sonic: {
    prompt: 'admin@sonic:~$ ',
    pager: '--More--',
    lacks: {
      asdot: plainAsn,
      vrfs: 'its own commands show the default VRF; FRR behind it has cases of its own',
    },
  },
};

export interface Case {
  readonly file: string;
  readonly driver: DriverName;
  readonly names: readonly string[];
  readonly command: string;
  /** Why rows that are missing cannot be noticed; undefined where the answer counts itself. */
  readonly uncounted: string | undefined;
  readonly expected: readonly string[];
  readonly answer: string;
}

const root = path.resolve(import.meta.dirname, '../../fixtures/conformance');

function readCase(driver: DriverName, file: string): Case {
  const text = readFileSync(path.join(root, driver, file), 'utf8');
  const [head = '', expected = '', ...answer] = text.split(/^--- (?:expected|answer)\n/m);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1];
  const command = field('command');
  if (command === undefined || answer.length !== 1) throw new Error(`${driver}/${file} is no case`);
  return {
    file: `${driver}/${file}`,
    driver,
    names: (field('cases') ?? '').split(' '),
    command,
    uncounted: field('uncounted'),
    expected: expected.trimEnd().split('\n'),
    answer: answer.join(''),
  };
}

/** All cases of a driver. */
export function casesOf(driver: DriverName): Case[] {
  return readdirSync(path.join(root, driver)).map((file) => readCase(driver, file));
}

export const allCases: readonly Case[] = driverNames.flatMap(casesOf);
