// Which state of the sources a result belongs to.
import { execFileSync } from 'node:child_process';
import { root } from '../e2e/stack.ts';

/** The commit that is checked out, and whether the sources differ from it. */
export function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short=12', 'HEAD') +
      (git('status', '--porcelain', 'src') === '' ? '' : ' (changed)')
    );
  } catch {
    return 'an unknown commit';
  }
}
