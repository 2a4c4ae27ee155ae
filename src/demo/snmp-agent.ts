// The SNMP agent of a demo switch: one UDP socket on 127.0.0.1, v2c with a community (RFC 3416, RFC 1901) or v3 with one
// user (RFC 3414). A wrong community or an unreadable message gets no answer, as from real agents; so does everything
// while the switch is silent.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { BerError, BerReader, element, integer, tag } from './ber.ts';
import { type MibObject, mibObjects } from './mib.ts';
import { answerPdu } from './snmp-pdu.ts';
import { answerV3, type SnmpEngine } from './snmp-v3.ts';
import type { SwitchView } from './switch-view.ts';
import { usmUser } from './usm.ts';

export type SnmpAccess =
  | { readonly version: '2c'; readonly community: string }
  | {
      readonly version: '3';
      readonly user: string;
      /** For SHA-256. */
      readonly authPassword: string;
      /** For AES-128. */
      readonly privPassword: string;
    };

export interface SnmpAgent {
  readonly port: number;
  stop(): Promise<void>;
}

const version2c = 1;
const version3 = 3;

/** RFC 3411 SnmpEngineID: enterprise 8072 (net-snmp's), format 5 (octets), random. */
function newEngineId(): Buffer {
  return Buffer.concat([Buffer.from([0x80, 0x00, 0x1f, 0x88, 0x05]), randomBytes(8)]);
}

function answerV2c(
  octets: Buffer,
  community: string,
  objects: () => readonly MibObject[],
): Buffer | undefined {
  const message = new BerReader(octets).reader(tag.sequence);
  if (message.integer() !== version2c) return undefined;
  if (message.read(tag.octets).toString() !== community) return undefined;
  const pdu = answerPdu(message, objects);
  if (!pdu) return undefined;
  return element(tag.sequence, integer(version2c), element(tag.octets, Buffer.from(community)), pdu);
}

function isV3(octets: Buffer): boolean {
  return new BerReader(octets).reader(tag.sequence).integer() === version3;
}

// A walk asks dozens of times a second for what changes once a second.
function cachedObjects(view: () => SwitchView): () => readonly MibObject[] {
  let key: { state: SwitchView['state']; second: number } | undefined;
  let objects: readonly MibObject[] = [];
  return () => {
    const current = view();
    const second = Math.floor(current.now / 1000);
    if (key?.state !== current.state || key.second !== second) {
      key = { state: current.state, second };
      objects = mibObjects(current);
    }
    return objects;
  };
}

/** Listens on an ephemeral UDP port of 127.0.0.1. Rejects when it cannot. */
export async function startSnmpAgent(access: SnmpAccess, view: () => SwitchView): Promise<SnmpAgent> {
  const objects = cachedObjects(view);
  const startedAt = view().now;
  const engineId = newEngineId();
  const engine: SnmpEngine | undefined =
    access.version === '3'
      ? {
          id: engineId,
          user: usmUser(access.user, access.authPassword, access.privPassword, engineId),
          time: () => Math.max(0, Math.floor((view().now - startedAt) / 1000)),
        }
      : undefined;

  const answer = (octets: Buffer): Buffer | undefined => {
    if (access.version === '2c') return answerV2c(octets, access.community, objects);
    return engine && isV3(octets) ? answerV3(engine, octets, (pdu) => answerPdu(pdu, objects)) : undefined;
  };

  const socket = createSocket('udp4');
  // An answer that cannot be sent is lost, as any datagram may be.
  socket.on('error', () => undefined);
  socket.on('message', (octets, from) => {
    if (view().state.silent) return;
    try {
      const reply = answer(octets);
      if (reply) socket.send(reply, from.port, from.address);
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
  return {
    port: socket.address().port,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
