// The exporter under test, as a user runs it: the built bundle, `serve`, one configuration file, in the observer's
// namespace; and the watcher beside it, which keeps what the exporter says as a timeline.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { labConfig, root, writeConfig } from '../e2e/stack.ts';
import type { Lab } from '../lab/lab.ts';
import type { LabProcess } from '../lab/spawn.ts';
import { hostOf, interfacesOf } from '../lab/topology.ts';
import type { Said, Via } from './scenario.ts';

/** The configuration file's content, as far as scenarios change it. */
export interface Config {
  readonly switches: readonly Readonly<Record<string, unknown>>[];
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly [section: string]: unknown;
}

const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');

export async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
}

/** The lab's configuration with every switch's addresses, as docs/configuration.md advises. */
export function configFor(lab: Lab, via: Via, intervalMs: number): Config {
  const config = labConfig(lab, () => via) as Config;
  const every = `${intervalMs}ms`;
  const addresses = (device: string) =>
    interfacesOf(lab.state.topology, device).flatMap((end) => end.addresses.map(hostOf));
  return {
    ...config,
    collection: { interval: every, timeout: every },
    switches: config.switches.map((each) => ({ ...each, bgpAddresses: addresses(String(each.name)) })),
  };
}

/** What the exporter said at a time; `ok` is false while it does not answer or has not audited yet. */
export interface Moment {
  readonly at: number;
  readonly ok: boolean;
  readonly findings: readonly Said[];
}

export class Exporter {
  readonly #lab: Lab;
  readonly #clockFile: string;
  #config: Config | undefined;
  #process: LabProcess | undefined;
  #watcher: LabProcess | undefined;
  #moments: Moment[] = [];
  #offset = 0;
  #rest = '';

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#clockFile = path.join(lab.description.folder, 'campaign-clock');
  }

  /** Starts it, or starts it anew where the configuration differs; waits for its first audit. */
  async use(config: Config): Promise<void> {
    if (this.#process && JSON.stringify(config) === JSON.stringify(this.#config)) return;
    await this.#process?.stop();
    this.#config = config;
    this.setClock(0);
    await this.#start();
  }

  async restart(): Promise<void> {
    await this.#process?.stop();
    await this.#start();
  }

  /** Sets the exporter's clock wrong by so many milliseconds. */
  setClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs));
  }

  async #start(): Promise<void> {
    const file = writeConfig(this.#lab, 'campaign', this.#config ?? {});
    const began = Date.now();
    const argv = [process.execPath, '--import', path.join(import.meta.dirname, 'clock.mjs'), bundle, 'serve'];
    this.#process = await this.#lab.spawn('obs', [...argv, '--config', file], {
      as: 'campaign-exporter',
      env: { CAMPAIGN_CLOCK: this.#clockFile },
    });
    this.#watcher ??= await this.#lab.spawn(
      'obs',
      [process.execPath, path.join(import.meta.dirname, 'watch.mjs')],
      { as: 'campaign-watch' },
    );
    while (!this.moments().some(({ at, ok }) => ok && at > began)) {
      if (Date.now() - began > 20_000) {
        const { logFile } = this.#process;
        await this.#process.stop();
        this.#process = undefined;
        throw new Error(`the exporter does not answer; see ${logFile}`);
      }
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    await this.#watcher?.stop();
  }

  /** The whole timeline so far. */
  moments(): readonly Moment[] {
    if (!this.#watcher) return [];
    const bytes = readFileSync(this.#watcher.logFile);
    const lines = (this.#rest + bytes.toString('utf8', this.#offset)).split('\n');
    this.#offset = bytes.length;
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) this.#moments.push(JSON.parse(line) as Moment);
    return this.#moments;
  }

  now(): Moment {
    return this.moments().at(-1) ?? { at: 0, ok: false, findings: [] };
  }
}
