// What the steps of a scenario act upon: the lab's daemons, the cluster's objects in the file that the exporter reads, and
// the exporter itself.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import type { Lab } from '../lab/lab.ts';
import { Exporter, type Loaded } from './exporter.ts';

/** An object of Kubernetes or Calico, to be changed freely. */
export interface Thing {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> } & Record<
    string,
    unknown
  >;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** The datastore: one file, replaced at once so that nobody reads half of it. */
export class Objects {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  read(): Thing[] {
    return parseAllDocuments(readFileSync(this.#file, 'utf8')).map((document) => document.toJS() as Thing);
  }

  write(things: readonly Thing[]): void {
    const next = `${this.#file}.next`;
    writeFileSync(
      next,
      things.map((thing) => `---\n${stringify(thing, { aliasDuplicateObjects: false })}`).join(''),
    );
    renameSync(next, this.#file);
  }

  /** Changes the objects; returns them as they were. */
  edit(change: (things: Thing[]) => Thing[]): Thing[] {
    const before = this.read();
    this.write(change(structuredClone(before)));
    return before;
  }
}

export class World {
  readonly lab: Lab;
  readonly objects: Objects;
  readonly exporter: Exporter;
  /** Between two readings of a device, as the exporter is configured. */
  readonly intervalMs: number;

  /** `loaded` goes into the exporter besides. */
  constructor(lab: Lab, intervalMs = 2000, loaded?: Loaded) {
    this.lab = lab;
    this.intervalMs = intervalMs;
    this.objects = new Objects(lab.description.objectsFile);
    this.exporter = new Exporter(lab, loaded);
  }
}
