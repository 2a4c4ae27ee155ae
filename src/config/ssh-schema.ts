// Options of ssh sections: how a switch is logged in to, and the jump hosts in front of it. Defaults stand in `meta` alone:
// they apply only after `defaults:` is merged in. What one option has to do with another is in ssh.ts.
import * as z from 'zod';
import { driverNames } from '../collectors/switches/driver-names.ts';
import { fingerprint, host, list, path, port, secret, vrfName, word } from './values.ts';

/** What any login by SSH needs, to a switch or to a jump host. */
export const login = {
  port: port.optional().meta({ default: 22, description: 'TCP port.' }),
  user: word.optional().describe('User to log in as; give it a read-only role.'),
  password: secret.optional().describe('Password of the user.'),
  privateKeyFile: path.optional().describe('Private key of the user (OpenSSH or PEM).'),
  passphrase: secret.optional().describe('Passphrase of the private key.'),
  agent: z
    .boolean()
    .optional()
    .meta({ default: false, description: 'Ask the SSH agent behind SSH_AUTH_SOCK for keys.' }),
  knownHosts: list(path, 'file').optional().describe('Files of known host keys, as OpenSSH writes them.'),
  hostKeys: list(fingerprint, 'fingerprint')
    .optional()
    .describe(
      'Fingerprints of the host keys to trust, e.g. `SHA256:…`. One of knownHosts and hostKeys is needed.',
    ),
  legacyAlgorithms: z.boolean().optional().meta({
    default: false,
    description: 'Also accept SHA-1 and CBC algorithms, for systems that know nothing newer.',
  }),
};

const jumpLogin = { host: host.describe('Name or address of the jump host.'), ...login };

const farJump = z.strictObject(jumpLogin);

export const jump = z.strictObject({
  ...jumpLogin,
  jump: farJump.optional().describe('A second jump host, through which this one is reached.'),
});

export const ssh = z.strictObject({
  driver: z
    .enum([...driverNames, 'auto'])
    .optional()
    .describe(
      'What the switch speaks: the driver that types its commands. `auto` finds out (by SNMP where it is configured, by the SSH banner, by `show version`).',
    ),
  ...login,
  enable: secret
    .optional()
    .describe(
      "Secret of the driver's command for more rights (`enable`, `super`), typed where the shell asks for it; without it none is tried.",
    ),
  vrfs: z
    .union([z.literal('all'), list(vrfName, 'VRF')], { error: 'must be a list of VRF names, or all' })
    .optional()
    .describe(
      'VRFs beside the default one whose routes (and, where the system shows them one by one, sessions) are read; `all`: those in which the device shows sessions.',
    ),
  wholeTables: z.boolean().optional().meta({
    default: false,
    description:
      'Read the whole BGP table and routing table instead of asking for the prefixes of the cluster alone (frr and sonic); see the page of the driver for what that costs the switch.',
  }),
  jump: jump
    .optional()
    .describe('The host over which the switch is reached, as with `ssh -J`; devices share its connection.'),
});

export type SshSection = z.output<typeof ssh>;
export type JumpSection = z.output<typeof farJump> & { readonly jump?: z.output<typeof farJump> | undefined };
