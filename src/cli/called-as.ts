// How this program was called, so that a hint names a command that works where it is read: who cloned the repository has
// `npm start --` and no calico-bgp-exporter on the path.
import path from 'node:path';
import { program } from './help.ts';

export interface Call {
  /** process.argv[1]: what node was told to run. */
  readonly script: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Set by scripts/start.mjs. */
const startedBy = 'CALICO_BGP_EXPORTER_STARTED_BY';

const plain = /^[\w@%+=:,./-]+$/;
const quoted = (text: string) => (plain.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The start of a command line, to be typed in `cwd`, that runs this program again. */
export function calledAs({ script, cwd, env }: Call): string {
  const by = env[startedBy];
  if (by) return by;
  const near = path.relative(cwd, script);
  const shown = quoted(near.startsWith('..') || path.isAbsolute(near) ? script : near);
  if (script.endsWith('.ts')) return `npx tsx ${shown}`;
  if (script.endsWith('.js')) return `node ${shown}`;
  const folders = env.PATH?.split(path.delimiter) ?? [];
  if (path.basename(script) === program && folders.includes(path.dirname(script))) return program;
  return near === shown && !shown.includes('/') ? `./${shown}` : shown;
}
