// Ed25519 key pairs for SSH servers of one run. ssh2's generator drops leading zero bytes of the public half (lib/keygen.js,
// parseDERs), so that one key in some 256 cannot be parsed again; such a pair is thrown away and made anew.
import ssh2, { type ParsedKey } from 'ssh2';

export interface SshKeyPair {
  /** OpenSSH private key text, encrypted when a passphrase was given. */
  readonly private: string;
  /** `ssh-ed25519 base64`. */
  readonly public: string;
  readonly parsed: ParsedKey;
}

// Ten in a row fail by chance once in 10^24.
const attempts = 10;

/** A new Ed25519 pair that parses. Throws what the parser said when no attempt gave one. */
export function newSshKey(passphrase?: string): SshKeyPair {
  let reason: Error = new Error('no key was made');
  for (let attempt = 0; attempt < attempts; attempt++) {
    const pair =
      passphrase === undefined
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 16 });
    const parsed = ssh2.utils.parseKey(pair.private, passphrase);
    if (parsed instanceof Error) reason = parsed;
    else return { private: pair.private, public: pair.public, parsed };
  }
  throw reason;
}
