// Makes the documentation that has its truth in the code: docs/configuration.md and docs/config.schema.json from the
// configuration's schema, docs/cli.md from the table of commands, docs/metrics.md from the metric families.
// `npm run docs` writes them; test/config/docs.test.ts fails when they are not what this makes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commands } from '../src/cli/commands.ts';
import { commandHelp } from '../src/cli/help.ts';
import { nodeSources } from '../src/collectors/nodes/node-capabilities.ts';
import { type JsonSchema, jsonSchema } from '../src/config/json-schema.ts';
import { families } from '../src/metrics/families.ts';
import type { FamilyDescription } from '../src/metrics/family.ts';
import { selfFamilies } from '../src/metrics/self.ts';
import { withCatalogue } from './alert-texts.ts';
import { dashboardFiles } from './dashboards/dashboards.ts';
import { findingPages } from './finding-pages.ts';
import { runbookPages } from './runbooks/runbooks.ts';

const root = path.resolve(import.meta.dirname, '..');

const made = (source: string) =>
  `<!-- Made by scripts/docs.ts from ${source}; change it there and run \`npm run docs\`. -->`;

/** A cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''];
}

function kindOf(schema: JsonSchema): string {
  if (schema.$ref) return `[${schema.$ref.split('/').at(-1)}](#kinds-of-value)`;
  if (schema.type === 'array' && schema.items) return `list of ${kindOf(schema.items)}`;
  if (schema.type === 'object') return 'section';
  if (schema.enum) return [...new Set(schema.enum.map(String))].map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  if (schema.title === 'duration') return '[duration](#kinds-of-value)';
  return schema.title ?? 'text';
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return '**needed**';
  if (schema.default === undefined || typeof schema.default === 'object') return '';
  return schema.default === '' ? 'empty' : `\`${schema.default}\``;
}

/** One table per section, sections inside it after it. `seen` holds those that are explained elsewhere. */
function sectionLines(name: string, schema: JsonSchema, level: number, seen: Map<string, string>): string[] {
  const section = schema.type === 'array' ? (schema.items ?? {}) : schema;
  const lines = [`${'#'.repeat(level)} ${name}`, '', ...(schema.description ? [schema.description, ''] : [])];
  const properties = Object.entries(section.properties ?? {});
  const rows = properties.map(([key, option]) => {
    const required = section.required?.includes(key) ?? false;
    return [`\`${key}\``, kindOf(option), defaultOf(option, required), option.description ?? ''];
  });
  lines.push(...table(['option', 'kind', 'default', 'what it does'], rows));
  for (const [key, option] of properties) {
    const inner = option.type === 'array' ? option.items : option;
    if (!inner?.properties) continue;
    const shape = JSON.stringify(Object.keys(inner.properties));
    const known = seen.get(shape);
    const title = `${name}.${key}`;
    if (known)
      lines.push(`\`${title}\`: as [${known}](#${known.toLowerCase().replace(/[^a-z0-9]/g, '')}).`, '');
    else lines.push(...sectionLines(title, option, level + 1, seen));
    seen.set(shape, known ?? title);
  }
  return lines;
}

function configuration(): string {
  const schema = jsonSchema();
  const example = readFileSync(path.join(root, 'test/fixtures/config/good/example.yml'), 'utf8');
  const secret = schema.$defs?.secret?.description ?? '';
  const seen = new Map<string, string>();
  return [
    made('src/config/schema.ts'),
    '# Configuration',
    '',
    'One YAML file (JSON is YAML, too). An option that is not known is a mistake, never passed over:',
    '`calico-bgp-exporter check-config --config FILE` shows every mistake with its line and column.',
    'Relative paths start at the folder of the file, `~/` at the home directory.',
    '',
    'Editors complete and check it with [config.schema.json](config.schema.json), e.g. with this first line:',
    '`# yaml-language-server: $schema=https://…/docs/config.schema.json` (where you keep it).',
    '',
    '```yaml',
    example.trimEnd(),
    '```',
    '',
    '## Kinds of value',
    '',
    '- **duration**: a number with a unit, several of them from large to small: `500ms`, `15s`, `1m30s`, `1h`.',
    `- **secret**: ${secret.replace(/^A secret: /, '')}`,
    '- **IP address**: IPv4 or IPv6 in any notation; shown in its canonical form (RFC 5952).',
    '- **address:port**: `:10179` for every address, `127.0.0.1:10179`, `"[::1]:10179"`.',
    '',
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => sectionLines(name, part, 2, seen)),
  ].join('\n');
}

function schemaJson(): string {
  return `${JSON.stringify({ title: 'Configuration of calico-bgp-exporter', ...jsonSchema() }, null, 2)}\n`;
}

function cli(): string {
  return [
    made('src/cli/commands.ts'),
    '# The command line',
    '',
    ...table(
      ['command', 'does', 'exit codes'],
      commands.map(({ name, summary, exit }) => [`[\`${name}\`](#${name})`, summary, exit.join('; ')]),
    ),
    '`--help` explains the program or a command, `--version` tells its version. Results go to stdout; messages, the log and',
    'the progress line go to stderr. A command line that is not understood ends with 2 and says what was probably meant.',
    '',
    '| environment variable | what it does |',
    '|---|---|',
    '| `CALICO_BGP_EXPORTER_CONFIG` | the configuration where `--config` is not given (serve, audit, check-config) |',
    '| `NO_COLOR` | no colour, as in a pipe; `--no-color` does the same |',
    '| `SSH_AUTH_SOCK` | the SSH agent, for switches with `agent: true` |',
    '| those that the configuration names as `{env: NAME}` | secrets |',
    '',
    ...commands.flatMap((command) => [
      `## ${command.name}`,
      '',
      '```text',
      commandHelp(command).trimEnd(),
      '```',
      '',
    ]),
    ...shapes,
  ].join('\n');
}

const shapes = [
  '## JSON',
  '',
  'Keys with `?` are absent where the device does not say. Nothing is ever made up: `null` and absent are not zero.',
  'Addresses and prefixes are text in canonical form, times ISO 8601 in UTC.',
  '',
  '`parse` prints `{sessions, routes, notes}`:',
  '',
  '- a session is `{device, peerAddress, peerAsn, localAsn, state, afi, vrf, description?, adminDown?, establishedSeconds?,',
  '  prefixesReceived?, prefixesAccepted?, prefixesAdvertised?, lastError?}`; `state` is one of `idle`, `connect`, `active`, `opensent`,',
  '  `openconfirm`, `established`, or `null`; `peerAsn` and `localAsn` are numbers or `null`; `afi` is `ipv4` or `ipv6`;',
  '- a route is `{device, prefix, nextHops: [{address?, interface?}], protocol, best, asPath?, from?, vrf}`;',
  '- a note is a sentence on what in the text was left unread, and why.',
  '',
  '`expected --output json` prints `{sessions, prefixes, problems}`:',
  '',
  '- a session is `{node, name, peerAddress, port?, peerAsn, localAsn, afi, kind, passive, rrClient, nextHopKeep, because}` and, where they',
  '  apply, `peerNode`, `sourceAddress`, `nextHopSelf`, `ttlSecurity`, `passwordSet`, `filters`, `allowedLocalAsns`; `name` is',
  "  BIRD's; `kind` is `mesh`, `node`, `global` or `local-workload`;",
  '- a prefix is `{prefix, kind, origins, because}`; `kind` is `block`, `pod-cidr`, `borrowed`, `service-cluster`, `service-external` or',
  '  `service-loadbalancer`; `origins` are the nodes that may announce it;',
  '- a problem is `{severity, object, field?, message}`;',
  '- with `--node` also `announcements`: `{node, session, peerAddress, peerAsn, prefix, kind, origin, nextHop, communities, because}`; `session` is the',
  "  name in BIRD, `origin` the node that the prefix comes from (a route reflector passes on others'), `communities` are those added on the way.",
  '',
  '`expected --diff --output json` prints `{sessions, prefixes, announcements, problems}`, each `{added, removed, changed}`: added and removed are',
  'lists of the above, changed one of `{fields, before, after}`. A session is known by its node and name, a prefix by its kind. Where a cluster',
  'is so big that following every route takes too long, `announcements` is absent.',
  '',
  '`audit --output json` prints `{findings, pending, unknown, summary}`:',
  '',
  '- a finding is `{check, severity, device, subject, verdict, cause?, detail, since}` and, where they apply, `prefix`, `kind`, `nodes`,',
  '  `peerAddress`, `peer`, `vrf`, `ends` (of a session: `[{device, state, says}]`); findings stand worst first;',
  '- `pending` are findings within a grace time, `unknown` what could not be judged because nobody could look;',
  '- `summary` is `{devices, devicesUnknown, sessionsUp, sessionsDown, expectedPrefixes, missing, unknown}`.',
  '',
];

function metricRows(list: readonly FamilyDescription[]): string[] {
  return table(
    ['metric', 'type', 'labels', 'what it says'],
    list.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
}

function metrics(): string {
  const own = selfFamilies();
  const about = (ours: boolean) => own.filter(({ name }) => name.startsWith('calico_bgp_') === ours);
  return [
    made('src/metrics/families.ts and src/metrics/self.ts'),
    '# Metrics',
    '',
    'Everything at `/metrics`. A scrape asks no device: values are those of the latest audit, times say how old readings are.',
    'Types are those of OpenMetrics; in the text format 0.0.4 an info or a stateset is a gauge.',
    '',
    '## The fabric',
    '',
    ...metricRows(families),
    '## The exporter itself',
    '',
    ...metricRows(about(true)),
    '## Its process',
    '',
    'From prom-client, as in every Node.js program.',
    '',
    ...metricRows(about(false)),
  ].join('\n');
}

/** The alert rules as the Prometheus operator's object: the same text, one level deeper. */
function prometheusRule(rules: string): string {
  const groups = rules.slice(rules.indexOf('\ngroups:') + 1);
  return [
    '# Made from calico-bgp.rules.yml by `npm run docs`: change that.',
    'apiVersion: monitoring.coreos.com/v1',
    'kind: PrometheusRule',
    'metadata:',
    '  name: calico-bgp-exporter',
    'spec:',
    groups.replace(/^(?=.)/gm, '  '),
  ].join('\n');
}

/** Every generated file, by its path from the project's root. */
const names = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/** docs/nodes.md with the table of what each way can see put in. */
function nodePage(): string {
  const file = readFileSync(path.join(root, 'docs', 'nodes.md'), 'utf8');
  const rows = nodeSources.map(({ key, capabilities: { sessions, routes }, ...source }) => [
    `\`${key}\``,
    sessions ? `${sessions.families.map((afi) => names[afi]).join(', ')}; state and kind` : 'no',
    sessions?.counts.join(', ') || 'no',
    source.lastErrors ? 'yes' : 'no',
    routes?.layers.includes('local')
      ? routes.allNextHops
        ? 'yes, every next hop'
        : 'yes, one next hop'
      : 'no',
    routes?.layers.includes('exported') ? 'yes' : 'no',
    source.daemon,
    [sessions?.limits, routes?.limits].filter((limit) => limit !== undefined).join('; '),
    source.age,
    source.needs,
  ]);
  const head = [
    'way',
    'sessions',
    'counts',
    'last error',
    "BIRD's own routes",
    'what it sends',
    'of BIRD itself',
  ];
  const lines = table([...head, 'not seen', 'age', 'needs'], rows);
  const [start, end] = ['run `npm run docs` -->\n', '<!-- end of ways -->'];
  const from = file.indexOf(start) + start.length;
  return `${file.slice(0, from)}\n${lines.join('\n')}\n${file.slice(file.indexOf(end))}`;
}

export function documents(): Record<string, string> {
  const rules = withCatalogue(readFileSync(path.join(root, 'alerts', 'calico-bgp.rules.yml'), 'utf8'));
  return {
    'docs/nodes.md': nodePage(),
    'docs/configuration.md': configuration(),
    'docs/config.schema.json': schemaJson(),
    'docs/cli.md': cli(),
    'docs/metrics.md': metrics(),
    'alerts/calico-bgp.rules.yml': rules,
    'alerts/calico-bgp.prometheusrule.yaml': prometheusRule(rules),
    ...dashboardFiles(),
    ...findingPages(),
    ...runbookPages(),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of Object.entries(documents())) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}
