// Reads the whole table, from the switch by vtysh or from a file that holds its answer: `whole` as a program does that knows
// nothing better, by JSON.parse of all of it; `streamed` as the frr driver does, while it comes, to a table of packed rows.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { readStreamed } from '../../src/cli/parse-large.ts';
import { frrStream } from '../../src/collectors/switches/frr-stream.ts';

const [how = '', name = '', file] = process.argv.slice(2);
const command = 'show bgp ipv4 unicast json';

/** How many prefixes it has, and the bytes of text. */
type Read = readonly [number, number];

const parsed = (text: string): Read => [
  Object.keys((JSON.parse(text) as { readonly routes: Readonly<Record<string, unknown>> }).routes).length,
  text.length,
];

async function chunksOf(
  child: ChildProcessByStdio<null, Readable, null>,
  take: (chunk: Buffer) => void,
): Promise<void> {
  child.stdout.on('data', take);
  await new Promise((resolve) => child.once('close', resolve));
}

const vtysh = () => spawn('vtysh', ['-N', name, '-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });

async function whole(): Promise<Read> {
  if (file !== undefined) return parsed(await readFile(file, 'latin1'));
  const chunks: Buffer[] = [];
  await chunksOf(vtysh(), (chunk) => chunks.push(chunk));
  return parsed(Buffer.concat(chunks).toString('latin1'));
}

async function streamed(): Promise<Read> {
  const stream = frrStream(command);
  let bytes = 0;
  const counted = {
    write(chunk: Uint8Array) {
      bytes += chunk.length;
      stream.write(chunk);
    },
    end: () => stream.end(),
  };
  if (file === undefined) await chunksOf(vtysh(), counted.write);
  const { routes } = file === undefined ? counted.end() : await readStreamed(file, counted);
  const table = routes[0]?.table;
  return [table?.size ?? 0, bytes];
}

async function read() {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const [present, bytes] = await (how === 'streamed' ? streamed : whole)();
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - began,
    cpuMs: (user + system) / 1000,
    rssKiB: process.resourceUsage().maxRSS,
    present,
    bytes,
  };
}

process.on('message', async () => process.send?.(await read()));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
