// SNMPv3's user-based security for the demo's agent: keys from passwords and their localization (RFC 3414 appendix A.2),
// HMAC-192-SHA-256 authentication (RFC 7860), AES-128-CFB privacy (RFC 3826). One user, authPriv; timeliness window of
// 150 seconds (RFC 3414 section 3.2).
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Octets of the authentication parameters of HMAC-192-SHA-256. */
export const digestLength = 24;

const keyLength = 16;
const passwordOctets = 1_048_576;

/** The key of a password for one engine: SHA-256 over a megabyte of the password, then localized. */
export function localizedKey(password: string, engineId: Buffer): Buffer {
  const once = Buffer.from(password);
  const repeated = Buffer.alloc(passwordOctets, once);
  const key = createHash('sha256').update(repeated).digest();
  return createHash('sha256').update(key).update(engineId).update(key).digest();
}

export interface UsmUser {
  readonly name: string;
  readonly authKey: Buffer;
  readonly privKey: Buffer;
}

/** A user's keys for this engine. */
export function usmUser(name: string, authPassword: string, privPassword: string, engineId: Buffer): UsmUser {
  return {
    name,
    authKey: localizedKey(authPassword, engineId),
    privKey: localizedKey(privPassword, engineId).subarray(0, keyLength),
  };
}

/** The digest of a whole message whose authentication parameters, at `offset`, count as zeros. */
export function messageDigest(message: Buffer, offset: number, authKey: Buffer): Buffer {
  const blank = Buffer.from(message);
  blank.fill(0, offset, offset + digestLength);
  return createHmac('sha256', authKey).update(blank).digest().subarray(0, digestLength);
}

/** True when the digest in the message is the user's. */
export function isAuthentic(message: Buffer, offset: number, authKey: Buffer): boolean {
  const given = message.subarray(offset, offset + digestLength);
  return given.length === digestLength && timingSafeEqual(given, messageDigest(message, offset, authKey));
}

/** Engine boots and time, as they stand in a message. */
export interface EngineClock {
  readonly boots: number;
  readonly time: number;
}

function initialVector(clock: EngineClock, salt: Buffer): Buffer {
  const vector = Buffer.alloc(16);
  vector.writeUInt32BE(clock.boots, 0);
  vector.writeUInt32BE(clock.time, 4);
  salt.copy(vector, 8, 0, 8);
  return vector;
}

export function decrypt(sealed: Buffer, user: UsmUser, clock: EngineClock, salt: Buffer): Buffer {
  const cipher = createDecipheriv('aes-128-cfb', user.privKey, initialVector(clock, salt));
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

export function encrypt(plain: Buffer, user: UsmUser, clock: EngineClock): { sealed: Buffer; salt: Buffer } {
  const salt = randomBytes(8);
  const cipher = createCipheriv('aes-128-cfb', user.privKey, initialVector(clock, salt));
  return { sealed: Buffer.concat([cipher.update(plain), cipher.final()]), salt };
}

const windowSeconds = 150;

/** True when a message's boots and time are those of the engine, within the window. */
export function isTimely(given: EngineClock, own: EngineClock): boolean {
  return given.boots === own.boots && Math.abs(given.time - own.time) <= windowSeconds;
}
