// known_hosts by the files of test/fixtures/ssh, which ssh-keygen made: keys, hashed names and fingerprints are its own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkHostKey,
  hostKeyFingerprint,
  hostKeyType,
  knownHostsLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../src/transport/known-hosts.ts';

const folder = path.resolve(import.meta.dirname, '../fixtures/ssh');
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const key = (name: string) => Buffer.from(read(`${name}.pub`).split(' ')[1] ?? '', 'base64');
const plain = parseKnownHosts(read('known_hosts'), 'known_hosts');
const hashed = parseKnownHosts(read('known_hosts.hashed'), 'hashed');
const status = (known: typeof plain, host: string, port: number, name: string) =>
  checkHostKey(known, host, port, key(name)).status;

describe('fingerprints', () => {
  it.each([
    ['ed25519', 'ssh-ed25519', 'SHA256:MM6KhBmx67FeXoM8PFOqcCtLTGmp3CFfkBrRKHpPgf8'],
    ['rsa', 'ssh-rsa', 'SHA256:jxbm4XNRZqXmiu+2DNsu+1yZhYwKQi/4YLBN01TqU4I'],
    ['ecdsa', 'ecdsa-sha2-nistp256', 'SHA256:EWnTNdwvsDvatCf2bFeVoAfbbKP3wIEJVr3xVLe347w'],
  ])('of the %s key are those ssh-keygen -lf prints', (name, type, fingerprint) => {
    expect(hostKeyType(key(name))).toBe(type);
    expect(hostKeyFingerprint(key(name))).toBe(fingerprint);
  });

  it('gives no type for bytes that are no key', () => {
    expect(hostKeyType(Buffer.from('hello'))).toBeUndefined();
    expect(hostKeyType(Buffer.alloc(3))).toBeUndefined();
  });
});

describe('known_hosts', () => {
  it.each<[string, number, string, string]>([
    ['leaf01', 22, 'ed25519', 'ok'],
    ['LEAF01', 22, 'rsa', 'ok'],
    ['10.0.0.1', 22, 'ed25519', 'ok'],
    // As OpenSSH: a key filed without a port is good for another port of the host.
    ['leaf01', 2222, 'ed25519', 'ok'],
    ['leaf02', 2222, 'ecdsa', 'ok'],
    ['leaf02', 22, 'ecdsa', 'unknown'],
    ['leaf02', 2223, 'ecdsa', 'unknown'],
    ['leaf02', 2222, 'ed25519', 'unknown'],
    ['leaf03', 22, 'ed25519', 'unknown'],
    ['a.spine.example', 22, 'ed25519', 'ok'],
    ['old.spine.example', 22, 'ed25519', 'unknown'],
    ['spine01', 22, 'rsa', 'ok'],
    ['spine1', 22, 'rsa', 'unknown'],
    ['2001:db8::1', 22, 'ed25519', 'ok'],
    ['2001:DB8::1', 830, 'ed25519', 'ok'],
    // The revoked key is recorded for every host; a revoked key is never merely unknown.
    ['leaf01', 22, 'other', 'revoked'],
    ['nobody', 2222, 'other', 'revoked'],
  ])('%s port %i showing the %s key: %s', (host, port, name, expected) => {
    expect(status(plain, host, port, name)).toBe(expected);
  });

  it('reads the names that ssh-keygen -H hashed', () => {
    expect(status(hashed, 'leaf01', 22, 'ed25519')).toBe('ok');
    expect(status(hashed, '10.0.0.1', 22, 'rsa')).toBe('ok');
    expect(status(hashed, 'leaf02', 2222, 'ecdsa')).toBe('ok');
    expect(status(hashed, 'leaf02', 22, 'ecdsa')).toBe('unknown');
    expect(status(hashed, 'leaf03', 22, 'ed25519')).toBe('unknown');
  });

  it('says of a changed key what was recorded where, what is shown and what to do', () => {
    const verdict = checkHostKey(plain, 'leaf01', 22, unfiledKey());
    expect(verdict).toEqual({
      status: 'changed',
      message:
        'the host key of leaf01 has changed: it shows ssh-ed25519 SHA256:ycecTFElO4tMaWgqfHQDEUjUete0Tsl0wmvU/kkDXFc, ' +
        'but known_hosts:3 has SHA256:MM6KhBmx67FeXoM8PFOqcCtLTGmp3CFfkBrRKHpPgf8. Somebody may stand between; compare ' +
        'fingerprints out of band, then remove that line and run "calico-bgp-exporter trust leaf01"',
    });
  });

  it('says of an unknown key how to record it, and which types are known', () => {
    const verdict = checkHostKey(plain, 'leaf02', 2222, key('ed25519'));
    expect(verdict).toEqual({
      status: 'unknown',
      message:
        'the host key of [leaf02]:2222 (ssh-ed25519 SHA256:MM6KhBmx67FeXoM8PFOqcCtLTGmp3CFfkBrRKHpPgf8) is not in ' +
        'known_hosts (only its ecdsa-sha2-nistp256 key is): compare the fingerprint out of band, then record it with ' +
        '"calico-bgp-exporter trust [leaf02]:2222"',
    });
  });

  it('says of a host that only a certificate authority vouches for that certificates are not supported', () => {
    const verdict = checkHostKey(plain, 'leaf09.example', 22, key('ed25519'));
    expect(verdict).toMatchObject({
      status: 'unknown',
      message: expect.stringContaining(
        'is not in known_hosts (known_hosts:8 is a @cert-authority line for it, and certificates are not supported): ' +
          'compare the fingerprint out of band, then record it with "calico-bgp-exporter trust leaf09.example"',
      ),
    });
  });

  it('lists the key types to ask for, in file order', () => {
    expect(knownKeyTypes(plain, 'leaf01', 22)).toEqual(['ssh-ed25519', 'ssh-rsa']);
    expect(knownKeyTypes(plain, 'leaf01', 8022)).toEqual(['ssh-ed25519', 'ssh-rsa']);
    expect(knownKeyTypes(hashed, 'leaf02', 2222)).toEqual(['ecdsa-sha2-nistp256']);
    expect(knownKeyTypes(plain, 'leaf03', 22)).toEqual([]);
  });

  it('notes the lines it cannot use', () => {
    expect(plain.notes).toEqual([
      'known_hosts:8: @cert-authority is not supported, the line is left out',
      'known_hosts:9: the key is not a valid ssh-rsa key, the line is left out',
    ]);
  });

  it('writes a line that it reads back as trusted', () => {
    const line = knownHostsLine('New.Example', 2022, key('rsa'));
    expect(line).toBe(`[new.example]:2022 ${read('rsa.pub').trim().split(' ').slice(0, 2).join(' ')}`);
    expect(status(parseKnownHosts(line), 'new.example', 2022, 'rsa')).toBe('ok');
  });
});

/** An ed25519 key in wire form that stands in no file: 32 bytes of the letter A (its fingerprint above was computed by other means). */
function unfiledKey(): Buffer {
  const name = Buffer.from('ssh-ed25519');
  const length = (n: number) => Buffer.from([0, 0, 0, n]);
  return Buffer.concat([length(name.length), name, length(32), Buffer.alloc(32, 'A')]);
}
