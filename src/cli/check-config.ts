// check-config: every mistake of a configuration as `file:line:col message`, or that it is fine. Asks no device; what it
// cannot see is whether addresses and passwords are the right ones (audit tells).
import { ConfigError, loadConfig } from '../config/load.ts';
import { flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const path = flagValue(invocation, 'config') ?? invocation.rest[0] ?? io.env.CALICO_BGP_EXPORTER_CONFIG;
  if (!path) throw new UsageError('which configuration? Add --config FILE');
  try {
    const { nodes, switches } = await loadConfig(path, io.env);
    const devices = `${count(nodes.length, 'node', 'nodes')}, ${count(switches.length, 'switch', 'switches')}`;
    io.stdout.write(`${path}: ok: ${devices}\n`);
    return exitCodes.clean;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stdout.write(`${error.message}\n`);
    const { length } = error.problems;
    io.stderr.write(`${count(length, 'mistake', 'mistakes')} in ${path}\n`);
    return exitCodes.couldNotRun;
  }
}
