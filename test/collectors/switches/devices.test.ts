// Every driver against an SSH server that behaves as its devices do: banners, prompts that change, pagers that stay on, echo
// that wraps, slow output, connections that drop, changed host keys, old algorithms; and `driver: auto` on each of them.
// What the answers mean is tested elsewhere: here every byte of them must come through.
import { describe, expect, it, type TestContext } from 'vitest';
import { autoCollector } from '../../../src/collectors/switches/auto.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import { sshCollector } from '../../../src/collectors/switches/ssh.ts';
import { commandRunner } from '../../../src/collectors/switches/ssh-runner.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { sshDevice } from '../../../src/transport/ssh.ts';
import type { SshOptions } from '../../../src/transport/ssh-options.ts';
import { answer, optionsFor, otherHostKey, type Play, sshServer } from '../../transport/ssh-server.ts';
import { type Device, devices, type Mood, playShell, trickyMotd } from './devices.ts';

const query = {
  prefixes: ['10.233.64.0/24', '10.99.0.1/32', 'fd00:10:244::/64'].map(parsePrefix),
  ranges: ['10.233.64.0/18'].map(parsePrefix),
};
const limits = { signal: new AbortController().signal, timeoutMs: 30_000, maxOutputBytes: 1_000_000 };

/** Several pages of numbered lines, JSON for those who cut answers by it. */
function answerTo(command: string): string {
  const lines = Array.from({ length: 25 }, (_, i) => `  "${i}": "of ${command}"${i < 24 ? ',' : ''}`);
  return `{\n${lines.join('\n')}\n}\n`;
}

interface Served {
  readonly typed: string[];
  readonly options: SshOptions;
  readonly connections: () => number;
}

type Cleanup = TestContext['onTestFinished'];

async function serve(
  onTestFinished: Cleanup,
  device: Device,
  mood: Mood,
  more: Partial<Play> = {},
): Promise<Served> {
  const typed: string[] = [];
  const known = new Set<string>();
  const shell = (command: string) => (known.has(command) ? answerTo(command) : undefined);
  const driver = drivers[device.driver];
  for (const { command } of [...driver.sessionCommands(query), ...driver.routeCommands(query)])
    known.add(command);
  const play: Play = {
    ident: device.ident,
    ...(device.banner !== '' && { banner: device.banner }),
    shell: (channel) =>
      playShell(channel, device, mood, shell, typed, () => server.connections.at(-1)?.end()),
    ...(device.channel === 'exec' && {
      exec: (request, channel, connection) => {
        const commands = request.split('\n');
        typed.push(...commands);
        if (device.version[0].test(request)) return answer(channel, device.version[1]);
        if (commands.some((command) => !known.has(command))) return answer(channel, device.complaint, 1);
        const text = commands.map(answerTo).join('');
        if (mood.dropsAfter === undefined) return answer(channel, text);
        channel.write(text.slice(0, 200));
        return setTimeout(() => connection.end(), 20);
      },
    }),
    ...more,
  };
  const server = await sshServer(play);
  onTestFinished(() => server.close());
  return {
    typed,
    options: optionsFor(server.port, { readyTimeoutMs: 30_000 }),
    connections: () => server.connections.length,
  };
}

async function readAll(onTestFinished: Cleanup, device: Device, options: SshOptions) {
  const driver = drivers[device.driver];
  const ssh = sshDevice(options);
  onTestFinished(() => ssh.close());
  const { run } = commandRunner(driver, ssh);
  const commands = [...driver.sessionCommands(query), ...driver.routeCommands(query)]
    .map(({ command }) => command)
    .slice(0, 6);
  return { commands, first: await run(commands, limits), again: () => run(commands.slice(0, 1), limits) };
}

const moods: readonly (readonly [string, Mood])[] = [
  ['a pager that obeys', { obeys: true }],
  [
    'a pager that stays on, slow packets, a wrapped echo, a banner that ends like a prompt, and a log line at the prompt',
    {
      obeys: false,
      chunk: 40,
      motd: trickyMotd,
      lateMs: 600,
      columns: 31,
      log: '%BGP-5-ADJCHANGE: neighbor 192.0.2.1 Up',
    },
  ],
];

it('has a device for each driver', () => {
  expect(devices.map(({ driver }) => driver).sort()).toEqual(Object.keys(drivers).sort());
});

// Fourteen devices at once on few cores take their time.
const patience = { timeout: 60_000 };

describe.each(devices.map((device) => [device.driver, device] as const))('%s', patience, (name, device) => {
  it.concurrent.for(moods)(
    'is read to the last byte behind %s, over one connection',
    async ([, mood], { onTestFinished }) => {
      const { options, typed, connections } = await serve(onTestFinished, device, mood);
      const { commands, first, again } = await readAll(onTestFinished, device, options);
      for (const [i, got] of first.entries()) {
        if (!got.ok) throw got.error;
        // A blank line where the terminal was just full is no answer.
        expect(got.output.replace(/^\n+/, '').replace(/\n*$/, '\n')).toBe(answerTo(commands[i] ?? ''));
      }
      const [second] = await again();
      expect(second?.ok).toBe(true);
      expect(connections()).toBe(1);
      // Nothing but the preamble and the commands, and the preamble once.
      const shell = device.channel === 'shell' ? drivers[device.driver].preamble : [];
      expect(typed).toEqual([...shell, ...commands, commands[0]]);
    },
  );

  it.concurrent('that hangs up in the middle of an answer gives an error, not half an answer', async ({
    onTestFinished,
  }) => {
    const { options } = await serve(onTestFinished, device, { obeys: false, dropsAfter: 5 });
    const { first } = await readAll(onTestFinished, device, options);
    expect(first.every(({ ok }) => !ok)).toBe(true);
    const [failed] = first;
    if (!failed || failed.ok) throw new Error('answered');
    expect(String(failed.error)).toMatch(/closed the (?:shell|connection)/);
  });

  it.concurrent('with another host key than the known one is refused, and the reading says what to do', async ({
    onTestFinished,
  }) => {
    const { options, typed } = await serve(
      onTestFinished,
      device,
      { obeys: true },
      { hostKeys: [otherHostKey.private] },
    );
    const collector = sshCollector({
      device: 'leaf01',
      driver: drivers[device.driver],
      connection: options,
      commandTimeoutMs: 30_000,
      maxOutputBytes: 1_000_000,
      now: Date.now,
    });
    onTestFinished(() => collector.close());
    const { sessions, routes } = await collector.collect(query, limits.signal);
    for (const reading of [sessions, routes]) {
      if (reading.ok) throw new Error('it was believed');
      expect(reading.error.kind).toBe('host-key');
      expect(reading.error.message).toMatch(/^leaf01: the host key of \[127\.0\.0\.1\]:\d+ has changed: /);
      expect(reading.error.message).toContain(
        'remove that line and run "calico-bgp-exporter trust [127.0.0.1]',
      );
    }
    expect(typed).toEqual([]);
  });

  it.concurrent('with old algorithms only is read when they are allowed, and else named', async ({
    onTestFinished,
  }) => {
    const { options } = await serve(
      onTestFinished,
      device,
      { obeys: true },
      { algorithms: { kex: ['diffie-hellman-group14-sha1'], cipher: ['aes128-cbc'], hmac: ['hmac-sha1'] } },
    );
    const refused = await readAll(onTestFinished, device, options);
    expect(String(refused.first[0]?.ok === false && refused.first[0].error)).toContain('legacy algorithms');
    const { first } = await readAll(onTestFinished, device, { ...options, legacyAlgorithms: true });
    expect(first.every(({ ok }) => ok)).toBe(true);
  });

  it.concurrent('is found out by driver: auto, once', async ({ onTestFinished }) => {
    const { options, typed } = await serve(onTestFinished, device, { obeys: true });
    const collector = autoCollector({
      device: 'leaf01',
      connection: options,
      commandTimeoutMs: 30_000,
      maxOutputBytes: 1_000_000,
      now: Date.now,
    });
    onTestFinished(() => collector.close());
    const first = await collector.collect(query, limits.signal);
    expect(first.facts).toMatchObject({ driver: name });
    expect(first.facts?.detectedBy).toMatch(/SSH server|answer to (?:show|display) version/);
    const asked = typed.filter((command) => device.version[0].test(command)).length;
    await collector.collect(query, limits.signal);
    expect(typed.filter((command) => device.version[0].test(command)).length).toBe(asked);
  });
});
