// The lab's command line: `npm run lab -- up|down|status|exec|fault|heal|…`. Exit codes: 0 done, 1 the lab is not as
// it should be or a command failed, 2 the command line makes no sense; `exec` gives back the code of its command.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { Lab } from './lab.ts';
import { commandFor } from './spawn.ts';
import { topologies } from './topologies.ts';

const USAGE = `usage: npm run lab -- COMMAND [--name LAB]

  up [--topology NAME]     bring a lab up: ${Object.keys(topologies).join(', ')}
  down                     take it down, leave nothing
  status [--json]          sessions, prefixes, faults in force, and what is lacking
  exec DEVICE CMD…         run a command in a device's namespace (obs: the observer);
                           vtysh and birdc know their device
  fault NAME ARGS…         break something
  heal NAME ARGS… | all    mend it
  faults                   the faults there are

A lab's name is ref unless --name says otherwise.
`;

class UsageError extends Error {}

async function existing(name: string): Promise<Lab> {
  const lab = await Lab.open(name);
  if (lab === undefined) throw new UsageError(`lab ${name} is not up`);
  return lab;
}

async function up(name: string, topologyName: string): Promise<void> {
  const topology = topologies[topologyName];
  if (topology === undefined) throw new UsageError(`no topology ${topologyName}`);
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort(new Error(`${signal}: stopped on the way up`)));
  }
  const begun = Date.now();
  const seconds = () => ((Date.now() - begun) / 1000).toFixed(1);
  const log = (line: string) => console.error(`${seconds()} s  ${line}`);
  const lab = await Lab.up(topology, { name, signal: controller.signal, log });
  console.log(
    `lab ${name} (${topology.title}) is up after ${seconds()} s; see ${lab.description.folder}/lab.json`,
  );
}

async function status(name: string, json: boolean): Promise<number> {
  const lab = await existing(name);
  const [found, faults] = await Promise.all([lab.health(), lab.faults()]);
  if (json) {
    console.log(JSON.stringify({ ...lab.description, ...found, faults }, undefined, 2));
    return found.lacks.length === 0 ? 0 : 1;
  }
  for (const { name: device, role, mgmtAddress } of lab.description.devices) {
    const ends = found.sessions.filter((end) => end.device === device);
    const established = ends.filter((end) => end.established).length;
    const routes = found.prefixes[device]?.length ?? 0;
    const columns = [device.padEnd(10), role.padEnd(7), mgmtAddress.padEnd(16)];
    console.log(...columns, `${established}/${ends.length} sessions `, `${routes} prefixes`);
  }
  for (const fault of faults) console.log(`fault: ${fault.name} ${fault.args.join(' ')}`);
  for (const lack of found.lacks) console.log(`lacking: ${lack}`);
  return found.lacks.length === 0 ? 0 : 1;
}

async function exec(name: string, [device, ...argv]: readonly string[]): Promise<number> {
  if (device === undefined || argv.length === 0) throw new UsageError('exec wants a device and a command');
  const lab = await existing(name);
  const command = commandFor(lab.state, device, argv);
  const child = spawn(command.argv[0] ?? 'ip', command.argv.slice(1), {
    env: { ...process.env, ...command.env },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 128;
}

function listFaults(): void {
  for (const { usage, says } of Object.values(FAULTS)) console.log(`${usage.padEnd(42)} ${says}`);
}

/** What follows `exec DEVICE` is the other command's business, options and all. */
function parse(argv: readonly string[]) {
  let device = argv.includes('exec') ? argv.indexOf('exec') + 1 : argv.length;
  for (let word = argv[device]; word?.startsWith('--'); word = argv[device])
    device += word.includes('=') ? 1 : 2;
  const { values, positionals } = parseArgs({
    args: argv.slice(0, device),
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'ref' },
      topology: { type: 'string', default: 'reference' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { values, words: [...positionals, ...argv.slice(device)] };
}

async function main(): Promise<number> {
  const { values, words } = parse(process.argv.slice(2));
  const [command, ...args] = words;
  const { name } = values;
  if (command === undefined || values.help) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  if (command === 'up') await up(name, values.topology);
  else if (command === 'down') await Lab.down(name);
  else if (command === 'status') return status(name, values.json);
  else if (command === 'exec') return exec(name, args);
  else if (command === 'fault') await (await existing(name)).fault(args[0] ?? '', args.slice(1));
  else if (command === 'heal') await (await existing(name)).heal(args[0] ?? 'all', args.slice(1));
  else if (command === 'faults') listFaults();
  else throw new UsageError(`no command ${command}`);
  return 0;
}

// `… status | head` closes the pipe early; that is not an error.
process.stdout.on('error', () => undefined);
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
