// Which processes are the lab's, and how they end. A pid file alone is not believed: a pid may have been given to
// somebody else, so the process must also be in the network namespace that the lab made for it (proc(5), /proc/pid/ns).
import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

async function inode(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The pid in a file, if that process lives and is in this namespace. */
export async function pidFrom(file: string, netns: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return (await isIn(pid, netns)) ? pid : undefined;
}

export async function isIn(pid: number, netns: string): Promise<boolean> {
  const [own, wanted] = await Promise.all([inode(`/proc/${pid}/ns/net`), inode(`/run/netns/${netns}`)]);
  return own !== undefined && own === wanted && !(await isZombie(pid));
}

/** The fields of /proc/pid/stat behind the command's name, which may hold anything: state, parent, … */
async function statOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function isZombie(pid: number): Promise<boolean> {
  const [state = ''] = await statOf(pid);
  return state === '' || state === 'Z';
}

/** When a living process was started, in ticks since the machine's start: with the pid it names a process for good. */
export async function startOf(pid: number): Promise<string | undefined> {
  const fields = await statOf(pid);
  return fields[0] === '' || fields[0] === 'Z' ? undefined : fields[19];
}

/** This process and its ancestors: a lab may be taken down from inside one of its own namespaces. */
async function ancestors(): Promise<Set<number>> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); ) {
    found.add(pid);
    pid = Number((await statOf(pid))[1]);
  }
  return found;
}

/** Every process in these namespaces: nobody gets into them but through the lab. */
export async function pidsIn(namespaces: readonly string[]): Promise<number[]> {
  const inodes = new Set(await Promise.all(namespaces.map((netns) => inode(`/run/netns/${netns}`))));
  inodes.delete(undefined);
  if (inodes.size === 0) return [];
  const spared = await ancestors();
  const pids = (await readdir('/proc'))
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !spared.has(pid));
  const inside = await Promise.all(
    pids.map(async (pid) => inodes.has(await inode(`/proc/${pid}/ns/net`)) && !(await isZombie(pid))),
  );
  return pids.filter((_, index) => inside[index]);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends these processes: politely, and after `patienceMs` not. `living` says which of them are still there. */
export async function end(living: () => Promise<number[]>, patienceMs = 3000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (const pid of await living()) {
    signal(pid, 'SIGTERM');
    // A stopped process takes no other signal than this one before its turn.
    signal(pid, 'SIGCONT');
  }
  for (;;) {
    const left = await living();
    if (left.length === 0) return;
    if (Date.now() > deadline) for (const pid of left) signal(pid, 'SIGKILL');
    if (Date.now() > deadline + 5000) throw new Error(`processes ${left.join(', ')} do not end`);
    await sleep(50);
  }
}
