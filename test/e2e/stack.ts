// The exporter, Prometheus, Alertmanager and a webhook receiver in the lab's observer namespace, as a user would run them:
// the shipped rules unchanged, the built bundle, one configuration file made from the lab's description.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Lab } from '../lab/lab.ts';

export const root = path.resolve(import.meta.dirname, '..', '..');

export type Via = 'snmp' | 'snmp3' | 'ssh';

/** Addresses at which each switch of the reference fabric speaks BGP; elsewhere they are learnt from the sessions. */
const bgpAddresses: Readonly<Record<string, readonly string[]>> = {
  spine01: ['100.0.0.1', '100.0.0.5'],
  leaf01: ['172.20.0.254', '100.0.0.2'],
  leaf02: ['173.20.0.254', '100.0.0.6'],
};

/** The exporter's configuration for a lab; `via` says how each switch is read. */
export function labConfig(lab: Lab, via: (device: string) => Via): object {
  const { description } = lab;
  const known = description.topology === 'reference';
  const switches = description.devices.flatMap(({ name, role, mgmtAddress, snmp, ssh }) => {
    if (role !== 'switch' || !snmp || !ssh) return [];
    const common = { name, address: mgmtAddress, ...(known && { bgpAddresses: bgpAddresses[name] }) };
    const { v3 } = snmp;
    const by = {
      snmp: { snmp: { version: '2c', community: snmp.community, timeout: '1s', retries: 0 } },
      snmp3: {
        snmp: {
          version: 3,
          user: v3.user,
          authProtocol: 'sha256',
          authPassword: v3.authKey,
          privProtocol: 'aes',
          privPassword: v3.privKey,
          timeout: '1s',
          retries: 0,
        },
      },
      ssh: {
        ssh: {
          driver: 'frr',
          user: ssh.user,
          privateKeyFile: ssh.keyFile,
          knownHosts: [description.knownHostsFile],
        },
      },
    };
    return [{ ...common, ...by[via(name)] }];
  });
  const nodes = description.devices.flatMap(({ name, birdSocket, bird6Socket }) =>
    birdSocket ? [{ name, bird: { socket: birdSocket, ...(bird6Socket && { socket6: bird6Socket }) } }] : [],
  );
  return {
    web: { listen: '127.0.0.1:10179' },
    datastore: { files: [description.objectsFile] },
    collection: { interval: '2s', timeout: '2s' },
    nodes,
    switches,
  };
}

/** Writes a configuration beside the lab's files and gives its path. */
export function writeConfig(lab: Lab, name: string, config: object): string {
  const file = path.join(lab.description.folder, `${name}.yml`);
  writeFileSync(file, stringify(config));
  return file;
}

const prometheusConfig = {
  global: { scrape_interval: '2s', evaluation_interval: '15s' },
  rule_files: [path.join(root, 'alerts', '*.rules.yml')],
  alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
  scrape_configs: [{ job_name: 'calico-bgp-exporter', static_configs: [{ targets: ['127.0.0.1:10179'] }] }],
};

const alertmanagerConfig = {
  route: {
    receiver: 'hook',
    group_by: ['...'],
    group_wait: '0s',
    group_interval: '1s',
    repeat_interval: '1h',
  },
  receivers: [{ name: 'hook', webhook_configs: [{ url: 'http://127.0.0.1:9099/', send_resolved: true }] }],
};

export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

export interface Notification {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  /** Where it was posted to: which receiver. */
  readonly path: string;
  readonly alerts: readonly Alert[];
}

export class Stack {
  readonly #lab: Lab;
  readonly #hook: string;

  private constructor(lab: Lab, hook: string) {
    this.#lab = lab;
    this.#hook = hook;
  }

  /**
   * Starts everything; the exporter from the bundle in dist/. It ends with the lab. With `example` Alertmanager routes as the
   * shipped example does.
   */
  static async start(lab: Lab, configFile: string, { example = false } = {}): Promise<Stack> {
    const folder = path.join(lab.description.folder, 'e2e');
    mkdirSync(folder, { recursive: true });
    const file = (name: string, content: string) => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    const hook = file('notifications.jsonl', '');
    const prometheus = file('prometheus.yml', stringify(prometheusConfig));
    const shipped = path.join(root, 'alerts', 'alertmanager.example.yml');
    const alertmanager = example ? shipped : file('alertmanager.yml', stringify(alertmanagerConfig));
    const node = process.execPath;
    const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
    await lab.spawn('obs', [node, path.join(import.meta.dirname, 'webhook.mjs'), '9099', hook], {
      as: 'webhook',
    });
    await lab.spawn('obs', [node, bundle, 'serve', '--config', configFile], { as: 'exporter' });
    await lab.spawn(
      'obs',
      [
        'prometheus-alertmanager',
        `--config.file=${alertmanager}`,
        `--storage.path=${path.join(folder, 'alertmanager')}`,
        '--web.listen-address=127.0.0.1:9093',
        '--cluster.listen-address=',
      ],
      { as: 'alertmanager' },
    );
    await lab.spawn(
      'obs',
      [
        'prometheus',
        `--config.file=${prometheus}`,
        `--storage.tsdb.path=${path.join(folder, 'tsdb')}`,
        '--web.listen-address=127.0.0.1:9090',
      ],
      { as: 'prometheus' },
    );
    const stack = new Stack(lab, hook);
    await stack.until(
      'the exporter is ready',
      async () => (await stack.get('http://127.0.0.1:10179/-/ready')).ok,
    );
    await stack.until(
      'Prometheus is ready',
      async () => (await stack.get('http://127.0.0.1:9090/-/ready')).ok,
    );
    return stack;
  }

  /** A GET from inside the observer's namespace. */
  async get(url: string): Promise<{ ok: boolean; body: string }> {
    const script =
      'fetch(process.argv[1]).then(async r=>{process.stdout.write(await r.text());process.exit(r.ok?0:1)},()=>process.exit(2))';
    const { code, stdout } = await this.#lab.exec('obs', [process.execPath, '-e', script, url]);
    return { ok: code === 0, body: stdout };
  }

  /** Values of an instant query, by their labels. */
  async query(expression: string): Promise<{ labels: Record<string, string>; value: number }[]> {
    const { body } = await this.get(
      `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    const answer = JSON.parse(body) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** What came to the webhook since a time, oldest first. */
  notifications(since: number): Notification[] {
    const lines = readFileSync(this.#hook, 'utf8').split('\n');
    const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Notification);
    return all.filter(({ at }) => at >= since);
  }

  /** Alerts of one status since a time, each once, by name and labels. */
  alerts(since: number, status: Alert['status']): Alert[] {
    const found = new Map<string, Alert>();
    for (const { alerts } of this.notifications(since)) {
      for (const alert of alerts) if (alert.status === status) found.set(JSON.stringify(alert.labels), alert);
    }
    return [...found.values()];
  }

  async until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
      await sleep(250);
    }
  }
}
