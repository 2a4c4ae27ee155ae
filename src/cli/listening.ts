// What every command that serves does: begin to listen, or say why that cannot be, and wait until it is told to stop.
// Error codes: listen(2), as Node passes them on.
import { formatListen, type ListenAddress } from '../config/listen.ts';
import { CannotRun } from './command.ts';

const listenTrouble: Record<string, string> = {
  EADDRINUSE: 'something else listens there already; stop it, or choose another with --web.listen-address',
  EACCES: 'this user may not listen on that port; take one above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no host of that name',
};

/** Starts a server. Throws CannotRun with the reason when it cannot listen there. */
export async function listenOrExplain<T>(address: ListenAddress, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = listenTrouble[code] ?? String(error);
    throw new CannotRun(`cannot listen on ${formatListen(address)}: ${reason}`);
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
