// What a program does that reads the whole table: `show bgp ipv4 unicast json` by vtysh, and JSON.parse of the answer.
import { spawn } from 'node:child_process';

const name = process.argv[2] ?? '';

async function dump() {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const child = spawn('vtysh', ['-N', name, '-c', 'show bgp ipv4 unicast json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  let firstMs = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunks.length === 0) firstMs = performance.now() - began;
    chunks.push(chunk);
  });
  await new Promise((resolve) => child.once('close', resolve));
  const text = Buffer.concat(chunks).toString('latin1');
  const parsed = JSON.parse(text) as { readonly routes: Readonly<Record<string, unknown>> };
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - began,
    firstMs,
    cpuMs: (user + system) / 1000,
    rssKiB: process.resourceUsage().maxRSS,
    present: Object.keys(parsed.routes).length,
    bytes: text.length,
  };
}

process.on('message', async () => process.send?.(await dump()));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
