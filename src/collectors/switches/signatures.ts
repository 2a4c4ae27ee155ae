// By what each system is known: its enterprise number in sysObjectID (IANA's list), the words of its sysDescr and of `show
// version`, and the identification of its SSH server (RFC 4253 section 4.2) where that is its own and not OpenSSH's. Pure.
import type { DriverName } from './driver-names.ts';

interface Signature {
  readonly driver: DriverName;
  /** Below 1.3.6.1.4.1; a vendor with several systems has none here, its sysDescr decides. */
  readonly enterprise?: readonly number[];
  /** In sysDescr or in the answer to `show version`. */
  readonly words: RegExp;
  /** Behind `SSH-2.0-`. */
  readonly server?: RegExp;
}

export const signatures: readonly Signature[] = [
  {
    driver: 'h3c-comware',
    enterprise: [25506],
    words: /\bComware\b(?: Platform)? Software|\bH3C Comware|\bHPE? Comware|Comware Software/i,
    server: /^Comware-/,
  },
  {
    driver: 'huawei-vrp',
    enterprise: [2011],
    words: /Huawei Versatile Routing Platform|VRP \(R\) software|Versatile Routing Platform Software/i,
    server: /^HUAWEI-/i,
  },
  { driver: 'cisco-nxos', words: /Cisco Nexus Operating System|Cisco NX-OS|\bNX-OS\(tm\)/i },
  { driver: 'cisco-iosxr', words: /Cisco IOS XR Software/i, server: /^Cisco-2\.0/ },
  {
    driver: 'cisco-ios',
    words: /Cisco IOS(?:[ -]XE)? Software|Cisco Internetwork Operating System Software|\bIOS \(tm\)/i,
    server: /^Cisco-1\.25/,
  },
  {
    driver: 'arista-eos',
    enterprise: [30065],
    words:
      /Arista Networks EOS|\bArista (?:v|c)EOS|^Arista (?:DCS|CCS|\S+-\S+)|Software image version: \d+\.\d+\.\d+/m,
  },
  { driver: 'juniper-junos', enterprise: [2636], words: /\bJUNOS\b|^Junos: \S/im },
  { driver: 'nokia-sros', words: /\bTiMOS-[A-Z]-/ },
  {
    driver: 'nokia-srlinux',
    words: /\bSRLinux\b|\bSR ?Linux\b|Chassis Type\s*: 7[27]\d\d[\s\S]{0,2000}Software Version\s*: v\d/i,
  },
  {
    driver: 'dell-os10',
    words:
      /SmartFabric OS10|OS10 Enterprise|Dell (?:EMC )?Networking O(?:S|perating System)|Dell Real Time Operating System/i,
  },
  { driver: 'mellanox-onyx', enterprise: [33049], words: /\bMLNX-OS\b|\bOnyx\b/ },
  { driver: 'aruba-cx', enterprise: [47196], words: /\b(?:ArubaOS-CX|AOS-CX)\b/i },
  { driver: 'mikrotik-routeros', enterprise: [14988], words: /\bRouterOS\b/, server: /^ROSSSH/ },
  { driver: 'sonic', words: /SONiC Software Version/ },
  // Cumulus: its own number.
  { driver: 'frr', enterprise: [40310], words: /\bFRRouting \d|\bCumulus Linux\b/i },
];

/** What a question found: one driver, none, or several that cannot be told apart. */
export type Found = readonly DriverName[];

const root = [1, 3, 6, 1, 4, 1];

function below(objectId: readonly number[], enterprise: readonly number[]): boolean {
  return [...root, ...enterprise].every((arc, i) => objectId[i] === arc);
}

/** By the words of a text. */
export function byWords(text: string): Found {
  const found = signatures.filter(({ words }) => words.test(text)).map(({ driver }) => driver);
  // SONiC's own version page also tells of the FRRouting in it.
  return found.includes('sonic') ? ['sonic'] : found;
}

/** By an SNMP agent's sysObjectID and sysDescr; the words are the more certain, for boxes run other makers' systems. */
export function bySystem(objectId: readonly number[], description: string): Found {
  const words = byWords(description);
  if (words.length > 0) return words;
  return signatures
    .filter(({ enterprise }) => enterprise && below(objectId, enterprise))
    .map(({ driver }) => driver);
}

/** What a version page calls the host: FRR, Junos, SR Linux, NX-OS, IOS. */
const hostnames = [
  /FRRouting [\w.~+-]+ \(([\w.-]+)\)/,
  /^Hostname\s*: (\S+)\s*$/m,
  /^\s*Device name: (\S+)\s*$/m,
  /^([A-Za-z0-9][\w.-]*) uptime is /m,
];

/** The host's name for itself, where the text tells it. */
export function hostnameIn(text: string): string | undefined {
  return hostnames.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined);
}

/** By an SSH server's identification, `SSH-2.0-Comware-7.1.070`. */
export function byServer(identification: string): Found {
  const software = identification.replace(/^SSH-[\d.]+-/, '');
  return signatures.filter(({ server }) => server?.test(software)).map(({ driver }) => driver);
}
