// A host key that does not parse makes a server that cannot start: of a thousand pairs none may.
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { newSshKey } from '../../src/demo/ssh-key.ts';

it('gives pairs that parse, also when the public half begins with zero bytes', () => {
  for (let i = 0; i < 1000; i++) {
    const key = newSshKey();
    expect(ssh2.utils.parseKey(key.private)).not.toBeInstanceOf(Error);
  }
});

it('encrypts with a passphrase', () => {
  const key = newSshKey('open sesame');
  expect(ssh2.utils.parseKey(key.private)).toBeInstanceOf(Error);
  expect(ssh2.utils.parseKey(key.private, 'open sesame')).not.toBeInstanceOf(Error);
});
