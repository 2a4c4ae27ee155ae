// The routing table of a switch with 100,000 rows over SNMP: from the first request to the verdict on every expected prefix,
// beside one scrape of one column by Debian's prometheus-snmp-exporter and beside snmpbulkwalk. One agent for all of them.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { type Measured, print } from './measure.ts';
import { bulkWalk, type Cost, snmpExporter } from './snmp/peers.ts';

const runs = 3;
const here = import.meta.dirname;
const folder = mkdtempSync(path.join(tmpdir(), 'bench-snmp-bundle-'));
const bundled = async (name: string) => {
  const outfile = path.join(folder, `${name}.mjs`);
  const banner = {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  };
  await build({
    entryPoints: [path.join(here, 'snmp', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    minify: true,
    logLevel: 'error',
  });
  return outfile;
};

async function started(file: string, args: readonly string[] = []): Promise<[ChildProcess, unknown]> {
  const child = fork(file, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [first] = await once(child, 'message');
  return [child, first];
}

async function asked<T>(child: ChildProcess): Promise<T> {
  const answer = once(child, 'message');
  child.send('now');
  const [message] = (await answer) as [T];
  return message;
}

interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}
interface Verdict extends Cost {
  readonly present: number;
  readonly unexpected: number;
  readonly error?: string;
}

const [responder, at] = await started(await bundled('responder'));
const { port } = at as { readonly port: number };
const auditorFile = await bundled('auditor');
const round = (value: number) => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));
const best = <T extends Cost>(costs: readonly T[]): T => costs.reduce((x, y) => (y.ms < x.ms ? y : x));

const measured: Measured[] = [];
function show(what: string, { ms, cpuMs, rssKiB }: Cost, { packets, bytes }: Traffic, target?: string): void {
  measured.push(
    { what, value: round(ms), unit: 'ms', ...(target === undefined ? {} : { target }) },
    { what: `${what}, processor`, value: round(cpuMs), unit: 'ms' },
    { what: `${what}, memory, most (resident)`, value: round(rssKiB / 1024), unit: 'MiB' },
    { what: `${what}, packets`, value: packets, unit: '' },
    { what: `${what}, bytes`, value: round(bytes / 1024), unit: 'KiB' },
  );
}
function ratio(what: string, ours: number, theirs: number, target: string): void {
  measured.push({ what, value: Math.round((ours / theirs) * 100) / 100, unit: '×', target });
}

async function theirs<T extends Cost>(what: string, work: () => Promise<T>): Promise<T> {
  await asked<Traffic>(responder);
  const costs: T[] = [];
  for (let i = 0; i < runs; i++) costs.push(await work());
  const { packets, bytes } = await asked<Traffic>(responder);
  const least = best(costs);
  show(what, least, { packets: packets / runs, bytes: bytes / runs });
  return least;
}

async function ours(
  what: string,
  args: readonly string[],
  present: number,
  target?: string,
): Promise<Verdict> {
  const [auditor] = await started(auditorFile, [String(port), ...args]);
  await asked<Verdict>(auditor);
  await asked<Traffic>(responder);
  const verdicts: Verdict[] = [];
  for (let i = 0; i < runs; i++) verdicts.push(await asked<Verdict>(auditor));
  const { packets, bytes } = await asked<Traffic>(responder);
  auditor.disconnect();
  const least = best(verdicts);
  if (least.present !== present)
    throw new Error(`${what}: ${least.present} of ${present} present, ${least.error}`);
  show(
    what,
    { ...least, rssKiB: Math.max(...verdicts.map(({ rssKiB }) => rssKiB)) },
    { packets: packets / runs, bytes: bytes / runs },
    target,
  );
  return least;
}

const column = '1.3.6.1.2.1.4.24.7.1.9';
const exporter = await snmpExporter(port);
try {
  const scrape = await theirs('prometheus-snmp-exporter, the column', () => exporter.scrape());
  if (scrape.series !== 100_000) throw new Error(`the peer shows ${scrape.series} series`);
  const whole = await theirs('snmpbulkwalk, the column', () => bulkWalk(port, [column]));
  // 10.0.0.0/12 and 10.16.0.0/14, the second octet being an arc of its own in the index.
  const arcs = Array.from({ length: 20 }, (_, i) => `${column}.1.4.10.${i}`);
  const part = await theirs('snmpbulkwalk, the rows of 20,480 prefixes', () => bulkWalk(port, arcs));
  const pools = ['10.0.0.0/12', '10.16.0.0/14'];
  const many = await ours('20,480 expected prefixes in pools of their own', ['1', '20480', ...pools], 20_480);
  ratio('  time against prometheus-snmp-exporter', many.ms, scrape.ms, '0.5 at most');
  ratio('  memory against prometheus-snmp-exporter', many.rssKiB, scrape.rssKiB, '0.5 at most');
  ratio('  time against snmpbulkwalk of the same rows', many.ms, part.ms, '1.5 at most');
  const all = await ours('all 100,000 rows expected', ['1', '100000', '10.0.0.0/9'], 100_000);
  ratio('  time against prometheus-snmp-exporter', all.ms, scrape.ms, '');
  ratio('  time against snmpbulkwalk of the same rows', all.ms, whole.ms, '1.5 at most');
  const few = await ours(
    '2,000 expected prefixes in a pool of their own',
    ['1', '2000', '10.0.0.0/15'],
    2000,
  );
  ratio('  time against prometheus-snmp-exporter', few.ms, scrape.ms, '0.1 at most');
  const spread = await ours(
    '2,000 expected prefixes among 98,000 others',
    ['50', '2000', '10.0.0.0/9'],
    2000,
  );
  ratio('  time against prometheus-snmp-exporter', spread.ms, scrape.ms, '0.1 at most');
} finally {
  exporter.close();
  responder.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
print(measured);
