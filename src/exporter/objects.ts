// The objects behind the expectation: read once at the start and again whenever a file changes. A set of files that can
// no longer be read keeps the last expectation, with its age and the reason.
import { stat } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { loadFiles } from '../datastores/files.ts';
import { computeExpected } from '../expected/compute.ts';
import type { ExpectedState } from '../model/expectation.ts';
import { failure, keepLast, type Reading, success } from '../model/reading.ts';

/** How often files are looked at for a change, in milliseconds. */
const lookEveryMs = 2000;

async function load(config: Config, now: () => number): Promise<Reading<ExpectedState>> {
  try {
    const { objects, problems } = await loadFiles(config.datastore.files);
    const expected = computeExpected(objects, config.expected);
    return success(now(), { ...expected, problems: [...problems, ...expected.problems] });
  } catch (error) {
    return failure(now(), 'parse', error instanceof Error ? error.message : String(error));
  }
}

/** What changes when a file does: name, size, time and inode of each; directories count by their own time. */
async function signature(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    files.map(async (file) => {
      try {
        const { size, mtimeMs, ino } = await stat(file);
        return `${file} ${size} ${mtimeMs} ${ino}`;
      } catch {
        return `${file} absent`;
      }
    }),
  );
  return parts.join('\n');
}

export interface ExpectedSource {
  current(): Reading<ExpectedState>;
  /** Reads now; resolves when `current()` is up to date. Never rejects. */
  refresh(): Promise<void>;
  /** Calls back after each change until stopped. */
  watch(onChange: () => void): { stop(): void };
}

export function expectedSource(config: Config, now: () => number): ExpectedSource {
  let reading: Reading<ExpectedState> = failure(now(), 'pending', 'the objects have not been read yet');
  let seen = '';
  let inputs: readonly string[] = config.datastore.files;

  const refresh = async () => {
    const before = await signature(inputs);
    reading = keepLast(reading, await load(config, now));
    seen = before;
  };

  const watch = (onChange: () => void) => {
    let stopped = false;
    let timer: NodeJS.Timeout;
    const look = async () => {
      const found = await signature(inputs);
      if (found !== seen) {
        await refresh();
        if (!stopped) onChange();
      } else if (reading.ok) {
        // Unchanged files are as good as read again.
        reading = { ...reading, at: now() };
      }
      if (!stopped) timer = setTimeout(() => void look(), lookEveryMs);
    };
    timer = setTimeout(() => void look(), lookEveryMs);
    return {
      stop() {
        stopped = true;
        clearTimeout(timer);
      },
    };
  };

  inputs = config.datastore.files;
  return { current: () => reading, refresh, watch };
}
