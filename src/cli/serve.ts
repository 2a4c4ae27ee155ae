// serve: the exporter, until it is told to stop. Without a configuration anywhere it runs on the embedded demo fabric, so
// that a first start shows something.
import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { parseListen } from '../config/listen.ts';
import { flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { readConfig } from './config-file.ts';
import { exitCodes } from './exit-codes.ts';
import { runService } from './service.ts';

const usualPath = '/etc/calico-bgp-exporter/config.yml';

/** The configuration with what the command line says in place of what the file says. Throws UsageError. */
export function withFlags(config: Config, invocation: Invocation): Config {
  const text = flagValue(invocation, 'web.listen-address');
  const listen = text === undefined ? config.web.listen : parseListen(text);
  if (!listen) {
    throw new UsageError(
      `--web.listen-address must be an address with a port, such as :10179 or 127.0.0.1:10179, not "${text}"`,
    );
  }
  const level = flagValue(invocation, 'log.level') as Config['log']['level'] | undefined;
  return { ...config, web: { listen }, log: { level: level ?? config.log.level } };
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const path =
    flagValue(invocation, 'config') ||
    io.env.CALICO_BGP_EXPORTER_CONFIG ||
    (existsSync(usualPath) ? usualPath : undefined);
  if (path === undefined) {
    io.stderr.write(`no --config, no CALICO_BGP_EXPORTER_CONFIG, no ${usualPath}: running the demo fabric\n`);
    const { runDemo } = await import('./demo.ts');
    return runDemo(invocation, io);
  }
  await runService({ config: withFlags(await readConfig(path, io), invocation) }, io);
  return exitCodes.clean;
}
