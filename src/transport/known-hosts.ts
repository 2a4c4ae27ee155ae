// Reads OpenSSH known_hosts text and judges a server's host key by it: plain, `[host]:port`, hashed and wildcard names,
// negation, `@revoked`, several key types per host. Follows sshd(8), section "SSH_KNOWN_HOSTS FILE FORMAT", and OpenSSH's
// check_host_key (a key filed without a port is also good for another port). Pure: whoever calls it reads the files.
import { createHash, createHmac } from 'node:crypto';

interface Entry {
  /** `file:line`, for messages. */
  readonly where: string;
  readonly revoked: boolean;
  readonly names: readonly string[];
  readonly type: string;
  readonly key: Buffer;
}

interface Authority {
  readonly where: string;
  readonly names: readonly string[];
}

export interface KnownHosts {
  readonly entries: readonly Entry[];
  /** Lines of certificate authorities: not supported, but whoever wrote one shall be told. */
  readonly authorities: readonly Authority[];
  /** Lines that were left out, and why. */
  readonly notes: readonly string[];
}

export type HostKeyVerdict =
  | { readonly status: 'ok' }
  | {
      readonly status: 'unknown' | 'changed' | 'revoked';
      /** A sentence for a person: what was found and what to do. */
      readonly message: string;
    };

/** The type of a host key in wire form (RFC 4253 section 6.6), e.g. `ssh-ed25519`; undefined when it is none. */
export function hostKeyType(key: Uint8Array): string | undefined {
  const bytes = Buffer.from(key);
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length === 0 || length > 64 || bytes.length < 4 + length) return undefined;
  return bytes.toString('latin1', 4, 4 + length);
}

/** The fingerprint as `ssh-keygen -lf` prints it: `SHA256:` and unpadded base64. */
export function hostKeyFingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The name under which OpenSSH files a host: `host`, or `[host]:port` when the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The line of a known_hosts file for this key. */
export function knownHostsLine(host: string, port: number, key: Uint8Array): string {
  return `${knownHostName(host, port)} ${hostKeyType(key) ?? 'unknown'} ${Buffer.from(key).toString('base64')}`;
}

function readEntry(line: string, where: string): Entry | string {
  const fields = line.split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  if (marker !== undefined && marker !== '@revoked')
    return `${where}: unknown marker ${marker}, the line is left out`;
  const [names, type, base64] = fields;
  if (!names || !type || !base64) return `${where}: not "names type key", the line is left out`;
  const key = Buffer.from(base64, 'base64');
  if (hostKeyType(key) !== type) return `${where}: the key is not a valid ${type} key, the line is left out`;
  return { where, revoked: marker === '@revoked', names: names.split(','), type, key };
}

/** Reads the text of one known_hosts file; `file` is for messages. Lines that cannot be read are left out with a note. */
export function parseKnownHosts(text: string, file = 'known_hosts'): KnownHosts {
  const entries: Entry[] = [];
  const authorities: Authority[] = [];
  const notes: string[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [marker, names] = line.split(/\s+/);
    if (marker === '@cert-authority') {
      const where = `${file}:${i + 1}`;
      notes.push(`${where}: @cert-authority is not supported, the line is left out`);
      authorities.push({ where, names: (names ?? '').split(',') });
      continue;
    }
    const entry = readEntry(line, `${file}:${i + 1}`);
    if (typeof entry === 'string') notes.push(entry);
    else entries.push(entry);
  }
  return { entries, authorities, notes };
}

function matchesPattern(pattern: string, name: string): boolean {
  if (pattern.startsWith('|')) {
    const [, version, salt, hash] = pattern.split('|');
    if (version !== '1' || !salt || !hash) return false;
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}

function matchesNames(names: readonly string[], name: string): boolean {
  let matched = false;
  for (const pattern of names) {
    if (pattern.startsWith('!')) {
      // A negated name that matches turns the whole line off, wherever it stands in the list.
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) {
      matched = true;
    }
  }
  return matched;
}

function entriesOf(known: KnownHosts, host: string, port: number): Entry[] {
  const name = knownHostName(host, port);
  return known.entries.filter((entry) => matchesNames(entry.names, name));
}

/** Key types recorded for this host (revoked ones left out), in file order: ask the server for these first. */
export function knownKeyTypes(known: KnownHosts, host: string, port: number): string[] {
  const types = (at: number) => {
    const entries = entriesOf(known, host, at).filter((entry) => !entry.revoked);
    return [...new Set(entries.map((entry) => entry.type))];
  };
  const own = types(port);
  return own.length === 0 && port !== 22 ? types(22) : own;
}

/** Judges the key that a server showed. Only `ok` may be trusted. */
export function checkHostKey(known: KnownHosts, host: string, port: number, key: Uint8Array): HostKeyVerdict {
  const name = knownHostName(host, port);
  const type = hostKeyType(key) ?? 'unknown';
  const shown = `${type} ${hostKeyFingerprint(key)}`;
  const trust = `calico-bgp-exporter trust ${port === 22 ? host : name}`;
  const same = (entry: Entry) => entry.key.equals(key);
  const own = entriesOf(known, host, port);
  const portless = port === 22 ? [] : entriesOf(known, host, 22);
  const revoked = [...own, ...portless].find((entry) => entry.revoked && same(entry));
  if (revoked) {
    const message = `the host key of ${name} (${shown}) is revoked by ${revoked.where}: give the device a new host key`;
    return { status: 'revoked', message };
  }
  const trusted = (entry: Entry) => !entry.revoked && same(entry);
  if (own.some(trusted) || portless.some(trusted)) return { status: 'ok' };
  const filed = own.filter((entry) => !entry.revoked);
  const changed = filed.find((entry) => entry.type === type);
  if (changed) {
    const message =
      `the host key of ${name} has changed: it shows ${shown}, but ${changed.where} has ` +
      `${hostKeyFingerprint(changed.key)}. Somebody may stand between; compare fingerprints out of band, ` +
      `then remove that line and run "${trust}"`;
    return { status: 'changed', message };
  }
  const others = [...new Set(filed.map((entry) => entry.type))];
  const only = others.length > 0 ? ` (only its ${others.join(', ')} key is)` : '';
  const byName = ({ names }: Authority) => matchesNames(names, name);
  const authority = known.authorities.find(byName);
  // A key that a certificate would vouch for is refused all the same: nothing here has checked the certificate.
  const unsupported = authority
    ? ` (${authority.where} is a @cert-authority line for it, and certificates are not supported)`
    : '';
  const message =
    `the host key of ${name} (${shown}) is not in known_hosts${only}${unsupported}: ` +
    `compare the fingerprint out of band, then record it with "${trust}"`;
  return { status: 'unknown', message };
}
