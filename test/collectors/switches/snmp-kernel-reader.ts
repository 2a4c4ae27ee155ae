// Run by snmp-kernel.test.ts inside of a network namespace: collects from an agent on 127.0.0.1 and prints what it read.
import { snmpCollector } from '../../../src/collectors/switches/snmp.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';

const [, , port, ranges = '', prefixes = ''] = process.argv;
const list = (text: string) =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map(parsePrefix);
const collector = snmpCollector({
  device: 'kernel',
  host: '127.0.0.1',
  port: Number(port),
  credentials: { version: '2c', community: 'public' },
  timeoutMs: 500,
  retries: 20,
  maxRepetitions: 10,
  maxRows: 1000,
  now: Date.now,
});
const { routes, facts, sessions } = await collector.collect(
  { ranges: list(ranges), prefixes: list(prefixes) },
  AbortSignal.timeout(12_000),
);
const shown = routes.ok
  ? routes.value.map(({ table, ...view }) => ({
      ...view,
      scopes: view.scopes.map((scope) => [scope.kind, ...scope.prefixes.map(formatPrefix)]),
      rows: [...table.rows()].map((row) => ({ ...row, prefix: formatPrefix(row.prefix) })),
    }))
  : routes.error;
process.stdout.write(JSON.stringify({ facts, sessions, routes: shown }));
