// Steps on daemons: the lab's own faults, configuration lines on a switch, a changed file of a node's BIRD, packets that
// get lost, daemons that end.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Daemon, daemonsOf, pidOf, start, stop } from '../../lab/daemons.ts';
import { configureSwitch, nodeNamed, reconfigure, switchNamed, tellBird } from '../../lab/faults/fault.ts';
import { pidsIn, signal } from '../../lab/processes.ts';
import { run } from '../../lab/run.ts';
import { tuneRouteCache } from '../../lab/snmp-cache.ts';
import { folderOf, frrFolders, netnsOf } from '../../lab/state.ts';
import { BRIDGES, nodeFamilies } from '../../lab/topology.ts';
import type { Step } from '../scenario.ts';
import type { World } from '../world.ts';

/** One of the lab's own faults (`npm run lab -- faults`). */
export function fault(name: string, ...args: readonly string[]): Step {
  return {
    says: [name, ...args].join(' '),
    apply: ({ lab }) => lab.fault(name, args),
    undo: async ({ lab }) => {
      const inForce = (await lab.faults()).some(
        (other) => other.name === name && other.args.join(' ') === args.join(' '),
      );
      if (inForce) await lab.heal(name, args);
    },
  };
}

/** Types configuration commands on a switch, and others to undo them. */
export function configure(device: string, lines: readonly string[], undo: readonly string[]): Step {
  return {
    says: `${device}: ${lines.join(' / ')}`,
    apply: ({ lab }) => configureSwitch(lab.state, device, lines),
    undo: ({ lab }) => configureSwitch(lab.state, device, undo),
  };
}

/** The same below `router bgp`. */
export function bgp(device: string, lines: readonly string[], undo: readonly string[]): Step {
  const below = ({ lab }: World, rest: readonly string[]) =>
    configureSwitch(lab.state, device, [`router bgp ${switchNamed(lab.state, device).asn}`, ...rest]);
  return {
    says: `${device}: ${lines.join(' / ')}`,
    apply: (world) => below(world, lines),
    undo: (world) => below(world, undo),
  };
}

/** Types what is in the switch's own configuration file: what a step has taken out comes back. */
async function retype({ lab }: World, device: string): Promise<void> {
  const { config } = frrFolders(lab.state, device);
  const argv = [path.join(folderOf(lab.state, device), 'bin', 'vtysh'), '-f', path.join(config, 'bgpd.conf')];
  await run(argv, { device });
}

/** Takes lines out below `router bgp`; the switch's configuration file brings them back. */
export function unconfigure(device: string, lines: readonly string[]): Step {
  const { says, apply } = bgp(device, lines, []);
  return { says, apply, undo: (world) => retype(world, device) };
}

/** Commands of the switch's operator that are no configuration, such as `clear bgp …`. */
export function operate(device: string, command: string): Step {
  const type = async ({ lab }: World) => {
    await lab.vtysh(device, command);
  };
  return { says: `${device}: ${command}`, apply: type, undo: type };
}

async function rendered({ lab }: World, name: string): Promise<void> {
  const faults = await lab.faults();
  await reconfigure({ lab: lab.state, args: [], slot: 0, faults }, nodeNamed(lab.state, name));
}

/** Changes a file of a node's BIRD by hand, as no object asks for, and has it read. */
export function birdFile(node: string, file: string, says: string, change: (text: string) => string): Step {
  return {
    says: `${node}: ${file}: ${says}`,
    async apply({ lab }) {
      const name = path.join(folderOf(lab.state, node), file);
      const before = await readFile(name, 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`${node}: ${file}: nothing to change: ${says}`);
      await writeFile(name, after);
      for (const afi of nodeFamilies(nodeNamed(lab.state, node)))
        await tellBird(lab.state, node, afi, 'configure');
    },
    undo: (world) => rendered(world, node),
  };
}

/** Drops BGP packets that a device sends to an address, by a routing rule: neither side is told. */
export function dropBgp(device: string, address: string): Step {
  const rule = async ({ lab }: World, verb: 'add' | 'del') => {
    const ip = [
      'ip',
      ...(address.includes(':') ? ['-6'] : []),
      '-n',
      netnsOf(lab.state, device),
      'rule',
      verb,
    ];
    for (const port of ['dport', 'sport'])
      await run([...ip, 'to', address, 'ipproto', 'tcp', port, '179', 'blackhole'], { device });
  };
  return {
    says: `${device}: packets of BGP to ${address} are dropped`,
    apply: (world) => rule(world, 'add'),
    undo: (world) => rule(world, 'del'),
  };
}

/** A command in a device's namespace, and the one that undoes it. */
export function command(device: string, argv: readonly string[], undo: readonly string[]): Step {
  const exec = async ({ lab }: World, words: readonly string[]) => {
    if (words.length === 0) return;
    const { code, stderr } = await lab.exec(device, words);
    if (code !== 0) throw new Error(`${device}: ${words.join(' ')}: ${stderr}`);
  };
  return {
    says: `${device}: ${argv.join(' ')}`,
    apply: (world) => exec(world, argv),
    undo: (world) => exec(world, undo),
  };
}

/** The ports of a device: a cable's own end, a segment's port and the management's port on the bridge's side. */
function ports({ lab }: World, device: string): { netns: string; name: string }[] {
  const bridges = netnsOf(lab.state, BRIDGES);
  const links = lab.state.topology.links.flatMap((link) =>
    link.ends
      .filter((end) => end.device === device)
      .map(({ interface: name }) =>
        link.ends.length === 2
          ? { netns: netnsOf(lab.state, device), name }
          : { netns: bridges, name: `${device}.${name}` },
      ),
  );
  return [...links, { netns: bridges, name: `${device}.mgmt0` }];
}

async function setPorts(world: World, device: string, state: 'up' | 'down'): Promise<void> {
  for (const { netns, name } of ports(world, device))
    await run(['ip', '-n', netns, 'link', 'set', name, state], { device });
}

/** A device loses its power: all its ports go dark and every daemon is gone without a word. */
export function powerOff(device: string): Step {
  return {
    says: `${device}: the power goes off`,
    async apply(world) {
      await setPorts(world, device, 'down');
      for (const daemon of daemonsOf(world.lab.state, device)) {
        const pid = await pidOf(daemon);
        if (pid !== undefined) signal(pid, 'SIGKILL');
        await stop(daemon);
      }
    },
    async undo(world) {
      const { state } = world.lab;
      await setPorts(world, device, 'up');
      for (const daemon of daemonsOf(state, device)) {
        await start(daemon);
        if (daemon.name === 'snmpd') await tuneRouteCache(state, device);
      }
    },
  };
}

/** One daemon of a device ends in order: where the lab's own fault would take both of a node's BIRDs. */
export function stopOne(device: string, name: Daemon['name']): Step {
  const found = ({ lab }: World) => daemonsOf(lab.state, device).filter((daemon) => daemon.name === name);
  return {
    says: `${device}: ${name} ends`,
    apply: async (world) => {
      for (const daemon of found(world)) await stop(daemon);
    },
    undo: async (world) => {
      for (const daemon of found(world)) await start(daemon);
    },
  };
}

/** The SSH sessions that stand on a switch end: the exporter keeps its own, whatever becomes of the daemon. */
export function endOfSshd(device: string): Step {
  return {
    says: `${device}: the SSH sessions that stand end`,
    async apply({ lab }) {
      const master = daemonsOf(lab.state, device).find(({ name }) => name === 'sshd');
      const spared = master && (await pidOf(master));
      for (const pid of await pidsIn([netnsOf(lab.state, device)])) {
        const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
        if (name.startsWith('sshd') && pid !== spared) signal(pid, 'SIGKILL');
      }
    },
    undo: async () => undefined,
  };
}

/** The lab's fault is healed as part of what happens, not afterwards. */
export function healed(name: string, ...args: readonly string[]): Step {
  return {
    says: `healed: ${[name, ...args].join(' ')}`,
    apply: async ({ lab }) => {
      await lab.heal(name, args);
    },
    undo: async () => undefined,
  };
}

/** Waits, where a change takes its time in real life too. */
export function pause(ms: number): Step {
  const wait = () => new Promise<void>((wake) => setTimeout(wake, ms));
  return { says: `${ms / 1000} s pass`, apply: wait, undo: async () => undefined };
}

/** A step that belongs to the healing alone; it is undone after those that stand behind it. */
export function onlyUndo(step: Step): Step {
  return {
    says: `when healing: ${step.says}`,
    apply: async () => undefined,
    undo: (world) => step.undo(world),
  };
}

/** A step that something else undoes. */
export function once({ says, apply }: Step): Step {
  return { says, apply, undo: async () => undefined };
}

/** Turns a step around: undone when applied, applied again when undone. */
export function reverse(step: Step): Step {
  return {
    says: `undone: ${step.says}`,
    apply: (world) => step.undo(world),
    undo: (world) => step.apply(world),
  };
}
