// Clients of the demo fabric that are not this project's: a raw unix socket, Debian's snmp programs, OpenSSH's ssh.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Sends lines one after another and gives greeting and replies; rejects after `timeout` ms without an end. */
export function askBird(path: string, commands: readonly string[], timeout = 2000): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const replies: string[] = [];
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('no answer in time'));
    }, timeout);
    socket.setEncoding('utf8');
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      // A reply ends with the first line of four digits and a blank.
      for (let end = /^\d{4} .*\n/m.exec(text); end; end = /^\d{4} .*\n/m.exec(text)) {
        replies.push(text.slice(0, end.index + end[0].length));
        text = text.slice(end.index + end[0].length);
        const next = commands[replies.length - 1];
        if (next !== undefined) socket.write(`${next}\n`);
        if (replies.length <= commands.length) continue;
        clearTimeout(timer);
        socket.destroy();
        resolve(replies);
        return;
      }
    });
  });
}

export const hasSnmp = existsSync('/usr/bin/snmpbulkwalk');
export const hasSsh = existsSync('/usr/bin/ssh');

export interface Snmp2c {
  readonly port: number;
  readonly community: string;
}

export interface Snmp3 {
  readonly port: number;
  readonly user: string;
  readonly authPassword: string;
  readonly privPassword: string;
}

const v3Options = (access: Snmp3) => [
  ...['-v3', '-l', 'authPriv', '-u', access.user],
  ...['-a', 'SHA-256', '-A', access.authPassword, '-x', 'AES', '-X', access.privPassword],
];

/** Runs a net-snmp program; lines of its output. Rejects with its error text. */
export async function snmp(program: string, access: Snmp2c | Snmp3, ...oids: string[]): Promise<string[]> {
  const who = 'community' in access ? ['-v2c', '-c', access.community] : v3Options(access);
  const target = `127.0.0.1:${access.port}`;
  // Numeric and quick: no MIB files, one second, no retry.
  const { stdout } = await run(program, ['-t1', '-r0', '-On', '-OQ', '-Oe', ...who, target, ...oids], {
    env: { PATH: '/usr/bin', MIBS: '', HOME: '/nonexistent' },
  });
  return stdout.trimEnd().split('\n');
}

/** Runs one command through OpenSSH's client with password login and a pinned host key. */
export async function openssh(
  folder: string,
  access: { readonly port: number; readonly user: string; readonly password: string },
  command: string,
): Promise<{ stdout: string; code: number }> {
  const askpass = join(folder, 'askpass');
  await writeFile(askpass, '#!/bin/sh\necho "$DEMO_PASSWORD"\n');
  await chmod(askpass, 0o700);
  const options = [
    'StrictHostKeyChecking=accept-new',
    `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
    'NumberOfPasswordPrompts=1',
    'PubkeyAuthentication=no',
    'LogLevel=ERROR',
  ].flatMap((option) => ['-o', option]);
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: folder,
    SSH_ASKPASS: askpass,
    SSH_ASKPASS_REQUIRE: 'force',
    DEMO_PASSWORD: access.password,
  };
  const target = ['-F', 'none', '-p', String(access.port), `${access.user}@127.0.0.1`];
  return run('/usr/bin/ssh', [...options, ...target, command], { env }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout: string; code: number }) => ({ stdout: error.stdout, code: error.code }),
  );
}
