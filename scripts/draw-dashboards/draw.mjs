// `npm run draw-dashboards`: draws every dashboard in Chromium from a real Prometheus, as PNG. By default it fills one itself from
// the lab, with faults that come and go (lab.ts; as root); `-- --prometheus URL --minutes N` draws what another one
// knows. Grafana itself is not used: its published components are, installed into .tools/ on demand (package.json here).
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { runLab } from './lab.ts';
import { shrink } from './shrink.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');
const tools = path.join(root, '.tools', 'dashboards');

/** Grafana's components, unless these very ones are there. */
function ensureComponents() {
  const wanted = path.join(here, 'package.json');
  const stamp = path.join(tools, 'node_modules', '.installed-package.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(wanted, 'utf8')) return;
  console.log('Installing the components of Grafana (once, 600 MB) …');
  mkdirSync(tools, { recursive: true });
  copyFileSync(wanted, path.join(tools, 'package.json'));
  // --legacy-peer-deps: their peer ranges contradict each other.
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...flags], { cwd: tools, stdio: 'inherit' });
  copyFileSync(wanted, stamp);
}

async function bundle() {
  const made = await esbuild.build({
    entryPoints: [path.join(here, 'page.jsx')],
    outdir: 'page',
    bundle: true,
    write: false,
    minify: true,
    nodePaths: [path.join(tools, 'node_modules')],
    alias: {
      // papaparse asks for it where it is not in a browser.
      stream: path.join(here, 'nothing.js'),
      // Their .mjs files import CommonJS packages in a way that only other bundlers take as it is meant.
      ...Object.fromEntries(
        ['data', 'ui', 'i18n', 'schema'].map((name) => [
          `@grafana/${name}`,
          path.join(tools, 'node_modules', '@grafana', name, 'dist', 'cjs', 'index.cjs'),
        ]),
      ),
    },
    platform: 'browser',
    jsx: 'automatic',
    loader: { '.woff2': 'dataurl', '.woff': 'empty', '.ttf': 'empty', '.svg': 'dataurl', '.png': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis' },
    logLevel: 'error',
  });
  return Object.fromEntries(
    made.outputFiles.map(({ path: name, text }) => [`/${path.basename(name)}`, text]),
  );
}

const types = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };

/** Serves the page, the dashboards and, under one origin, Prometheus, which `ask` asks for a path. */
function serve(files, ask, range) {
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    const send = (type, body) => response.writeHead(200, { 'content-type': type }).end(body);
    try {
      if (pathname.startsWith('/prometheus/')) {
        send('application/json', await ask(`${pathname.slice('/prometheus'.length)}${search}`));
      } else if (pathname === '/range') send('application/json', JSON.stringify(range));
      else if (/^\/dashboards\/[a-z-]+\.json$/.test(pathname))
        send('application/json', readFileSync(path.join(root, pathname), 'utf8'));
      else if (files[pathname]) send(types[path.extname(pathname)], files[pathname]);
      else
        send(
          'text/html',
          '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><div id="root"></div><script src="/page.js"></script>',
        );
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Browsers start slowly on a busy machine. */
const patience = 300_000;

/** What is drawn: dashboard, variables, and how much of its height. */
const pictures = [
  { name: 'overview', dashboard: 'calico-bgp-overview' },
  { name: 'sessions', dashboard: 'calico-bgp-sessions' },
  { name: 'routes', dashboard: 'calico-bgp-routes' },
  { name: 'node', dashboard: 'calico-bgp-node', device: 'node3' },
  { name: 'switch', dashboard: 'calico-bgp-switch', device: 'leaf01' },
  { name: 'exporter', dashboard: 'calico-bgp-exporter' },
];

const { values: flags } = parseArgs({
  options: {
    prometheus: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    out: { type: 'string', default: path.join(root, 'docs', 'images') },
    theme: { type: 'string', default: 'dark' },
    only: { type: 'string' },
  },
});

ensureComponents();
const files = await bundle();
const lab = flags.prometheus ? undefined : await runLab();
const ask = lab?.get ?? (async (asked) => (await fetch(`${flags.prometheus}${asked}`)).text());
const to = Date.now();
// The lab's is scraped every 2 s.
const range = { from: to - Number(flags.minutes) * 60_000, to, scrape: lab ? 2000 : 15_000 };
const server = await serve(files, ask, range);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
});
try {
  mkdirSync(flags.out, { recursive: true });
  for (const { name, dashboard, device } of pictures.filter(
    (one) => !flags.only || flags.only === one.name,
  )) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    const troubles = [];
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    const query = new URLSearchParams({ dashboard, theme: flags.theme, ...(device && { device }) });
    await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`, { timeout: patience });
    await page.waitForSelector('body.drawn', { state: 'attached', timeout: patience });
    const { failed, empty = [] } = await page.evaluate(() => ({
      failed: window.failed,
      empty: window.empty,
    }));
    const file = path.join(flags.out, `dashboard-${name}.png`);
    const picture = await page.screenshot({ fullPage: true });
    writeFileSync(file, await shrink(page, picture));
    const remark = failed ?? (empty.length > 0 ? `no data in: ${empty.join(', ')}` : 'data in every panel');
    console.log(`${path.relative(root, file)}: ${remark}${troubles.map((text) => `\n  ${text}`).join('')}`);
    if (failed) process.exitCode = 1;
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
  await lab?.stop();
}
