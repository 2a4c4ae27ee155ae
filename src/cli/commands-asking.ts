// The commands that ask once, print and end: audit, explain, expected, parse. Part of the table of commands (commands.ts).
import { driverNames } from '../collectors/switches/driver-names.ts';
import type { Command } from './command.ts';
import { config, couldNotRun, output } from './common-flags.ts';

export const audit: Command = {
  name: 'audit',
  summary: 'ask every device once and print what is wrong',
  usage: ['--config FILE [--output table|json|markdown|junit]'],
  about: [
    'One reading of the objects and of every device, one audit. Prints findings, worst first, then what could not be looked at and why, then how much is right. In a pipe every finding is one line.',
    'JSON: {findings, pending, unknown, summary}; a finding is {check, severity, device, subject, verdict, cause?, detail, since}. Markdown: the same for a ticket or a merge request. JUnit: a suite for each device; a finding is a failure, a check that is asked of the device and found nothing has passed, and what could not be looked at, is silenced or within its grace time is skipped.',
  ],
  flags: { config, output: output('table', 'json', 'markdown', 'junit') },
  most: 0,
  examples: [
    ['calico-bgp-exporter audit --config config.yml', 'is everything where it should be?'],
    ['calico-bgp-exporter audit --config config.yml --output json | jq .summary', 'the same for a script'],
    [
      'calico-bgp-exporter audit --config config.yml --output junit > audit.xml',
      'a test report for a pipeline',
    ],
  ],
  exit: [
    '0 nothing is wrong',
    '1 there are findings (a device that does not answer is one)',
    `2 ${couldNotRun}, the objects cannot be read, or not one device answered`,
  ],
  load: () => import('./audit.ts'),
};

export const explain: Command = {
  name: 'explain',
  summary: 'show the whole way of a prefix, an address, a node or a switch, and where it ends',
  usage: [
    'PREFIX --config FILE [--device NAME] [--output table|json|markdown]',
    'ADDRESS --config FILE [--device NAME] [--output table|json|markdown]',
    'NODE|SWITCH --config FILE [--output table|json|markdown]',
  ],
  about: [
    "Reads the objects and every device once, audits once, and shows what the verdict rests on. Of a prefix: what the objects want, the owner's own table, what it sends on each session, what each switch received, has in its BGP table and in its routing table, on to the far nodes; each with the command or OID that was asked, what it answered and when, the step at which the way ends, and what to do. Of an address (a pod, a service): which way a packet goes, next hop by next hop, from every switch. Of a node or switch: what it should have, what it has, its sessions from both ends, and the age of its readings.",
    'With --device only the way to (of an address: from) this device. JSON: {kind, target, tone, verdict, facts, hops, paths, sessions, prefixes, readings, findings, advice, notes}.',
  ],
  flags: {
    config,
    device: { value: 'NAME', help: 'Only the way to, or from, this switch or node.' },
    output: output('table', 'json', 'markdown'),
  },
  most: 1,
  examples: [
    ['calico-bgp-exporter explain 10.233.66.0/24 --config config.yml', 'where was this route lost?'],
    [
      'calico-bgp-exporter explain 10.233.66.7 --config config.yml',
      'which way does a packet to this pod go?',
    ],
    ['calico-bgp-exporter explain leaf01 --config config.yml', 'what is the matter with this switch?'],
    [
      'calico-bgp-exporter explain 10.233.66.0/24 --config config.yml --output markdown > ticket.md',
      'the same to hand on in a ticket',
    ],
  ],
  exit: [
    '0 nothing is wrong with it',
    '1 there are findings about it',
    '2 nothing is known by that name, or nothing could be read',
  ],
  load: () => import('./explain.ts'),
};

export const expected: Command = {
  name: 'expected',
  summary: 'show the sessions and prefixes that the objects call for',
  usage: [
    '--datastore FILE… [--node NAME] [--output table|json|markdown]',
    '--config FILE [--node NAME] [--output table|json|markdown]',
    '--diff OLD NEW [--node NAME] [--output table|json|markdown]',
    '--datastore FILE… --diff NEW [--node NAME] [--output table|json|markdown]',
  ],
  about: [
    "Computes from Nodes, BGPPeers, BGPConfigurations, IPPools, IPAM blocks, BGPFilters and Services, by Calico's own rules, which BGP sessions each node must have and which prefixes must be announced, each with the object that is the reason. No device is asked.",
    'JSON: {sessions, prefixes, problems}; a session is {node, name, peerAddress, port?, peerAsn, localAsn, afi, kind, passive, rrClient, nextHopKeep, because}, a prefix is {prefix, kind, origins, because}. With --node also announcements: what the node announces to whom, with which next hop, and why.',
    'With --diff it says what a change of objects would do, before it is applied: OLD and NEW are files or directories of all objects; or NEW holds the changed ones alone, and --datastore or --config names all that there are now. JSON: {sessions, prefixes, announcements, problems}, each {added, removed, changed}; announcements are left out of clusters so big that following every route takes too long.',
  ],
  flags: {
    datastore: {
      value: 'FILE',
      help: 'YAML or JSON objects as kubectl and calicoctl print them, or a directory of such files.',
      multiple: true,
    },
    config: { value: 'FILE', help: 'Take the datastore and the settings of a configuration instead.' },
    node: { value: 'NAME', help: 'Only what concerns this node.' },
    diff: { help: 'Compare two sets of objects.' },
    output: output('table', 'json', 'markdown'),
  },
  most: 1000,
  examples: [
    ['calico-bgp-exporter expected --datastore objects.yaml', 'from a file of objects'],
    [
      'calico-bgp-exporter expected --datastore nodes.yaml --datastore calico/ --node node1',
      'from several, one node',
    ],
    [
      'calico-bgp-exporter expected --datastore cluster.yaml --diff new-peer.yaml',
      'what would applying new-peer.yaml do?',
    ],
  ],
  exit: [
    '0 computed (problems with single objects are in the output); with --diff: no difference',
    '1 with --diff: there are differences',
    '2 the objects cannot be read',
  ],
  load: () => import('./expected.ts'),
};

export const parse: Command = {
  name: 'parse',
  summary: 'show what a saved answer of a device says, as JSON',
  usage: ['--driver NAME --command COMMAND FILE', '--snmpwalk FILE', '--bird FILE'],
  about: [
    'Reads a saved answer with the same code that reads devices, and prints {sessions, routes, notes}. For bug reports: the file and this output are all that is needed. FILE may be "-" for standard input.',
  ],
  flags: {
    driver: {
      value: 'NAME',
      help: 'The file is the output of a command on a switch that this driver speaks.',
      choices: [...driverNames],
    },
    command: {
      value: 'COMMAND',
      help: 'The command that was typed. Where the file holds several commands with their answers, each is read as its own.',
    },
    snmpwalk: {
      value: 'FILE',
      help: 'The file is the output of snmpwalk or snmpbulkwalk (with or without -On).',
    },
    bird: { value: 'FILE', help: 'The file is what birdc printed.' },
    device: { value: 'NAME', help: 'Name of the device in the output.', default: 'the name of the file' },
  },
  most: 1,
  examples: [
    [
      'calico-bgp-exporter parse --driver frr --command "show bgp summary json" summary.json',
      'a switch with FRR',
    ],
    [
      'calico-bgp-exporter parse --driver h3c-comware --command "display bgp peer ipv4" leaf01.txt',
      'what was pasted from a terminal, prompts and all',
    ],
    [
      'snmpbulkwalk -On -v2c -c … leaf01 1.3.6.1.2.1.15 | calico-bgp-exporter parse --snmpwalk -',
      'a switch by SNMP',
    ],
    ['birdc -s /var/run/calico/bird.ctl show protocols all | calico-bgp-exporter parse --bird -', 'a node'],
  ],
  exit: ['0 parsed', '2 the text cannot be read; the message is FILE:LINE: reason'],
  load: () => import('./parse.ts'),
};
