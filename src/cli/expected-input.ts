// Where the objects of `expected` come from: files, or the datastore of a configuration; and what they call for.
// From a configuration it is the exporter that computes, so that both say the same.
import type { Config } from '../config/config.ts';
import { DatastoreError, loadFiles } from '../datastores/files.ts';
import { routeMapOf } from '../expected/announcements.ts';
import { type ExpectedSettings, readCluster } from '../expected/cluster.ts';
import { computeExpected } from '../expected/compute.ts';
import type { Side } from '../expected/diff.ts';
import { createExporter, datastoreOf } from '../exporter.ts';
import type { ExpectedState, ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { CannotRun, flagValue, flagValues, type Invocation, type Io, UsageError } from './command.ts';
import { readConfig } from './config-file.ts';
import { quietLog } from './log.ts';

interface Loaded {
  readonly objects: readonly ApiObject[];
  readonly problems: readonly ObjectProblem[];
}

async function filesAt(paths: readonly string[]): Promise<Loaded> {
  try {
    const { objects, problems } = await loadFiles(paths);
    return { objects, problems };
  } catch (error) {
    if (error instanceof DatastoreError) throw new CannotRun(error.message);
    throw error;
  }
}

/** As filesAt, with messages that do not say where the files lie: two versions of one folder are to be compared. */
async function filesUnder(path: string): Promise<Loaded> {
  const { objects, problems } = await filesAt([path]);
  const moved = problems.map((problem) => ({ ...problem, message: problem.message.replaceAll(path, '…') }));
  return { objects, problems: moved };
}

/** A cluster with Calico has objects of it, if only the BGPConfiguration: without any these are the wrong files. */
function calicolessProblems({ objects }: Loaded): readonly ObjectProblem[] {
  if (objects.some(({ apiVersion }) => /^(?:crd\.)?projectcalico\.org\//.test(apiVersion))) return [];
  const message =
    'there is none (apiVersion projectcalico.org/v3 or crd.projectcalico.org/v1): pools, blocks and peers are not known';
  return [{ severity: 'warning', object: 'Calico object', message }];
}

function sideOf(loaded: Loaded, settings: ExpectedSettings): Side {
  const { objects, problems } = loaded;
  const expected = computeExpected(objects, settings);
  const map = routeMapOf(readCluster(objects, settings));
  const all = [...problems, ...calicolessProblems(loaded), ...expected.problems];
  return { expected: { ...expected, problems: all }, map };
}

/** The same as the exporter computes, whichever the datastore; without devices it asks none. */
async function fromConfig(config: Config, io: Io): Promise<ExpectedState> {
  const exporter = createExporter({ ...config, nodes: [], switches: [] }, { log: quietLog, now: io.now });
  const { expected } = await exporter.runOnce();
  await exporter.stop();
  if (!expected.ok) throw new CannotRun(expected.error.message);
  return expected.value;
}

async function objectsOf(config: Config, io: Io): Promise<Loaded> {
  const datastore = datastoreOf(config, io.now);
  try {
    await datastore.refresh();
    const reading = datastore.current();
    if (!reading.ok) throw new CannotRun(reading.error.message);
    return reading.value;
  } finally {
    datastore.stop();
  }
}

/** What is expected; with `withMap` also what following routes needs. Throws CannotRun and UsageError. */
export async function readExpected(
  invocation: Invocation,
  io: Io,
  withMap: boolean,
): Promise<Omit<Side, 'map'> & Partial<Side>> {
  const files = [...flagValues(invocation, 'datastore'), ...invocation.rest];
  const path = flagValue(invocation, 'config');
  if (files.length > 0 && path) throw new UsageError('--datastore and --config both name objects; keep one');
  if (files.length === 0 && !path)
    throw new UsageError('which objects? Add --datastore FILE or --config FILE');
  if (!path) return sideOf(await filesAt(files), {});
  const config = await readConfig(path, io);
  const expected = await fromConfig(config, io);
  if (!withMap) return { expected };
  const { objects } = await objectsOf(config, io);
  return { expected, map: routeMapOf(readCluster(objects, config.expected)) };
}

function identity(object: ApiObject): string {
  const [group] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [''];
  return `${group} ${objectName(object)}`;
}

/** Objects with those of a change in the place of their older selves. */
function applied(base: Loaded, change: Loaded): Loaded {
  const objects = new Map(base.objects.map((object) => [identity(object), object]));
  for (const object of change.objects) objects.set(identity(object), object);
  return { objects: [...objects.values()], problems: [...base.problems, ...change.problems] };
}

/**
 * The two sides of --diff: OLD and NEW, or what --datastore or --config names, and the same with the objects of NEW put
 * into it. Throws CannotRun and UsageError.
 */
export async function readSides(invocation: Invocation, io: Io): Promise<readonly [Side, Side]> {
  const [first, second, ...more] = invocation.rest;
  const datastore = flagValues(invocation, 'datastore');
  const path = flagValue(invocation, 'config');
  if (datastore.length > 0 && path)
    throw new UsageError('--datastore and --config both name objects; keep one');
  const based = datastore.length > 0 || path !== undefined;
  if (first === undefined || more.length > 0 || (second === undefined) !== based) {
    throw new UsageError('--diff compares two: --diff OLD NEW, or --datastore OLD --diff NEW');
  }
  const config = path === undefined ? undefined : await readConfig(path, io);
  const settings = config?.expected ?? {};
  if (second !== undefined) {
    const [older, newer] = [await filesUnder(first), await filesUnder(second)];
    return [sideOf(older, settings), sideOf(newer, settings)];
  }
  const base = config ? await objectsOf(config, io) : await filesAt(datastore);
  const change = await filesAt([first]);
  return [sideOf(base, settings), sideOf(applied(base, change), settings)];
}
