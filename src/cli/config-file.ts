// The configuration of a command: from --config, or where a service finds it. A configuration that cannot be used ends
// the command with all its mistakes, one per line.

import type { Config } from '../config/config.ts';
import { ConfigError, loadConfig } from '../config/load.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';

/** Loads the file. Throws CannotRun with every mistake in it. */
export async function readConfig(path: string, io: Io): Promise<Config> {
  try {
    return await loadConfig(path, io.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new CannotRun(error.message);
    throw error;
  }
}

/** The configuration that --config names. Throws UsageError without one. */
export async function requiredConfig(invocation: Invocation, io: Io): Promise<Config> {
  const path = flagValue(invocation, 'config') ?? io.env.CALICO_BGP_EXPORTER_CONFIG;
  if (!path)
    throw new UsageError('which configuration? Add --config FILE, or set CALICO_BGP_EXPORTER_CONFIG');
  return readConfig(path, io);
}
