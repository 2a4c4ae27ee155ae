// CBC-DES privacy of SNMPv3 (RFC 3414 section 8) for switches that know nothing better. OpenSSL 3 has single DES only in its
// legacy provider, which Node loads by a start option alone; triple DES with one key three times over is single DES.
// New users should take AES (RFC 3826).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const block = 8;

function vectorOf(localizedKey: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(salt.map((octet, i) => octet ^ (localizedKey[block + i] ?? 0)));
}

function tripled(localizedKey: Uint8Array): Buffer {
  const key = localizedKey.subarray(0, block);
  return Buffer.concat([key, key, key]);
}

/** Encrypts a scoped PDU with the localised privacy key (16 octets or more); the salt goes with the message. */
export function encryptDes(localizedKey: Uint8Array, scopedPdu: Uint8Array) {
  // Four octets of engine boots, of which we keep none, and four that differ for every message.
  const msgPrivacyParameters = Buffer.concat([Buffer.from([0, 0, 0, 1]), randomBytes(4)]);
  const cipher = createCipheriv(
    'des-ede3-cbc',
    tripled(localizedKey),
    vectorOf(localizedKey, msgPrivacyParameters),
  ).setAutoPadding(false);
  const padding = Buffer.alloc((block - (scopedPdu.length % block)) % block);
  const encryptedPdu = Buffer.concat([cipher.update(scopedPdu), cipher.update(padding), cipher.final()]);
  return { encryptedPdu, msgPrivacyParameters };
}

/** Decrypts; throws when the text is no whole number of blocks or the salt has not 8 octets. Padding stays. */
export function decryptDes(localizedKey: Uint8Array, encryptedPdu: Uint8Array, salt: Uint8Array): Buffer {
  const decipher = createDecipheriv(
    'des-ede3-cbc',
    tripled(localizedKey),
    vectorOf(localizedKey, salt),
  ).setAutoPadding(false);
  return Buffer.concat([decipher.update(encryptedPdu), decipher.final()]);
}
