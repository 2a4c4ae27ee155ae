// Devices as data, one for each driver: how their SSH servers and shells behave, by the vendors' documentation and by what
// people paste from their terminals. One player acts them all on the channels of a real SSH server.
import type { ServerChannel } from 'ssh2';
import type { DriverName } from '../../../src/collectors/switches/driver-names.ts';

export interface Device {
  readonly driver: DriverName;
  /** Behind `SSH-2.0-`. */
  readonly ident: string;
  readonly channel: 'exec' | 'shell';
  /** Shown before the login, and when the shell opens. */
  readonly banner: string;
  readonly motd: string;
  /** One prompt, or several that it uses in turn. */
  readonly prompts: readonly string[];
  /** What turns the pager off. */
  readonly pagingOff?: RegExp;
  readonly pager: string;
  /** What it sends over its pager's line after a key. */
  readonly wipe: string;
  /** The commands for its version that it knows, and the answer. */
  readonly version: readonly [command: RegExp, text: string];
  /** What it says to anything else. */
  readonly complaint: string;
}

const blanks = (count: number) => '\b'.repeat(count) + ' '.repeat(count) + '\b'.repeat(count);
const law = 'Unauthorised access is prohibited.\r\nType "exit" to leave>\r\n';

/** A banner whose end looks like a prompt, and a pause behind it. */
export const trickyMotd = '\r\nWelcome to the fabric\r\nmaintenance#';

export const devices: readonly Device[] = [
  {
    driver: 'h3c-comware',
    ident: 'Comware-7.1.070',
    channel: 'shell',
    banner: law,
    motd: `\r\n${'*'.repeat(78)}\r\n* Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved.*\r\n${'*'.repeat(78)}\r\n\r\n`,
    prompts: ['<HS125X>'],
    pagingOff: /^screen-length disable$/,
    pager: '---- More ----',
    wipe: '\x1b[16D                \x1b[16D',
    version: [/^display version$/, 'H3C Comware Software, Version 7.1.070, Release 6616P01\n'],
    complaint: "         ^\n % Unrecognized command found at '^' position.\n",
  },
  {
    driver: 'huawei-vrp',
    ident: '-',
    channel: 'shell',
    banner: '',
    motd: '\r\nInfo: The max number of VTY users is 21, the number of current VTY users online is 1.\r\n      The current login time is 2026-01-01 10:00:00.\r\n',
    prompts: ['<CE6857>'],
    pagingOff: /^screen-length 0 temporary$/,
    pager: '  ---- More ----',
    wipe: '\x1b[42D                                          \x1b[42D',
    version: [
      /^display version$/,
      'Huawei Versatile Routing Platform Software\nVRP (R) software, Version 8.180 (CE6857EI V200R005C10)\n',
    ],
    complaint: "     ^\nError: Unrecognized command found at '^' position.\n",
  },
  {
    driver: 'cisco-nxos',
    ident: 'OpenSSH_8.3',
    channel: 'shell',
    banner: '',
    motd: '\r\nCisco Nexus Operating System (NX-OS) Software\r\nTAC support: http://www.cisco.com/tac\r\n',
    prompts: ['leaf1# '],
    pagingOff: /^terminal length 0$/,
    pager: '\x1b[7m--More--\x1b[m',
    wipe: '\r\x1b[K',
    version: [/^show version$/, 'Cisco Nexus Operating System (NX-OS) Software\n  NXOS: version 9.3(8)\n'],
    complaint: "          ^\n% Invalid command at '^' marker.\n",
  },
  {
    driver: 'cisco-ios',
    ident: 'Cisco-1.25',
    channel: 'shell',
    banner: law,
    motd: '\r\n',
    prompts: ['rack1-sw1#'],
    pagingOff: /^terminal length 0$/,
    pager: ' --More-- ',
    wipe: blanks(10),
    version: [/^show version$/, 'Cisco IOS XE Software, Version 16.12.04\nrack1-sw1 uptime is 1 year\n'],
    complaint: "            ^\n% Invalid input detected at '^' marker.\n",
  },
  {
    driver: 'cisco-iosxr',
    ident: 'Cisco-2.0',
    channel: 'shell',
    banner: '',
    motd: '\r\n\r\n',
    prompts: ['RP/0/RP0/CPU0:r1#'],
    pagingOff: /^terminal length 0$/,
    pager: ' --More-- ',
    wipe: blanks(10),
    version: [/^show version$/, 'Cisco IOS XR Software, Version 7.3.2\n'],
    complaint: "            ^\n% Invalid input detected at '^' marker.\n",
  },
  {
    driver: 'arista-eos',
    ident: 'OpenSSH_7.8',
    channel: 'exec',
    banner: law,
    motd: 'Last login: Thu Jan  1 10:00:00 2026 from 192.0.2.1\r\n',
    prompts: ['leaf1.10:00:01>', 'leaf1.10:00:02>', 'leaf1.10:00:17>'],
    pagingOff: /^terminal length 0$/,
    pager: ' --More-- ',
    wipe: '\r\x1b[K',
    version: [/^show version$/, 'Arista DCS-7050SX3-48YC8-F\nSoftware image version: 4.28.3M\n'],
    complaint: '% Invalid input\n',
  },
  {
    driver: 'juniper-junos',
    ident: 'OpenSSH_7.5',
    channel: 'exec',
    banner: '',
    motd: '--- JUNOS 20.4R3.8 Kernel 64-bit\r\n',
    prompts: ['{master:0}\r\nadmin@qfx1> '],
    pager: '---(more 12%)---',
    wipe: `\r${' '.repeat(40)}\r`,
    version: [/^show version$/, 'Hostname: qfx1\nModel: qfx5120-48y-8c\nJunos: 20.4R3.8\n'],
    complaint: '             ^\nunknown command.\n',
  },
  {
    driver: 'nokia-srlinux',
    ident: 'OpenSSH_8.4p1 Debian-5',
    channel: 'exec',
    banner: law,
    motd: 'Using configuration file(s): []\r\nWelcome to the srlinux CLI.\r\n',
    prompts: ['--{ running }--[  ]--\r\nA:srl1# '],
    pager: 'lines 1-20',
    wipe: '\r\x1b[K',
    version: [
      /^show version$/,
      'Hostname          : srl1\nChassis Type      : 7220 IXR-D2\nSoftware Version  : v21.6.2\n',
    ],
    complaint: "Parsing error: Unknown token 'x'.\n",
  },
  {
    driver: 'nokia-sros',
    ident: 'OpenSSH_6.6',
    channel: 'shell',
    banner: '',
    motd: 'SR OS Software\r\nCopyright (c) Nokia 2020.  All Rights Reserved.\r\n\r\n',
    // The star comes and goes with changes that are not saved; MD-CLI has the line above.
    prompts: ['*A:sr1# ', 'A:sr1# ', '[/]\r\nA:sr1# '],
    pagingOff: /^environment no more$/,
    pager: 'Press any key to continue (Q to quit)',
    wipe: `\r${' '.repeat(40)}\r`,
    version: [/^show version$/, 'TiMOS-C-20.10.R1 cpm/hops64 Nokia 7750 SR Copyright (c) 2000-2020 Nokia.\n'],
    complaint: '              ^\nError: Bad command.\n',
  },
  {
    driver: 'dell-os10',
    ident: 'OpenSSH_6.7p1 Debian-5',
    channel: 'shell',
    banner: law,
    motd: '\r\nDell EMC Networking Operating System (OS10)\r\n\r\n',
    prompts: ['OS10# '],
    pagingOff: /^terminal length 0$/,
    pager: '--More--',
    wipe: '\r\x1b[K',
    version: [/^show version$/, 'Dell EMC Networking OS10 Enterprise\nOS Version: 10.5.2.3\n'],
    complaint: '% Error: Unrecognized command.\n',
  },
  {
    driver: 'mellanox-onyx',
    ident: 'OpenSSH_7.4',
    channel: 'shell',
    banner: law,
    motd: '\r\nMellanox Switch\r\n\r\n',
    prompts: ['leaf1 [standalone: master] # '],
    pagingOff: /^no cli session paging enable$/,
    pager: 'lines 1-10',
    wipe: '\r\x1b[K',
    version: [
      /^show version$/,
      'Product name:      Onyx\nProduct release:   3.9.0900\nHost name:         leaf1\n',
    ],
    complaint: '% Unrecognized command "x".\n',
  },
  {
    driver: 'aruba-cx',
    ident: 'OpenSSH_8.0',
    channel: 'shell',
    banner: '',
    motd: 'Last login: 2026-01-01 10:00:00 from 192.0.2.1\r\nUser "admin" has logged in 3 times in the past 30 days\r\n',
    prompts: ['8325# '],
    pagingOff: /^no page$/,
    pager: '-- MORE --, next page: Space, next line: Enter, quit: q',
    wipe: '\r\x1b[K',
    version: [
      /^show version$/,
      'ArubaOS-CX\n(c) Copyright Hewlett Packard Enterprise Development LP\nVersion: GL.10.06\n',
    ],
    complaint: 'Invalid input: x\n',
  },
  {
    driver: 'mikrotik-routeros',
    ident: 'ROSSSH',
    channel: 'exec',
    banner: '',
    motd: '',
    prompts: ['[admin@MikroTik] > '],
    pager: '-- [Q quit|D dump|down]',
    wipe: '\r\x1b[K',
    version: [/^\/system resource print$/, 'version: 7.14 (stable)\n'],
    complaint: 'bad command name x (line 1 column 1)\n',
  },
  {
    driver: 'sonic',
    ident: 'OpenSSH_7.9p1 Debian-10',
    channel: 'exec',
    banner: law,
    motd: 'You are on\r\n  ____   ___  _   _ _  ____\r\n',
    prompts: ['admin@sonic:~$ '],
    pager: '--More--',
    wipe: '\r\x1b[K',
    version: [/^show version$/, 'SONiC Software Version: SONiC.202012.55\nDistribution: Debian 10.11\n'],
    complaint: '-bash: x: command not found\n',
  },
  {
    driver: 'frr',
    ident: 'OpenSSH_9.2p1 Debian-2',
    channel: 'exec',
    banner: '',
    motd: '\r\nHello, this is FRRouting (version 8.4.4).\r\n\r\n',
    prompts: ['leaf01# '],
    pager: '--More--',
    wipe: '\r\x1b[K',
    version: [/^show version$/, 'FRRouting 8.4.4 (leaf01) on Linux(6.1.0).\n'],
    complaint: '% Unknown command: x\n',
  },
];

export interface Mood {
  /** Obeys the command that turns the pager off. */
  readonly obeys: boolean;
  /** Bytes in a packet. */
  readonly chunk?: number;
  readonly motd?: string;
  /** Milliseconds between greeting and first prompt. */
  readonly lateMs?: number;
  /** Wraps what is typed at so many columns. */
  readonly columns?: number;
  /** Drops the connection after so many lines of an answer. */
  readonly dropsAfter?: number;
  /** A line of its log that comes at the prompt, unasked. */
  readonly log?: string;
}

const pageLines = 10;

/** Plays the device's shell. `answerTo` gives the text for a command; `typed` gets what was typed. */
export function playShell(
  channel: ServerChannel,
  device: Device,
  mood: Mood,
  answerTo: (command: string) => string | undefined,
  typed: string[],
  drop: () => void,
): void {
  const queue: Buffer[] = [];
  let busy = false;
  const pump = () => {
    const next = queue.shift();
    busy = next !== undefined;
    if (!next) return;
    channel.write(next);
    setTimeout(pump, mood.chunk ? 1 : 0);
  };
  const send = (text: string) => {
    const bytes = Buffer.from(text);
    const size = mood.chunk ?? 8192;
    for (let i = 0; i < bytes.length; i += size) queue.push(bytes.subarray(i, i + size));
    if (!busy) pump();
  };
  let paging = true;
  let line = '';
  let rest: string[] = [];
  let shown = 0;
  let prompts = 0;
  const prompt = () => device.prompts[prompts++ % device.prompts.length] ?? '#';
  const page = () => {
    const lines = rest.splice(0, paging ? pageLines : rest.length);
    shown += lines.length;
    send(lines.map((text) => `${text}\r\n`).join(''));
    if (mood.dropsAfter !== undefined && shown > mood.dropsAfter) return setTimeout(drop, 20);
    return send(rest.length > 0 ? device.pager : prompt());
  };
  const enter = () => {
    const command = line.trim();
    line = '';
    shown = 0;
    send('\r\n');
    if (command === '') return page();
    typed.push(command);
    if (mood.obeys && device.pagingOff?.test(command)) paging = false;
    const known = device.version[0].test(command) ? device.version[1] : answerTo(command);
    const text = known ?? (device.pagingOff?.test(command) ? '' : device.complaint);
    rest = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    page();
  };
  // What is typed before the first prompt waits for it.
  let early: string | undefined = '';
  const take = (data: string) => {
    if (early !== undefined) {
      early += data;
      return;
    }
    for (const char of data) {
      if (rest.length > 0) {
        send(device.wipe);
        page();
      } else if (char === '\n' || char === '\r') enter();
      else {
        if (line === '' && mood.log) send(`\r\n${mood.log}\r\n${prompt()}`);
        line += char;
        // A terminal driver puts a line end where the line is full.
        send(mood.columns !== undefined && line.length % mood.columns === 0 ? `${char}\r\n` : char);
      }
    }
  };
  channel.on('data', (data: Buffer) => take(data.toString()));
  send(mood.motd ?? device.motd);
  setTimeout(() => {
    send(prompt());
    const waiting = early ?? '';
    early = undefined;
    take(waiting);
  }, mood.lateMs ?? 0);
}
