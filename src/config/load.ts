// From a file to a Config, or to the list of everything that is wrong with it: YAML with positions, then each section
// and each device against its schema by itself, then what has to do with each other. One run shows all mistakes, in the
// order of the file; nothing half-understood is ever used.

import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parsePrefix } from '../model/prefix.ts';
import { thresholdsOf } from './alerts-schema.ts';
import type { CarryRule, CollectionConfig, Config, NodeConfig, SwitchConfig } from './config.ts';
import { type Context, fileTrouble, report, reportKey } from './context.ts';
import { readDatastore } from './datastore.ts';
import { checkTogether, type Defaults, resolveDiscovery, resolveNode, resolveSwitch } from './devices.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { explainIssue, valueAt } from './explain.ts';
import { parseListen } from './listen.ts';
import { readKubernetesLogin, readNodeDiscovery } from './node-sources.ts';
import { configSchema, deviceSchemas, type FileConfig, sectionSchemas } from './schema.ts';
import { readShards } from './shards.ts';
import { readSilences } from './silences.ts';
import { readSnmpSection } from './snmp.ts';
import { type Problem, readSource } from './source.ts';
import { readSshSection } from './ssh.ts';

/** The configuration cannot be used; `problems` are all the reasons, in the order of the file. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** `file:line:col message`, as editors and grep -n users expect it. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return `${file}:${line}:${column} ${message}`;
}

const mostBytes = 8 * 1024 * 1024;

/** Reads a configuration file. Relative paths in it start at its folder. Throws ConfigError and nothing else. */
export async function loadConfig(path: string, env: NodeJS.ProcessEnv): Promise<Config> {
  const fail = (message: string) => new ConfigError([{ file: path, line: 1, column: 1, message }]);
  let text: string;
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw fail('this is a directory; name the file in it');
    // A pipe or a device may never end, and says nothing of its size.
    if (!stats.isFile()) throw fail('this is not a regular file; a configuration is read from one');
    if (stats.size > mostBytes)
      throw fail(`this file is larger than ${mostBytes} bytes; is it the right one?`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof ConfigError ? error : fail(`this file ${fileTrouble(error)}`);
  }
  return parseConfig(text, path, env);
}

/** Reads the text of a configuration; `file` is for messages and relative paths. Throws ConfigError. */
export function parseConfig(text: string, file: string, env: NodeJS.ProcessEnv): Config {
  const source = readSource(text, file);
  const context: Context = { source, env, folder: dirname(resolve(file)), problems: [...source.problems] };
  const config = context.problems.length === 0 ? readConfig(context) : undefined;
  if (config && context.problems.length === 0) return config;
  const order = (x: Problem, y: Problem) => x.line - y.line || x.column - y.column;
  throw new ConfigError(context.problems.sort(order));
}

function readConfig(context: Context): Config | undefined {
  const { source } = context;
  if (source.data === null || source.data === undefined) {
    reportKey(context, [], 'is empty; docs/configuration.md begins with an example');
    return undefined;
  }
  const result = configSchema.safeParse(source.data);
  if (!result.success) {
    context.problems.push(...result.error.issues.flatMap((issue) => explainIssue(source, issue)));
  }
  const all = readCollection(context);
  const datastore = readDatastore(context);
  const defaults = readDefaults(context);
  const nodes = each(context, 'nodes', (at, section) => resolveNode(context, at, section, all));
  const switches = each(context, 'switches', (at, section) =>
    resolveSwitch(context, at, section, defaults, all),
  );
  const found = sectionSchemas.discovery.optional().safeParse(valueAt(source.data, ['discovery']));
  const discovery = found.data && resolveDiscovery(context, found.data, defaults, all);
  const others = sectionSchemas.shards.optional().safeParse(valueAt(source.data, ['shards']));
  const shards = others.data && readShards(context, others.data);
  const kubernetes = readKubernetesLogin(context, datastore);
  const nodeDiscovery = readNodeDiscovery(context, all);
  checkTogether(context, nodes, switches);
  const config = result.data;
  if (!config) return undefined;
  if (config.nodes.length + config.switches.length === 0 && !config.discovery && !config.nodeDiscovery) {
    reportKey(
      context,
      [],
      'names no device to ask; list at least one under nodes or switches, or add a discovery section',
    );
  }
  return {
    file: source.file,
    web: { listen: parseListen(config.web.listen) ?? { port: 10179 } },
    datastore,
    expected: {
      usePodCidr: config.expected.usePodCidr,
      rules: config.expected.rules.map(carryRule),
      ...(config.expected.calicoVersion && { calicoVersion: config.expected.calicoVersion }),
    },
    collection: all,
    audit: config.audit,
    silences: readSilences(config.silences),
    alertThresholds: thresholdsOf(config.alerts),
    metrics: config.metrics,
    kubernetes,
    ...(nodeDiscovery && { nodeDiscovery }),
    nodes: nodes.map(({ device }) => device),
    switches: switches.map(({ device }) => device),
    ...(discovery && { discovery }),
    ...(shards && { shards }),
    log: config.log,
  };
}

function carryRule(rule: FileConfig['expected']['rules'][number]): CarryRule {
  const { devices, kinds, within, nodes, carry } = rule;
  return {
    ...(devices && { devices }),
    ...(kinds && { kinds }),
    ...(within && { within: within.map(parsePrefix) }),
    ...(nodes && { nodes }),
    carry,
  };
}

function readCollection(context: Context): CollectionConfig {
  const result = configSchema.shape.collection.safeParse(valueAt(context.source.data, ['collection']));
  // Not a number: then no comparison complains about values that nobody wrote.
  if (!result.success) return { interval: Number.NaN, timeout: Number.NaN, concurrency: 1 };
  const { interval, timeout, concurrency } = result.data;
  const all = {
    interval: parseDuration(interval) ?? Number.NaN,
    timeout: parseDuration(timeout) ?? Number.NaN,
    concurrency,
  };
  if (all.timeout > all.interval) {
    const key =
      valueAt(context.source.data, ['collection', 'timeout']) === undefined ? 'interval' : 'timeout';
    report(
      context,
      ['collection', key],
      key === 'timeout'
        ? `is ${formatDuration(all.timeout)}, longer than the interval of ${formatDuration(all.interval)}; a reading must end before the next begins`
        : `is ${formatDuration(all.interval)}, shorter than the timeout of ${formatDuration(all.timeout)}; lower collection.timeout too`,
    );
  }
  return all;
}

function readDefaults(context: Context): Defaults {
  const raw = (key: 'snmp' | 'ssh') => valueAt(context.source.data, ['defaults', key]);
  const snmp = sectionSchemas.snmp.optional().safeParse(raw('snmp'));
  const ssh = sectionSchemas.ssh.optional().safeParse(raw('ssh'));
  return {
    snmp: snmp.success ? snmp.data && readSnmpSection(context, ['defaults', 'snmp'], snmp.data) : 'broken',
    ssh: ssh.success ? ssh.data && readSshSection(context, ['defaults', 'ssh'], ssh.data) : 'broken',
  };
}

type Sections = { [K in keyof typeof deviceSchemas]: ReturnType<(typeof deviceSchemas)[K]['parse']> };

/** The devices of one list that follow their schema, each resolved, with its place in the file. */
function each<K extends keyof Sections, T extends NodeConfig | SwitchConfig>(
  context: Context,
  key: K,
  read: (at: (string | number)[], section: Sections[K]) => T,
) {
  const raw = valueAt(context.source.data, [key]);
  return (Array.isArray(raw) ? raw : []).flatMap((entry: unknown, i) => {
    const result = deviceSchemas[key].safeParse(entry);
    const at = [key, i];
    return result.success ? [{ at, device: read(at, result.data as Sections[K]) }] : [];
  });
}
