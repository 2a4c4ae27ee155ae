// One command at a time may bring a lab up or take it down: a file that is made exclusively, with the process in it.
// A lock whose owner has died is taken over.
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf } from './processes.ts';
import { LabError } from './run.ts';
import { checkName, LABS } from './state.ts';

async function ownerLives(file: string): Promise<boolean> {
  const [pid, started] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
  return started !== undefined && started === (await startOf(Number(pid)));
}

/** Does the work while no other command works on the lab of this name. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const file = join(LABS, `.${checkName(name)}.lock`);
  for (let attempts = 0; ; attempts++) {
    await mkdir(LABS, { recursive: true });
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(`${process.pid} ${await startOf(process.pid)}`);
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (attempts > 0 || (await ownerLives(file)))
        throw new LabError(`another command works on the lab ${name}`);
      await rm(file, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
