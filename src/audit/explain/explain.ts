// explain: finds out what a word stands for (node, switch, prefix, address) and explains it from one fabric; no device is
// asked. Pure; never throws for what devices, objects or the word say.
import { formatAddress, parseAddress } from '../../model/address.ts';
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
  const role = knownRole(context, word);
  if (role) return { ok: true, explanation: explainDevice(fabric, context, word, role) };
  if (word.includes('/')) {
    try {
      return { ok: true, explanation: explainPrefix(fabric, context, parsePrefix(word), device) };
    } catch (error) {
      if (error instanceof PrefixError) return { ok: false, message: error.message };
      throw error;
    }
  }
  const address = parseAddress(word);
  if (!address) return unknownWord(context, word);
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
