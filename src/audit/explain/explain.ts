// explain: finds out what a word stands for (node, switch, prefix, address) and explains it from one fabric; no device is
// asked. Pure; never throws for what devices, objects or the word say.
import { type Address, formatAddress, parseAddress } from '../../model/address.ts';
import type { Explained } from '../../model/explanation.ts';
import type { Fabric } from '../../model/fabric.ts';
import { contains, hostPrefix, PrefixError, parsePrefix } from '../../model/prefix.ts';
import { hint } from '../../model/suggest.ts';
import { buildContext, type Context } from '../context.ts';
import { explainAddress } from './address.ts';
import { explainDevice } from './device.ts';
import { explainPrefix, knownRole } from './prefix.ts';

export interface ExplainInput {
  readonly fabric: Fabric;
  /** Oldest reading of a device, in milliseconds, by which it is still judged. */
  readonly maxAgeMs: (device: string) => number;
  /** A prefix, an address, a node or a switch. */
  readonly target: string;
  /** Only the way to, or from, this device. */
  readonly device?: string;
}

const longest = 253;
const shown = (word: string) => (word.length > 80 ? `${word.slice(0, 80)}…` : word);

const namesOf = (context: Context) => [...new Set([...context.devices.keys(), ...context.nodes.keys()])];

function unknownWord(context: Context, word: string): Explained {
  const names = namesOf(context);
  const near = hint(word, names);
  const known = names.length > 0 && names.length <= 20 ? `; known are ${names.join(', ')}` : '';
  const message = `"${shown(word)}" is no prefix, no address, and no node or switch that is known here${near || known}`;
  return { ok: false, message };
}

/** The name of the node or switch that a word stands for: as it is written, or else the one that differs in case alone. */
function nameOf(context: Context, word: string): string | undefined {
  if (knownRole(context, word)) return word;
  const alike = namesOf(context).filter((name) => name.toLowerCase() === word.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

/** The IPv4 address that an IPv4-mapped one stands for (RFC 4291, 2.5.5.2), as logs of dual-stack servers have it. */
function unmapped(address: Address): Address {
  const { family, a, b, c, d } = address;
  return family === 6 && a === 0 && b === 0 && c === 0xffff ? { family: 4, a: d, b: 0, c: 0, d: 0 } : address;
}

/** Explains what the word stands for. */
export function explain({ fabric, maxAgeMs, target, device }: ExplainInput): Explained {
  const { at: now, devices, expected } = fabric;
  const context = buildContext({ now, devices, expected, vantages: new Map(), maxAgeMs });
  const word = target.trim();
  if (word === '' || word.length > longest) return unknownWord(context, word);
  if (device !== undefined && !knownRole(context, device)) {
    const message = `there is no device "${shown(device)}"${hint(device, namesOf(context), 'devices are')}`;
    return { ok: false, message };
  }
  const name = nameOf(context, word);
  const role = name === undefined ? undefined : knownRole(context, name);
  if (name !== undefined && role)
    return { ok: true, explanation: explainDevice(fabric, context, name, role) };
  if (word.includes('/')) {
    try {
      return { ok: true, explanation: explainPrefix(fabric, context, parsePrefix(word), device) };
    } catch (error) {
      if (error instanceof PrefixError) return { ok: false, message: error.message };
      throw error;
    }
  }
  const parsed = parseAddress(word);
  if (!parsed) return unknownWord(context, word);
  const address = unmapped(parsed);
  const host = hostPrefix(address);
  const own = context.deviceByAddress.get(formatAddress(address));
  const inCluster = (context.expected?.ranges ?? []).some((range) => contains(range, host));
  // An address that BGP is spoken from stands for its device; one of a pod or service for the way to it.
  if (own !== undefined && !inCluster) {
    const explanation = explainDevice(fabric, context, own, knownRole(context, own) ?? 'node');
    return { ok: true, explanation };
  }
  return { ok: true, explanation: explainAddress(fabric, context, address, device) };
}
