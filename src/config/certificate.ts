// How long a certificate holds.
import { X509Certificate } from 'node:crypto';

const onePem =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * When the first certificate of a chain ends (RFC 5280, 4.1.2.5: notAfter), in milliseconds since the epoch; of a PEM text,
 * the server's own and those above it alike, since a client refuses the chain when any of them has ended. Undefined where
 * there is no certificate that can be read.
 */
export function chainHoldsUntil(pem: string): number | undefined {
  try {
    const ends = (pem.match(onePem) ?? []).map((one) => Date.parse(new X509Certificate(one).validTo));
    const first = Math.min(...ends);
    return Number.isFinite(first) ? first : undefined;
  } catch {
    // Whoever serves with it says what is wrong.
    return undefined;
  }
}
