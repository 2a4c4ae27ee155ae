// demo: the reference fabric made of software on loopback, with the exporter on it; and the commands that put faults into
// the running one and take them out again, over its web server.
import { parseConfig } from '../config/load.ts';
import { type Demo, type DemoOptions, startDemo } from '../demo/demo.ts';
import { demoSystems } from '../demo/switch-servers.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { controlDemo, usualUrl } from './demo-control.ts';
import { exitCodes } from './exit-codes.ts';
import { runService, withFlags } from './service.ts';

type DemoSwitches = NonNullable<DemoOptions['switches']>;

async function start(io: Io, switches: DemoSwitches): Promise<Demo> {
  try {
    return await startDemo({ now: io.now, switches });
  } catch (error) {
    throw new CannotRun(
      `the demo fabric cannot start: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Runs fabric and exporter until asked to stop. */
export async function runDemo(invocation: Invocation, io: Io): Promise<number> {
  // Asked for first, so that a Ctrl-C during the start still removes what was made.
  const signal = io.signal();
  const wanted = flagValue(invocation, 'switches');
  const demo = await start(io, demoSystems.find((name) => name === wanted) ?? 'mixed');
  try {
    if (signal.aborted) return exitCodes.clean;
    const config = withFlags(parseConfig(demo.configText, 'demo.yml', {}), invocation);
    const onReady = (url: string) => {
      const where = url === usualUrl ? '' : ` --url ${url}`;
      io.stderr.write(
        `The demo fabric runs: 6 nodes, 3 switches. Look at ${url}/\n` +
          `Break something, in another terminal:  ${io.calledAs} demo inject ${demo.control.list()[0]?.name ?? ''}${where}\n` +
          'Ctrl-C ends it.\n',
      );
    };
    await runService({ config, demo: demo.control, onReady }, io);
    return exitCodes.clean;
  } finally {
    await demo.stop();
  }
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const [action, ...rest] = invocation.rest;
  if (action !== undefined && flagValue(invocation, 'switches') !== undefined)
    throw new UsageError('--switches goes with the start of a demo only');
  if (action !== undefined) return controlDemo(action, rest, invocation, io);
  if (flagValue(invocation, 'url') !== undefined)
    throw new UsageError('--url goes with faults, inject and heal');
  return runDemo(invocation, io);
}
