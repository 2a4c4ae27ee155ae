// A Prometheus filled from the demo fabric: the exporter on it, scraped every 5 s, while faults come and go for nine minutes and some stay.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const scrapeMs = 5000;
const exporterPort = 21179;
const prometheusPort = 21190;

/** Seconds to wait, and what then becomes of which fault. */
const story = [
  [60, 'inject', 'withdraw-node3-block'],
  [60, 'heal', 'withdraw-node3-block'],
  [60, 'inject', 'shut-spine01-leaf02'],
  [60, 'heal', 'shut-spine01-leaf02'],
  [60, 'inject', 'snmp-silent-leaf01'],
  [50, 'heal', 'snmp-silent-leaf01'],
  [50, 'inject', 'stop-bird-node5'],
  [5, 'inject', 'withdraw-node3-block'],
  [5, 'inject', 'wrong-as-node6'],
  [120, 'inject', 'wrong-as-node6'],
];

/** Runs it to the end of the story; then Prometheus answers at `prometheus` until `stop`. */
export async function runFabric(root) {
  const folder = mkdtempSync(path.join(tmpdir(), 'draw-dashboards-'));
  const config = {
    global: { scrape_interval: `${scrapeMs / 1000}s`, evaluation_interval: `${scrapeMs / 1000}s` },
    rule_files: [path.join(root, 'alerts', 'calico-bgp.rules.yml')],
    scrape_configs: [
      { job_name: 'calico-bgp-exporter', static_configs: [{ targets: [`127.0.0.1:${exporterPort}`] }] },
    ],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  const children = [
    spawn(process.execPath, [
      path.join(root, 'dist', 'calico-bgp-exporter.js'),
      'demo',
      '--web.listen-address',
      `127.0.0.1:${exporterPort}`,
    ]),
    spawn('prometheus', [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]),
  ];
  const ended = children.map((child) => new Promise((resolve) => child.on('close', resolve)));
  const stop = async () => {
    for (const child of children) child.kill();
    await Promise.all(ended);
    rmSync(folder, { recursive: true });
  };
  try {
    for (const [seconds, action, fault] of story) {
      await sleep(seconds * 1000);
      const response = await fetch(`http://127.0.0.1:${exporterPort}/demo/faults/${fault}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      });
      if (!response.ok) throw new Error(`${action} ${fault}: ${await response.text()}`);
      console.log(`${action} ${fault}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheus: `http://127.0.0.1:${prometheusPort}`, stop };
}
