// The right-hand side of a route in the routing tables of IOS, IOS-XR and EOS: `[110/20] via 10.0.0.1, 1d02h, Ethernet1`,
// `is directly connected, Vlan10`, `[200/0], 3w4d, Null0`, IPv6 `via FE80::1, Vlan1`. One such text is one next hop.
import { canonicalAddress } from '../../model/address.ts';
import type { NextHop } from '../../model/route-table.ts';
import { uptimeSeconds } from './cli-text.ts';

export interface FoundHop {
  readonly hop: NextHop;
  /** Traffic that takes it is thrown away. */
  readonly discard: boolean;
  /** Takes over only when the others fail (`(!)`, fast reroute). */
  readonly backup: boolean;
}

const isAge = (word: string) => uptimeSeconds(word) !== undefined || /^(?:never|0\.\d+)$/.test(word);
const isInterface = (word: string) =>
  /^[A-Za-z][\w./:-]*$/.test(word) && !/^(?:receive|merge-labels|weight|tag|distance|metric)$/i.test(word);

/** True for a text that is one next hop. */
export function isHop(text: string): boolean {
  return /^\s*(?:\[\d+\/\d+\],?\s*)?(?:via\b|is directly connected|directly connected|is a summary)|^\s*\[\d+\/\d+\](?:,|\s|$)/.test(
    text,
  );
}

/** Reads one next hop; undefined when the text is none or is cut off. */
export function hopOf(text: string): FoundHop | undefined {
  const bare = text.trim().replace(/^\[\d+\/\d+\],?\s*/, '');
  const backup = /\(!\)|\bBackup\b/.test(bare);
  const parts = bare
    .replace(/\((?:[^)]*)\)/g, '')
    .split(',')
    .map((part) => part.trim().replace(/%.*$/, ''))
    .filter((part) => part !== '');
  const [first = '', ...more] = parts;
  const via = /^via (?:VTEP )?(\S+)/.exec(first)?.[1];
  const address = via === undefined ? undefined : canonicalAddress(via);
  const named = via !== undefined && address === undefined && isInterface(via) ? via : undefined;
  const interfaces = more.filter((part) => !isAge(part) && isInterface(part));
  const name = named ?? (isInterface(first) && !isAge(first) ? first : interfaces[0]);
  const connected = /^(?:is )?directly connected|^is a summary/.test(first);
  if (address === undefined && name === undefined && !connected) return undefined;
  return {
    hop: { ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) },
    discard:
      name !== undefined && /^null\d*$/i.test(name) && (address === undefined || /^[0:.]+$/.test(address)),
    backup,
  };
}

/** The hops that traffic takes: all but backups, unless there is nothing else. Duplicates are dropped. */
export function takenHops(found: readonly FoundHop[]): NextHop[] {
  const first = found.filter(({ backup }) => !backup);
  const distinct = new Map<string, NextHop>();
  for (const { hop } of first.length > 0 ? first : found) {
    if (hop.address === undefined && hop.interface === undefined) continue;
    distinct.set(`${hop.address ?? ''}%${hop.interface ?? ''}`, hop);
  }
  return [...distinct.values()];
}
