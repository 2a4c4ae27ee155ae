// One process at a time in this tree installs packages or builds: a file made exclusively, with the process id of its owner in it.
// The lock of a process that has died, or that is older than any such work takes, is taken over. Plain JavaScript, no packages:
// it is there before anything is installed.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Longer than any installation takes: after a restart of the machine the id may be another process's. */
const oldAfterMs = 30 * 60_000;
const pauseMs = 200;

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Makes the file with our id in it; false when it exists. */
function make(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock; undefined when nobody does any more. */
function owner(file, oldAfter) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const age = Date.now() - statSync(file).mtimeMs;
    if (age > oldAfter) return undefined;
    // Made a moment ago and not yet written.
    if (pid === 0) return age < 5000 ? pid : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return error.code === 'EPERM' ? 0 : undefined;
  }
}

/** Removes a lock whose owner is gone. Under a lock of its own: two that see it must not both remove, the second one ours. */
function clear(file) {
  const guard = `${file}.clearing`;
  if (owner(guard, 10_000) === undefined) rmSync(guard, { force: true });
  if (!make(guard)) return;
  if (owner(file, oldAfterMs) === undefined) rmSync(file, { force: true });
  rmSync(guard, { force: true });
}

/** Waits until nobody else in this tree does `what` (words for a message), and returns how to let the next one. */
export function oneAtATime(file, what) {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!make(file)) {
    const pid = owner(file, oldAfterMs);
    if (pid === undefined) {
      clear(file);
      continue;
    }
    if (!told) {
      console.log(`Process ${pid || 'of somebody else'} ${what}: waiting for it (it holds ${file}) …`);
      told = true;
    }
    sleep(pauseMs);
  }
  return () => rmSync(file, { force: true });
}
