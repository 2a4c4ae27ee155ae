#!/usr/bin/env node
// argv -> command; the only file with side effects at load. Everything else is loaded by the command that needs it, so
// that `--help` answers at once.
import { calledAs } from './cli/called-as.ts';
import { run } from './cli/run.ts';
import { smallProcess } from './cli/small-process.ts';

// A command that wants to end in its own way asks for the signal; all others end at once, as the system does it.
let stop: AbortController | undefined;
function signal(): AbortSignal {
  if (stop) return stop.signal;
  const controller = new AbortController();
  stop = controller;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // The second request is not to be argued with.
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
      controller.abort(name);
    });
  }
  return controller.signal;
}

// `… | head` closes the pipe early: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Exit code 1 means findings; a fault of ours must never look like that.
process.on('uncaughtException', (error) => {
  process.stderr.write(`internal error, please report this: ${error.stack ?? error.message}\n`);
  process.exit(2);
});

async function stdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

// Before anything else is compiled: code that V8 has optimized stays in memory.
const collectGarbage = process.argv[2] === 'agent' ? smallProcess() : undefined;

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin,
  env: process.env,
  calledAs: calledAs({ script: process.argv[1] ?? '', cwd: process.cwd(), env: process.env }),
  now: Date.now,
  steady: () => performance.now(),
  signal,
  onHangUp(listener) {
    process.on('SIGHUP', listener);
    return () => process.off('SIGHUP', listener);
  },
  ...(collectGarbage && { collectGarbage }),
});
// A connection that refuses to close must not keep the process: its work is done.
// What a slow reader has not taken yet is part of it, and keeps the process by itself.
setInterval(() => process.stdout.writableLength === 0 && process.exit(), 2000).unref();
