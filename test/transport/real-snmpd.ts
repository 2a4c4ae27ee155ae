// net-snmp's own snmpd for one test, on a free port of loopback, with the configuration given.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ended } from '../ended.ts';

const snmpd = '/usr/sbin/snmpd';
export const snmpdPresent = existsSync(snmpd);

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

export interface RealSnmpd {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one; it may need a moment before it answers. */
export async function startSnmpd(config: readonly string[]): Promise<RealSnmpd> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'real-snmpd-'));
  const persistent = path.join(folder, 'persistent');
  mkdirSync(persistent);
  const file = path.join(folder, 'snmpd.conf');
  writeFileSync(file, `${config.join('\n')}\n`);
  const daemon = spawn(snmpd, ['-f', '-Lf', '/dev/null', '-C', '-c', file, `udp:127.0.0.1:${port}`], {
    env: { ...process.env, MIBS: '', SNMP_PERSISTENT_DIR: persistent },
    stdio: 'ignore',
  });
  process.once('exit', () => daemon.kill('SIGKILL'));
  return {
    port,
    async stop() {
      // snmpd writes its persistent file as it ends: the folder goes when the process has gone.
      await ended(daemon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
