// One command at a time may bring a lab up or take it down, and what all labs share is made and removed by one at a time:
// files that are made exclusively, with the process in them. A lock whose owner has died is taken over.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from './processes.ts';
import { LabError } from './run.ts';
import { checkName, LABS } from './state.ts';

async function ownerLives(file: string): Promise<boolean> {
  const [pid, started] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
  return started !== undefined && started === (await startOf(Number(pid)));
}

/** A link is made at once with its content: nobody can read a lock that does not yet name its owner. */
async function take(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}.${randomUUID()}`;
  await writeFile(own, `${process.pid} ${await startOf(process.pid)}`);
  try {
    if (!(await ownerLives(file))) await rm(file, { force: true });
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Does a short piece of work on what all labs share; others wait for it. */
export async function briefly<T>(work: () => Promise<T>): Promise<T> {
  const file = `${LABS}.lock`;
  const deadline = Date.now() + 10_000;
  while (!(await take(file))) {
    if (Date.now() > deadline) throw new LabError(`${file} is held by another command`);
    await sleep(20);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Does the work while no other command works on the lab of this name. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const file = join(LABS, `.${checkName(name)}.lock`);
  const taken = await briefly(async () => {
    await mkdir(LABS, { recursive: true });
    return take(file);
  });
  if (!taken) throw new LabError(`another command works on the lab ${name}`);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
