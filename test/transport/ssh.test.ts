// SSH against real servers in this process, on loopback: what works, and that everything that does not work ends within
// its own deadline, with an error of the right kind that names the device and holds no secret.
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExecLimits, sshDevice } from '../../src/transport/ssh.ts';
import { SshError } from '../../src/transport/ssh-errors.ts';
import { setParallelHandshakes } from '../../src/transport/ssh-login.ts';
import { hostKeyAlgorithms, type SshOptions } from '../../src/transport/ssh-options.ts';
import { trustHost } from '../../src/transport/ssh-trust.ts';
import {
  answer,
  clientKey,
  ecdsaHostKey,
  hostKey,
  knownHostsFile,
  optionsFor,
  otherHostKey,
  type Play,
  publicPart,
  sshServer,
} from './ssh-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(play: Play) {
  const server = await sshServer(play);
  closers.push(() => server.close());
  return server;
}

function device(options: SshOptions) {
  const ssh = sshDevice(options);
  closers.push(() => ssh.close());
  return ssh;
}

const limits = (more: Partial<ExecLimits> = {}): ExecLimits => ({
  signal: new AbortController().signal,
  timeoutMs: 5000,
  maxOutputBytes: 1_000_000,
  ...more,
});

const echo: Play = { exec: (command, channel) => answer(channel, `ran ${command}`) };

async function failureOf(work: Promise<unknown>): Promise<SshError & { ms: number }> {
  const began = Date.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SshError)) throw new Error(`an SshError was expected, not ${String(error)}`);
  expect(error.message).not.toMatch(/secret|sesame|PRIVATE/);
  return Object.assign(error, { ms: Date.now() - began });
}

describe('commands', () => {
  it('gives output, error output and exit status', async () => {
    const server = await start({
      exec: (command, channel) => {
        channel.stderr.write('oops');
        answer(channel, `ran ${command}`, 3);
      },
    });
    const result = await device(optionsFor(server.port)).exec('show version', limits());
    expect(result).toEqual({ stdout: 'ran show version', stderr: 'oops', exitCode: 3 });
  });

  it('takes a device that says no exit status', async () => {
    const server = await start({ exec: (_command, channel) => channel.end('done') });
    const result = await device(optionsFor(server.port)).exec('x', limits());
    expect(result).toEqual({ stdout: 'done', stderr: '', exitCode: undefined });
  });

  it('keeps one connection for many commands, and leaves no listeners behind', async () => {
    const server = await start(echo);
    const ssh = device(optionsFor(server.port));
    const warnings: string[] = [];
    const warn = (warning: Error) => warnings.push(warning.message);
    process.on('warning', warn);
    for (let i = 0; i < 25; i++) await ssh.exec(`c${i}`, limits());
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warn);
    expect(server.connections).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('connects again, unasked, when the kept connection was closed', async () => {
    const server = await start(echo);
    const ssh = device(optionsFor(server.port));
    await ssh.exec('a', limits());
    server.connections[0]?.end();
    const result = await ssh.exec('b', limits());
    expect(result.stdout).toBe('ran b');
    expect(server.connections).toHaveLength(2);
  });

  it('serves a device that closes the connection after every command', async () => {
    const server = await start({
      exec: (command, channel, connection) => {
        answer(channel, command);
        connection.end();
      },
    });
    const ssh = device(optionsFor(server.port));
    for (const command of ['a', 'b', 'c']) expect((await ssh.exec(command, limits())).stdout).toBe(command);
  });

  it('carries megabytes whole', async () => {
    const text = '0123456789abcdef'.repeat(500_000);
    const server = await start({ exec: (_command, channel) => answer(channel, text) });
    const big = limits({ maxOutputBytes: 10_000_000 });
    expect((await device(optionsFor(server.port)).exec('x', big)).stdout).toBe(text);
  });
});

describe('commands that fail', () => {
  it('stops at the output limit, and the connection is thrown away', async () => {
    const server = await start({
      exec: (command, channel) => answer(channel, command === 'big' ? 'x'.repeat(200_000) : 'small'),
    });
    const ssh = device(optionsFor(server.port));
    const error = await failureOf(ssh.exec('big', limits({ maxOutputBytes: 100_000 })));
    expect(error.kind).toBe('protocol');
    expect(error.message).toBe(`127.0.0.1:${server.port} sent more than 100000 bytes for one command`);
    expect((await ssh.exec('small', limits())).stdout).toBe('small');
    expect(server.connections).toHaveLength(2);
  });

  it('gives up a command that does not end, and asks again on a new connection', async () => {
    const server = await start({
      exec: (command, channel) => {
        if (command === 'slow') channel.write('first half');
        else answer(channel, 'quick');
      },
    });
    const ssh = device(optionsFor(server.port));
    const error = await failureOf(ssh.exec('slow', limits({ timeoutMs: 300 })));
    expect(error).toMatchObject({ kind: 'timeout', phase: 'command' });
    expect(error.message).toBe(
      `gave up waiting for 127.0.0.1:${server.port} to answer a command after 0.3 s`,
    );
    expect(error.ms).toBeLessThan(1500);
    expect((await ssh.exec('quick', limits())).stdout).toBe('quick');
  });

  it("ends with the caller's signal", async () => {
    const server = await start({ exec: () => {} });
    const signal = AbortSignal.timeout(400);
    const error = await failureOf(device(optionsFor(server.port)).exec('x', limits({ signal })));
    expect(error.kind).toBe('timeout');
    expect(error.message).toContain('the time for the whole collection is over');
    expect(error.ms).toBeLessThan(1500);
  });

  it('never takes half an answer for a whole one', async () => {
    const server = await start({
      exec: (_command, channel, connection) => {
        channel.write('{"half":');
        setTimeout(() => connection.end(), 50);
      },
    });
    const error = await failureOf(device(optionsFor(server.port)).exec('x', limits()));
    expect(error.kind).toBe('protocol');
    expect(error.message).toContain('closed the connection during a command');
  });
});

describe('login', () => {
  it('answers keyboard-interactive prompts with the password, and never one that is echoed', async () => {
    const server = await start({ ...echo, methods: ['keyboard-interactive'] });
    expect((await device(optionsFor(server.port)).exec('x', limits())).stdout).toBe('ran x');
    expect(server.attempts).toEqual(['keyboard-interactive']);
  });

  it('goes through several rounds of questions, also one without any, each answered by its wording', async () => {
    const rounds = [
      [{ prompt: 'login: ', echo: true, answer: 'reader' }],
      [{ prompt: 'reader@leaf01 Password:', echo: false, answer: 'secret' }],
      [],
    ];
    const server = await start({ ...echo, methods: ['keyboard-interactive'], rounds });
    expect((await device(optionsFor(server.port)).exec('x', limits())).stdout).toBe('ran x');
    expect(server.attempts).toEqual(['keyboard-interactive']);
  });

  it('says what was asked in a later round that nobody here can answer, and does not give the password for it', async () => {
    const rounds = [
      [{ prompt: 'Password: ', echo: false, answer: 'secret' }],
      [{ prompt: 'Verification code: ', echo: false, answer: '123456' }],
    ];
    const server = await start({ ...echo, methods: ['keyboard-interactive'], rounds });
    const error = await failureOf(device(optionsFor(server.port)).exec('x', limits()));
    expect(error).toMatchObject({ kind: 'auth' });
    expect(error.message).toContain('it asks "Verification code:", which nobody here can answer');
  });

  it('uses an encrypted private key', async () => {
    const server = await start({ ...echo, methods: ['publickey'] });
    const { password, ...options } = optionsFor(server.port);
    const key = { privateKey: clientKey.private, passphrase: 'open sesame' };
    expect((await device({ ...options, ...key }).exec('x', limits())).stdout).toBe('ran x');
  });

  it('tries a wrong password once and says what was tried', async () => {
    const server = await start(echo);
    const error = await failureOf(
      device(optionsFor(server.port, { password: 'secreter' })).exec('x', limits()),
    );
    expect(error).toMatchObject({ kind: 'auth', phase: 'connect' });
    expect(error.message).toBe(
      `127.0.0.1:${server.port} refuses the login of user "reader" (tried password; it offers password): check the credentials`,
    );
    expect(server.attempts).toEqual(['password']);
  });

  it('says when no configured method is offered', async () => {
    const server = await start({ ...echo, methods: ['publickey'] });
    const error = await failureOf(device(optionsFor(server.port)).exec('x', limits()));
    expect(error.kind).toBe('auth');
    expect(error.message).toContain('(none of the configured methods fits; it offers publickey)');
  });

  it('says when the private key cannot be read', async () => {
    const server = await start({ ...echo, methods: ['publickey'] });
    const options = optionsFor(server.port, { privateKey: clientKey.private });
    const error = await failureOf(device(options).exec('x', limits()));
    expect(error.kind).toBe('auth');
    expect(error.message).toMatch(/^cannot use the private key: .*passphrase/);
  });

  it('survives an agent that is not there', async () => {
    const server = await start({ ...echo, methods: ['publickey', 'password'] });
    const options = optionsFor(server.port, { agentSocket: '/nonexistent/agent' });
    expect((await device(options).exec('x', limits())).stdout).toBe('ran x');
  });
});

describe('host keys', () => {
  it.each<[string, (port: number) => string, RegExp]>([
    ['unknown', () => '# nothing\n', /is not in known_hosts: compare the fingerprint out of band/],
    [
      'changed',
      (port) => `[127.0.0.1]:${port} ${publicPart(otherHostKey)}\n`,
      /has changed: it shows ssh-ed25519/,
    ],
    ['revoked', () => `@revoked * ${publicPart(hostKey)}\n`, /is revoked by .*known_hosts_\d+:1/],
  ])('refuses a key that is %s, before any login', async (_what, text, message) => {
    const server = await start(echo);
    const options = optionsFor(server.port, {
      hostKeys: { knownHostsFiles: [knownHostsFile(text(server.port))] },
    });
    const error = await failureOf(device(options).exec('x', limits()));
    expect(error).toMatchObject({ kind: 'host-key', phase: 'connect' });
    expect(error.message).toMatch(message);
    expect(server.attempts).toEqual([]);
  });

  it('fails closed when a known_hosts file cannot be read', async () => {
    const server = await start(echo);
    const good = knownHostsFile(`[127.0.0.1]:${server.port} ${publicPart(hostKey)}\n`);
    const options = optionsFor(server.port, {
      hostKeys: { knownHostsFiles: [good, '/nonexistent/known_hosts'] },
    });
    const error = await failureOf(device(options).exec('x', limits()));
    expect(error.kind).toBe('host-key');
    expect(error.message).toContain('cannot read the known_hosts file /nonexistent/known_hosts');
    expect(server.connections).toHaveLength(0);
  });

  it('asks for the key type that is recorded', async () => {
    const server = await start({ ...echo, hostKeys: [hostKey.private, ecdsaHostKey.private] });
    const file = knownHostsFile(`[127.0.0.1]:${server.port} ${publicPart(ecdsaHostKey)}\n`);
    const options = optionsFor(server.port, { hostKeys: { knownHostsFiles: [file] } });
    expect((await device(options).exec('x', limits())).stdout).toBe('ran x');
    expect(hostKeyAlgorithms(['ecdsa-sha2-nistp256'], false)[0]).toBe('ecdsa-sha2-nistp256');
    expect(hostKeyAlgorithms(['ssh-dss'], false)).not.toContain('ssh-dss');
  });

  it('takes a configured fingerprint, and no other', async () => {
    const server = await start(echo);
    const [shown] = await trustHost({ host: '127.0.0.1', port: server.port, timeoutMs: 5000 });
    const fingerprints = [shown?.fingerprint ?? ''];
    const options = optionsFor(server.port, { hostKeys: { fingerprints } });
    expect((await device(options).exec('x', limits())).stdout).toBe('ran x');
    const wrong = optionsFor(server.port, { hostKeys: { fingerprints: [`SHA256:${'A'.repeat(43)}`] } });
    expect((await failureOf(device(wrong).exec('x', limits()))).kind).toBe('host-key');
    const none = optionsFor(server.port, { hostKeys: { fingerprints: [] } });
    expect((await failureOf(device(none).exec('x', limits()))).kind).toBe('host-key');
  });

  it('shows all keys of a server without logging in, as lines that make it known', async () => {
    const server = await start({ ...echo, hostKeys: [hostKey.private, ecdsaHostKey.private] });
    const keys = await trustHost({ host: '127.0.0.1', port: server.port, timeoutMs: 10_000 });
    expect(keys.map((key) => key.line)).toEqual([
      `[127.0.0.1]:${server.port} ${publicPart(hostKey)}`,
      `[127.0.0.1]:${server.port} ${publicPart(ecdsaHostKey)}`,
    ]);
    expect(server.attempts).toEqual([]);
    const file = knownHostsFile(keys.map((key) => key.line).join('\n'));
    const options = optionsFor(server.port, { hostKeys: { knownHostsFiles: [file] } });
    expect((await device(options).exec('x', limits())).stdout).toBe('ran x');
  });
});

describe('devices out of reach', () => {
  async function tcpServer(behave: (socket: net.Socket) => void) {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      behave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets = new Set<net.Socket>();
    server.on('connection', (socket) => sockets.add(socket));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as net.AddressInfo).port;
  }

  it('refused: nobody listens', async () => {
    const port = await tcpServer(() => {});
    await closers.pop()?.();
    const error = await failureOf(device(optionsFor(port)).exec('x', limits()));
    expect(error).toMatchObject({ kind: 'refused', phase: 'connect' });
    expect(error.message).toBe(`cannot reach 127.0.0.1:${port}: nothing listens there (ECONNREFUSED)`);
  });

  it('refused: closed as soon as it was accepted', async () => {
    const port = await tcpServer((socket) => socket.end());
    const error = await failureOf(device(optionsFor(port)).exec('x', limits()));
    expect(error.kind).toBe('refused');
    expect(error.message).toContain('closed the connection at once');
    expect(error.ms).toBeLessThan(2000);
  });

  it('timeout: accepts and says nothing', async () => {
    const port = await tcpServer(() => {});
    const error = await failureOf(device(optionsFor(port, { readyTimeoutMs: 300 })).exec('x', limits()));
    expect(error).toMatchObject({ kind: 'timeout', phase: 'connect' });
    expect(error.message).toContain('it accepted the connection but says nothing');
    expect(error.ms).toBeLessThan(1500);
  });

  it('timeout: stalls in the middle of the handshake', async () => {
    const port = await tcpServer((socket) => socket.write('SSH-2.0-stalled\r\n'));
    const error = await failureOf(device(optionsFor(port, { readyTimeoutMs: 300 })).exec('x', limits()));
    expect(error.kind).toBe('timeout');
    expect(error.ms).toBeLessThan(1500);
  });

  it('protocol: something else than SSH answers', async () => {
    const port = await tcpServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    const error = await failureOf(device(optionsFor(port)).exec('x', limits()));
    expect(['protocol', 'refused']).toContain(error.kind);
    expect(error.ms).toBeLessThan(2000);
  });

  it('protocol: no common algorithm, until legacy ones are allowed for this device', async () => {
    const algorithms = { kex: ['diffie-hellman-group14-sha1' as const], cipher: ['aes128-cbc' as const] };
    const server = await start({ ...echo, algorithms });
    const error = await failureOf(device(optionsFor(server.port)).exec('x', limits()));
    expect(error.kind).toBe('protocol');
    expect(error.message).toMatch(/no common SSH algorithm .* "legacy algorithms"/);
    const legacy = device(optionsFor(server.port, { legacyAlgorithms: true }));
    expect((await legacy.exec('x', limits())).stdout).toBe('ran x');
  });

  it('a silent device holds no handshake slot', async () => {
    setParallelHandshakes(1);
    closers.push(() => setParallelHandshakes(8));
    const port = await tcpServer(() => {});
    const server = await start(echo);
    const silent = failureOf(device(optionsFor(port, { readyTimeoutMs: 3000 })).exec('x', limits()));
    const began = Date.now();
    expect((await device(optionsFor(server.port)).exec('x', limits())).stdout).toBe('ran x');
    expect(Date.now() - began).toBeLessThan(2500);
    expect((await silent).kind).toBe('timeout');
  });

  it('waiting for a slot counts against the deadline', async () => {
    setParallelHandshakes(1);
    closers.push(() => setParallelHandshakes(8));
    const port = await tcpServer((socket) => socket.write('SSH-2.0-stalled\r\n'));
    const server = await start(echo);
    const stalled = failureOf(device(optionsFor(port, { readyTimeoutMs: 2000 })).exec('x', limits()));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const error = await failureOf(
      device(optionsFor(server.port, { readyTimeoutMs: 300 })).exec('x', limits()),
    );
    expect(error.kind).toBe('timeout');
    expect(error.ms).toBeLessThan(1500);
    expect((await stalled).kind).toBe('timeout');
  });
});
