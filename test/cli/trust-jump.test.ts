// trust --jump: real SSH servers, one that forwards and one behind it. The jump host's key is known first, or nothing is sent.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hostKeyFingerprint } from '../../src/transport/known-hosts.ts';
import {
  clientKey,
  hostKey,
  otherHostKey,
  type Play,
  publicPart,
  sshServer,
} from '../transport/ssh-server.ts';
import { cli } from './io.ts';

const fingerprintOf = (key: { public: string }) =>
  hostKeyFingerprint(Buffer.from(publicPart(key).split(' ')[1] ?? '', 'base64'));

async function served(play: Play) {
  const server = await sshServer(play);
  onTestFinished(() => server.close());
  return server;
}

function folder() {
  const name = mkdtempSync(path.join(tmpdir(), 'cli-trust-jump-'));
  onTestFinished(() => rmSync(name, { recursive: true }));
  const password = path.join(name, 'password');
  writeFileSync(password, 'secret\n');
  return { file: path.join(name, 'known_hosts'), password };
}

async function fabric() {
  const jump = await served({ forwards: true });
  const leaf = await served({ hostKeys: [otherHostKey.private] });
  const { file, password } = folder();
  const at = (port: number) => `127.0.0.1:${port}`;
  const login = ['--jump', `reader@${at(jump.port)}`, '--jump-password-file', password];
  return { jump, leaf, file, login, trust: ['trust', at(leaf.port), ...login], at };
}

const lineOf = (port: number, key: { public: string }) => `[127.0.0.1]:${port} ${publicPart(key)}`;

it('shows the keys of a jump host that nobody vouches for, and logs in nowhere', async () => {
  const { jump, leaf, trust } = await fabric();
  const { code, out, err } = await cli(trust);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('is not logged in to: its key is not known. It shows');
  expect(err).toContain(fingerprintOf(hostKey));
  expect([jump.attempts, leaf.connections]).toEqual([[], []]);
});

it('records the keys of both when the fingerprint of the jump host is given', async () => {
  const { jump, leaf, file, trust } = await fabric();
  const { code, out, err } = await cli([
    ...trust,
    '--jump-key',
    fingerprintOf(hostKey),
    '--known-hosts',
    file,
  ]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^2 of 2 keys are new in /)]);
  expect(out).toContain(fingerprintOf(hostKey));
  expect(out).toContain(fingerprintOf(otherHostKey));
  expect(readFileSync(file, 'utf8')).toBe(
    `${lineOf(jump.port, hostKey)}\n${lineOf(leaf.port, otherHostKey)}\n`,
  );
  // One login, whatever the number of key types asked for.
  expect(jump.attempts).toEqual(['password']);
});

it('believes a jump host that the file knows, and refuses one that it does not', async () => {
  const { jump, leaf, file, trust } = await fabric();
  const absent = await cli([...trust, '--known-hosts', file]);
  expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('cannot read the known_hosts file')]);
  writeFileSync(file, '# nobody yet\n');
  const unknown = await cli([...trust, '--known-hosts', file]);
  expect([unknown.code, unknown.err]).toEqual([
    2,
    expect.stringMatching(/^jump host: .* is not in known_hosts/),
  ]);
  expect([jump.attempts, leaf.connections]).toEqual([[], []]);
  writeFileSync(file, `${lineOf(jump.port, hostKey)}\n`);
  const known = await cli([...trust, '--known-hosts', file]);
  expect([known.code, known.err]).toEqual([0, expect.stringMatching(/^1 of 1 keys are new in /)]);
  expect(readFileSync(file, 'utf8')).toContain(lineOf(leaf.port, otherHostKey));
});

it('sends nothing to a jump host with another key than the one given or recorded', async () => {
  const { jump, file, trust } = await fabric();
  const other = ['--jump-key', fingerprintOf(otherHostKey)];
  const wrong = await cli([...trust, ...other]);
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringContaining('none of its keys has a fingerprint given with --jump-key'),
  ]);
  writeFileSync(file, `${lineOf(jump.port, otherHostKey)}\n`);
  const right = ['--jump-key', fingerprintOf(hostKey), '--known-hosts', file];
  const changed = await cli([...trust, ...right]);
  expect([changed.code, changed.err]).toEqual([2, expect.stringContaining('has changed')]);
  expect(jump.attempts).toEqual([]);
});

it('goes through two jump hosts, the nearest first', async () => {
  const { jump, leaf, file, at } = await fabric();
  const far = await served({ forwards: true });
  const password = path.join(path.dirname(file), 'password');
  const { code, err } = await cli([
    'trust',
    at(leaf.port),
    '--jump',
    `reader@${at(jump.port)},reader@${at(far.port)}`,
    ...['--jump-password-file', password, '--jump-key', fingerprintOf(hostKey), '--known-hosts', file],
  ]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^3 of 3 keys are new/)]);
  expect([jump.attempts, far.attempts]).toEqual([['password'], ['password']]);
});

it('says what is missing of a jump host', async () => {
  const refused = async (...more: string[]) => (await cli(['trust', 'leaf01', ...more])).err;
  expect(await refused('--jump', '192.0.2.5')).toMatch(/^--jump needs a user for each jump host/);
  expect(await refused('--jump', 'ops@192.0.2.5')).toMatch(/^the jump host needs a login/);
  expect(await refused('--jump-key', 'SHA256:x')).toMatch(/^--jump-key goes with --jump only/);
  const { jump, leaf, file, at } = await fabric();
  const identity = path.join(path.dirname(file), 'id');
  writeFileSync(identity, clientKey.private);
  const locked = await cli([
    ...['trust', at(leaf.port), '--jump', `reader@${at(jump.port)}`],
    ...['--jump-identity', identity, '--jump-key', fingerprintOf(hostKey)],
  ]);
  expect([locked.code, locked.err]).toEqual([2, expect.stringContaining('cannot use the private key')]);
});
