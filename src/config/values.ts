// Kinds of value that options of the configuration share, as zod schemas: durations, secrets, paths, addresses. Each
// carries its rule for the JSON Schema and, as its error, the words that finish the sentence "web.listen …".
// A rule says what to write instead; load.ts adds place and received value (never of a secret).
import * as z from 'zod';
import { canonicalAddress } from '../model/address.ts';
import { tryParsePrefix } from '../model/prefix.ts';
import { durationPattern, formatDuration, parseDuration } from './duration.ts';
import { parseListen } from './listen.ts';

const day = 86_400_000;

/** A duration from `least` to one day. */
export function duration(least: number) {
  const error = 'must be a number with a unit, such as 500ms, 15s or 1m30s';
  return z
    .string(error)
    .regex(durationPattern, error)
    .refine((text) => (parseDuration(text) ?? least) >= least, `must be ${formatDuration(least)} or more`)
    .refine((text) => (parseDuration(text) ?? 0) <= day, 'must be 1d or less')
    .meta({ title: 'duration' });
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int(error).min(least, error).max(most, error);
}

export const port = whole(1, 65535);

const text = (title: string, pattern: RegExp, error: string) =>
  z.string().regex(pattern, error).meta({ title });

/** One line of text without blanks at its ends. */
export const word = text(
  'text',
  /^\S(?:[^\r\n]*\S)?$/,
  'must be one line of text, without blanks at its ends',
);

export const deviceName = text(
  'name',
  /^\S{1,253}$/,
  'must be a name without blanks, 253 characters at most',
);

export const path = text('path', /^[^\0]+$/, 'must be the path of a file');

/** A list with at least one entry. */
export function list<T extends z.ZodType>(of: T, what: string) {
  return z.array(of).min(1, `is an empty list; name at least one ${what}, or take the line out`);
}

const hostName = /^(?=.{1,253}$)(?!.*[.]\d+$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63})*)?$/;

/** True for an IP address (with or without zone) or a host name, without port and brackets. */
function isHost(name: string): boolean {
  return canonicalAddress(name.replace(/%[^%]+$/, '')) !== undefined || hostName.test(name);
}

const hostError = 'must be an IP address or a host name, without port and brackets';

export const host = z.string(hostError).refine(isHost, hostError).meta({ title: 'address' });

export const ipAddress = z
  .string()
  .refine((name) => canonicalAddress(name) !== undefined, 'must be an IP address')
  .meta({ title: 'IP address' });

// Not "must be …": the value is not shown then, for somebody may have put a password into it.
export const etcdEndpoint = text(
  'URL',
  /^https?:\/\/[^\s/?#@]+\/?$/,
  'is not just scheme, address and port, such as https://10.0.0.1:2379',
);

const agentUrlError = 'is not just scheme, address and port, such as https://172.20.0.11:10180';

export const agentUrl = text('URL', /^https?:\/\/[^\s/?#@]+\/?$/, agentUrlError).refine(
  (url) => URL.canParse(url),
  agentUrlError,
);

// Never an address: TLS has no place for one there (RFC 6066, section 3).
export const serverName = text(
  'host name',
  /^(?!(?:\d+\.){3}\d+$)[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
  'must be a host name, as the certificate has it',
);

export const vrfName = text(
  'VRF name',
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/,
  'must be the name of a VRF: letters, digits, "-", "_" and ".", 32 characters at most',
);

const listenError =
  'must be an address with a port in quotes, such as ":10179", "127.0.0.1:10179" or "[::1]:10179"';

export const prefix = z
  .string()
  .refine((name) => tryParsePrefix(name) !== undefined, 'must be a prefix such as 10.0.0.0/16 or fd00::/48')
  .meta({ title: 'prefix' });

export const listen = z
  .string(listenError)
  .refine((name) => parseListen(name) !== undefined, listenError)
  .meta({ title: 'address:port' });

export const fingerprint = text(
  'fingerprint',
  /^SHA256:[A-Za-z0-9+/]{43}=?$/,
  'must be a fingerprint as ssh-keygen -l prints it: SHA256: and 43 characters',
);

const empty = 'is empty; give it a value or take the line out';
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable');

export const secret = z
  .union(
    [
      z.string().min(1, empty),
      z.strictObject({ env: variable }),
      z.strictObject({ file: z.string().min(1, empty) }),
    ],
    {
      error: 'must be the text itself, {env: NAME} or {file: PATH}',
    },
  )
  .meta({
    id: 'secret',
    description:
      'A secret: the text itself, or better `{env: NAME}` (an environment variable) or `{file: PATH}` (a file that holds ' +
      'it; line ends at its end do not count). Read once, at start; never printed.',
  });
