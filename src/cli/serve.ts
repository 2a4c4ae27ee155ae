// serve: the exporter, until it is told to stop. Without a configuration anywhere it runs on the embedded demo fabric, so
// that a first start shows something.
import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { maskedConfig } from '../config/masked.ts';
import { flagValue, type Invocation, type Io } from './command.ts';
import { readConfig } from './config-file.ts';
import { exitCodes } from './exit-codes.ts';
import { runService, withFlags } from './service.ts';
import { webFiles } from './web-files.ts';

const usualPath = '/etc/calico-bgp-exporter/config.yml';

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
  const webFile = flagValue(invocation, 'web.config.file');
  // Of each configuration that was read: one that cannot be taken must not be shown as the one in use.
  const texts = new WeakMap<Config, string>();
  const read = async () => {
    const config = withFlags(await readConfig(path, io), invocation);
    texts.set(config, maskedConfig(readFileSync(path, 'utf8')));
    return config;
  };
  const config = await read();
  const files = webFile === undefined ? undefined : webFiles(webFile);
  await runService(
    { config, reload: read, configText: (used) => texts.get(used) ?? '', ...(files && { webFiles: files }) },
    io,
  );
  return exitCodes.clean;
}
