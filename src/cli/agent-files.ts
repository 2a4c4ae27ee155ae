// The agent's token and certificates, from files that are renewed under it (Kubernetes secrets, cert-manager): read at
// start, where anything wrong ends the command, and looked at again from time to time, where the old ones stay until the
// new ones can be used. Nothing of what is in them is ever printed.
import { readFileSync, statSync } from 'node:fs';
import type { AgentTls } from '../web/agent-server.ts';
import { CannotRun, flagValue, type Invocation, UsageError } from './command.ts';

const mostBytes = 256 * 1024;

function readSmall(file: string): string {
  let text: string;
  try {
    if (statSync(file).size > mostBytes) throw new CannotRun(`${file} is larger than ${mostBytes} bytes`);
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    throw new CannotRun(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (text === '') throw new CannotRun(`${file} is empty`);
  return text;
}

export interface AgentFiles {
  /** Reads both anew. Throws CannotRun. */
  read(): { readonly token?: string; readonly tls?: AgentTls };
}

/** Which files the command line names. Throws UsageError where one of a pair is absent. */
export function agentFiles(invocation: Invocation): AgentFiles {
  const tokenFile = flagValue(invocation, 'token-file');
  const certFile = flagValue(invocation, 'tls-cert-file');
  const keyFile = flagValue(invocation, 'tls-key-file');
  const clientCaFile = flagValue(invocation, 'tls-client-ca-file');
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new UsageError('--tls-cert-file and --tls-key-file are needed together');
  if (clientCaFile !== undefined && certFile === undefined)
    throw new UsageError(
      '--tls-client-ca-file needs --tls-cert-file and --tls-key-file: client certificates are of TLS',
    );
  return {
    read() {
      const clientCa = clientCaFile === undefined ? undefined : readSmall(clientCaFile);
      return {
        ...(tokenFile === undefined ? {} : { token: readSmall(tokenFile) }),
        ...(certFile === undefined || keyFile === undefined
          ? {}
          : {
              tls: {
                cert: readSmall(certFile),
                key: readSmall(keyFile),
                ...(clientCa === undefined ? {} : { clientCa }),
              },
            }),
      };
    },
  };
}
