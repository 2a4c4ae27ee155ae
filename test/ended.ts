// Ends a daemon that a test has started, and waits until it has really gone: only then may its files go.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** SIGTERM, SIGKILL after `patienceMs`; resolves when the process has exited, at once when it never ran. */
export async function ended(child: ChildProcess | undefined, patienceMs = 5000): Promise<void> {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.kill();
  await gone;
  clearTimeout(timer);
}
