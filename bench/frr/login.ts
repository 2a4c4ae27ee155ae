// The switch's SSH server in a process of its own: who logs in gets vtysh.
import { spawnSync } from 'node:child_process';
import { startSshServer } from '../../src/demo/ssh-server.ts';

const name = process.argv[2] ?? '';
const { port, hostKey } = await startSshServer({
  user: 'netops',
  password: 'bench',
  silent: () => false,
  system: {
    ident: 'bench',
    exec(command) {
      const args = ['-N', name, '-c', command];
      const { stdout, status } = spawnSync('vtysh', args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
      return { output: stdout, exitCode: status ?? 1 };
    },
  },
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port, hostKey });
