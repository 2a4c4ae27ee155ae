// Files as a datastore: read once at the start and again whenever one of them changes. Files that can no longer be read
// keep the last objects, with their age and the reason.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ApiObject, objectName } from '../model/object.ts';
import { failure, keepLast, lastGood, type Reading, success } from '../model/reading.ts';
import type { Datastore, DatastoreState } from './datastore.ts';
import { loadFiles } from './files.ts';

/** How often files are looked at for a change, in milliseconds; less often where there are so many that a look takes long. */
const lookEveryMs = 500;
const restShare = 20;

const nameOf = (object: ApiObject) => `${object.apiVersion} ${objectName(object)}`;

/** The objects; those that say what they said before are the same ones, wherever in the files they stand now. */
function keepSame(objects: readonly ApiObject[], before: readonly ApiObject[]): readonly ApiObject[] {
  if (before.length === 0) return objects;
  const known = new Map(before.map((object) => [nameOf(object), object]));
  return objects.map((object) => {
    const older = known.get(nameOf(object));
    return older && isDeepStrictEqual({ ...older, origin: object.origin }, object) ? older : object;
  });
}

async function load(
  files: readonly string[],
  before: readonly ApiObject[],
  now: () => number,
): Promise<Reading<DatastoreState>> {
  try {
    const { objects, problems } = await loadFiles(files);
    return success(now(), { objects: keepSame(objects, before), problems, kinds: [] });
  } catch (error) {
    return failure(now(), 'parse', error instanceof Error ? error.message : String(error));
  }
}

/** What changes when a file does: name, size, time and inode; of a directory also those of every file in it. */
async function signatureOf(path: string, inside: boolean): Promise<string> {
  try {
    const stats = await stat(path);
    const { size, mtimeMs, ino } = stats;
    const own = `${path} ${size} ${mtimeMs} ${ino}`;
    if (inside || !stats.isDirectory()) return own;
    const names = (await readdir(path)).sort();
    return [own, ...(await Promise.all(names.map((name) => signatureOf(join(path, name), true))))].join('\n');
  } catch {
    return `${path} absent`;
  }
}

async function signature(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map((path) => signatureOf(path, false)))).join('\n');
}

/** The objects in these files and directories. */
export function filesDatastore(files: readonly string[], now: () => number): Datastore {
  let reading: Reading<DatastoreState> = failure(now(), 'pending', 'the objects have not been read yet');
  let seen = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const refresh = async () => {
    const before = await signature(files);
    reading = keepLast(reading, await load(files, lastGood(reading)?.value.objects ?? [], now));
    seen = before;
  };

  return {
    kind: 'files',
    current: () => reading,
    refresh,
    watch(onChange) {
      const look = async () => {
        const began = performance.now();
        const found = await signature(files);
        const pause = Math.max(lookEveryMs, restShare * (performance.now() - began));
        if (found !== seen) {
          await refresh();
          if (!stopped) onChange();
        } else if (reading.ok) {
          // Unchanged files are as good as read again.
          reading = { ...reading, at: now() };
        }
        if (!stopped) timer = setTimeout(() => void look(), pause);
      };
      timer = setTimeout(() => void look(), lookEveryMs);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
