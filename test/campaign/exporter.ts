// The exporter under test, as a user runs it: the built bundle, `serve`, one configuration file, in the observer's
// namespace; and the watcher beside it, which keeps what the exporter says as a timeline.
import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
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
  // What hangs is given up before its next turn, as a configuration should have it.
  const timeout = `${(3 * intervalMs) / 4}ms`;
  const addresses = (device: string) =>
    interfacesOf(lab.state.topology, device).flatMap((end) => end.addresses.map(hostOf));
  return {
    ...config,
    collection: { interval: every, timeout },
    switches: config.switches.map((each) => ({ ...each, bgpAddresses: addresses(String(each.name)) })),
  };
}

/** What the exporter said at a time; `ok` is false while it does not answer or has not audited yet. */
export interface Moment {
  readonly at: number;
  readonly ok: boolean;
  readonly findings: readonly Said[];
}

/** What is loaded into the exporter besides, and its environment. */
export interface Loaded {
  readonly imports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class Exporter {
  readonly #lab: Lab;
  readonly #loaded: Loaded;
  readonly #clockFile: string;
  #config: Config | undefined;
  #process: LabProcess | undefined;
  #watcher: LabProcess | undefined;
  #moments: Moment[] = [];
  #offset = 0;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(lab: Lab, loaded: Loaded = { imports: [], env: {} }) {
    this.#lab = lab;
    this.#loaded = loaded;
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
    const { imports, env } = this.#loaded;
    const modules = [path.join(import.meta.dirname, 'clock.mjs'), ...imports];
    const argv = [process.execPath, ...modules.flatMap((file) => ['--import', file]), bundle, 'serve'];
    this.#process = await this.#lab.spawn('obs', [...argv, '--config', file], {
      as: 'campaign-exporter',
      env: { CAMPAIGN_CLOCK: this.#clockFile, ...env },
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

  /** What it has written to its log so far, all its starts together; undefined before the first one. */
  get logFile(): string | undefined {
    return this.#process?.logFile;
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    await this.#watcher?.stop();
  }

  /** The whole timeline so far. */
  moments(): readonly Moment[] {
    if (!this.#watcher) return [];
    const lines = (this.#rest + this.#more(this.#watcher.logFile)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) this.#moments.push(JSON.parse(line) as Moment);
    return this.#moments;
  }

  /** What has come since the last time, and nothing again: the timeline of hours is long. */
  #more(file: string): string {
    const buffer = Buffer.alloc(2 ** 16);
    const log = openSync(file, 'r');
    try {
      let text = '';
      for (;;) {
        const read = readSync(log, buffer, 0, buffer.length, this.#offset);
        this.#offset += read;
        text += this.#decoder.write(buffer.subarray(0, read));
        if (read < buffer.length) return text;
      }
    } finally {
      closeSync(log);
    }
  }

  now(): Moment {
    return this.moments().at(-1) ?? { at: 0, ok: false, findings: [] };
  }
}
