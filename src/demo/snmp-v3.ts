// SNMPv3 messages of the demo's agent (RFC 3412 section 6, RFC 3414 section 3): discovery and time reports, one user with
// authentication and privacy. Reads a message, gives the answer to send; undefined where an agent keeps silent.
import { BerReader, element, integer, tag } from './ber.ts';
import { reportPdu } from './snmp-pdu.ts';
import {
  decrypt,
  digestLength,
  type EngineClock,
  encrypt,
  isAuthentic,
  isTimely,
  messageDigest,
  type UsmUser,
} from './usm.ts';

export interface SnmpEngine {
  readonly id: Buffer;
  readonly user: UsmUser;
  /** Seconds since the engine started. */
  readonly time: () => number;
}

const boots = 1;
const flag = { auth: 1, priv: 2, reportable: 4 } as const;
const userSecurityModel = 3;
const largestMessage = 65507;

const usmStats = (counter: number) => [1, 3, 6, 1, 6, 3, 15, 1, 1, counter, 0];
/** usmStats: why a message is not taken. */
const problem = {
  securityLevel: usmStats(1),
  timeWindow: usmStats(2),
  userName: usmStats(3),
  engineId: usmStats(4),
  digest: usmStats(5),
  decryption: usmStats(6),
} as const;
const unknownContext = [1, 3, 6, 1, 6, 3, 12, 1, 5, 0];

interface Message {
  readonly id: number;
  readonly flags: number;
  readonly engineId: Buffer;
  readonly clock: EngineClock;
  readonly user: string;
  readonly digestOffset: number;
  readonly salt: Buffer;
  /** The scoped PDU: plain, or sealed when the privacy flag is set. */
  readonly body: BerReader;
}

function readMessage(message: Buffer): Message {
  const outer = new BerReader(message).reader(tag.sequence);
  outer.integer();
  const header = outer.reader(tag.sequence);
  const [id] = [header.integer(), header.integer()];
  const flags = header.read(tag.octets)[0] ?? 0;
  const security = new BerReader(outer.read(tag.octets)).reader(tag.sequence);
  const engineId = security.read(tag.octets);
  const clock = { boots: security.integer(), time: security.integer() };
  const user = security.read(tag.octets).toString();
  const digest = security.read(tag.octets);
  const salt = security.read(tag.octets);
  return {
    id,
    flags,
    engineId,
    clock,
    user,
    digestOffset: digest.byteOffset - message.byteOffset,
    salt,
    body: outer,
  };
}

function writeMessage(engine: SnmpEngine, id: number, flags: number, scoped: Buffer, user: string): Buffer {
  const clock = { boots, time: engine.time() };
  const sealed = flags & flag.priv ? encrypt(scoped, engine.user, clock) : undefined;
  const security = element(
    tag.sequence,
    element(tag.octets, engine.id),
    integer(clock.boots),
    integer(clock.time),
    element(tag.octets, Buffer.from(user)),
    element(tag.octets, Buffer.alloc(flags & flag.auth ? digestLength : 0)),
    element(tag.octets, sealed?.salt ?? Buffer.alloc(0)),
  );
  const header = element(
    tag.sequence,
    integer(id),
    integer(largestMessage),
    element(tag.octets, Buffer.from([flags])),
    integer(userSecurityModel),
  );
  const body = sealed ? element(tag.octets, sealed.sealed) : scoped;
  const message = element(tag.sequence, integer(3), header, element(tag.octets, security), body);
  if (flags & flag.auth) {
    const offset = readMessage(message).digestOffset;
    messageDigest(message, offset, engine.user.authKey).copy(message, offset);
  }
  return message;
}

const scopedPdu = (engine: SnmpEngine, pdu: Buffer) =>
  element(tag.sequence, element(tag.octets, engine.id), element(tag.octets), pdu);

function report(
  engine: SnmpEngine,
  message: Message,
  reason: readonly number[],
  flags = 0,
): Buffer | undefined {
  if (!(message.flags & flag.reportable)) return undefined;
  const user = flags & flag.auth ? engine.user.name : '';
  return writeMessage(engine, message.id, flags, scopedPdu(engine, reportPdu(0, reason, 1)), user);
}

/** Why the message is refused before its PDU is looked at; undefined when it is good. */
function refusal(engine: SnmpEngine, octets: Buffer, message: Message): readonly number[] | undefined {
  if (!message.engineId.equals(engine.id)) return problem.engineId;
  if (message.user !== engine.user.name) return problem.userName;
  if ((message.flags & (flag.auth | flag.priv)) !== (flag.auth | flag.priv)) return problem.securityLevel;
  if (!isAuthentic(octets, message.digestOffset, engine.user.authKey)) return problem.digest;
  return undefined;
}

/** Answers one SNMPv3 message, its PDU by `answer`. Throws BerError when the octets are no message. */
export function answerV3(
  engine: SnmpEngine,
  octets: Buffer,
  answer: (pdu: BerReader) => Buffer | undefined,
): Buffer | undefined {
  const message = readMessage(octets);
  const refused = refusal(engine, octets, message);
  if (refused) return report(engine, message, refused);
  // This report alone is authenticated: the manager takes the time from it.
  if (!isTimely(message.clock, { boots, time: engine.time() })) {
    return report(engine, message, problem.timeWindow, flag.auth);
  }
  const plain = decrypt(message.body.read(tag.octets), engine.user, message.clock, message.salt);
  if (plain[0] !== tag.sequence) return report(engine, message, problem.decryption);
  const scoped = new BerReader(plain).reader(tag.sequence);
  scoped.read(tag.octets);
  if (scoped.read(tag.octets).length > 0) return report(engine, message, unknownContext, flag.auth);
  const pdu = answer(scoped);
  const flags = flag.auth | flag.priv;
  return pdu && writeMessage(engine, message.id, flags, scopedPdu(engine, pdu), engine.user.name);
}
