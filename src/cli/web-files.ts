// The web configuration file while the exporter runs: read at the start, where anything wrong ends the command, and again when
// it or a file that it names changes (a renewed certificate, a new user), where the old one stays until the new one can be used.
import { statSync } from 'node:fs';
import { ConfigError } from '../config/load.ts';
import { loadWebConfig, type WebConfig } from '../config/web-config.ts';
import { CannotRun } from './command.ts';

const lookEveryMs = 5_000;

/** What tells that a file is another than before; a file that is away is one, too. */
function stamp(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'away';
  }
}

export interface WebFiles {
  current(): WebConfig;
  /** Looks for changes from now on. `changed` gets a new configuration and may throw when it cannot be used. */
  watch(changed: (config: WebConfig) => void, failed: (message: string) => void): void;
  stop(): void;
}

/** Reads the file. Throws CannotRun with every mistake in it. */
export function webFiles(file: string): WebFiles {
  let config: WebConfig;
  try {
    config = loadWebConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) throw new CannotRun(error.message);
    throw error;
  }
  const stamps = () => config.files.map(stamp).join('\n');
  let seen = stamps();
  let timer: NodeJS.Timeout | undefined;
  return {
    current: () => config,
    watch(changed, failed) {
      timer = setInterval(() => {
        const found = stamps();
        if (found === seen) return;
        seen = found;
        try {
          const next = loadWebConfig(file);
          changed(next);
          config = next;
          seen = stamps();
        } catch (error) {
          failed(error instanceof Error ? error.message : String(error));
        }
      }, lookEveryMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
