// The image without an engine: the steps of the Dockerfile that make files are followed in folders of this machine, with the
// paths that .dockerignore lets through, and what comes out runs as the image would, with nothing else beside it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './render.ts';

const dockerfile = readFileSync(path.join(root, 'deploy', 'docker', 'Dockerfile'), 'utf8');
const allowed = readFileSync(path.join(root, 'deploy', 'docker', 'Dockerfile.dockerignore'), 'utf8')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));

interface Step {
  readonly word: string;
  readonly rest: string;
}

const steps: Step[] = dockerfile
  .replace(/\\\n/g, ' ')
  .split('\n')
  .flatMap((line) => {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return word === undefined || rest === undefined ? [] : [{ word, rest }];
  });

const stages = steps.reduce<Step[][]>((all, step) => {
  if (step.word === 'FROM') all.push([]);
  all.at(-1)?.push(step);
  return all;
}, []);

/** Files below a folder, with forward slashes, sorted. */
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** COPY of one stage: `words` are sources and the target, perhaps after `--from=STAGE`. */
function copy(words: string[], folder: string, roots: ReadonlyMap<string, string>): void {
  const stage = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop() ?? '';
  for (const source of words) {
    if (stage === undefined) expect(allowed, `${source} is kept out by .dockerignore`).toContain(source);
    const origin = path.join(stage === undefined ? root : (roots.get(stage) ?? ''), source);
    const into = target.endsWith('/') ? path.join(target, path.basename(source)) : target;
    cpSync(origin, path.join(folder, into), { recursive: true });
  }
}

/** RUN of one stage: the packages of this checkout stand in for `npm ci`, the build itself is run. */
function runStep(command: string, cwd: string): void {
  if (command.startsWith('npm ci'))
    symlinkSync(path.join(root, 'node_modules'), path.join(cwd, 'node_modules'));
  if (command.startsWith('node '))
    execFileSync(process.execPath, command.split(' ').slice(1), { cwd, stdio: 'pipe' });
}

/** Follows the stages; returns the final one's root folder. */
function buildTree(): string {
  const roots = new Map<string, string>();
  let top = '';
  for (const stage of stages) {
    top = mkdtempSync(path.join(tmpdir(), 'image-'));
    let workdir = top;
    for (const { word, rest } of stage) {
      if (word === 'FROM') roots.set(/ AS (\S+)$/.exec(rest)?.[1] ?? '', top);
      if (word === 'WORKDIR') {
        workdir = path.join(top, rest);
        mkdirSync(workdir, { recursive: true });
      }
      if (word === 'COPY') copy(rest.split(/\s+/), workdir, roots);
      if (word === 'RUN') runStep(rest, workdir);
    }
  }
  return top;
}

describe('the image', () => {
  it('holds the bundle and runs, as nobody, from a folder of its own', { timeout: 60_000 }, () => {
    const top = buildTree();
    const files = filesOf(path.join(top, 'app'));
    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'package.json',
    ]);
    expect(files).toContain('dist/calico-bgp-exporter.js');
    expect(files.filter((file) => /node_modules|\.ts$|\.map$|test\//.test(file))).toEqual([]);
    const entry = JSON.parse(steps.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '[]') as string[];
    const [command, bundle = ''] = entry;
    expect(command).toBe('node');
    execFileSync('chmod', ['-R', 'a+rX', top]);
    const asNobody = process.getuid?.() === 0 ? { uid: 65532, gid: 65532 } : {};
    const help = execFileSync(process.execPath, [path.join(top, bundle), '--help'], {
      cwd: '/',
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
      ...asNobody,
    });
    expect(help).toContain('serve');
  });

  it('is made in two stages, runs as no user of the system and installs without scripts', () => {
    expect(stages).toHaveLength(2);
    const last = stages.at(-1) ?? [];
    expect(last.filter(({ word }) => word === 'USER').map(({ rest }) => rest)).toEqual(['65532:65532']);
    expect(last.at(-1)).toEqual({ word: 'CMD', rest: '["serve"]' });
    for (const { rest } of steps.filter(({ word }) => word === 'RUN'))
      if (rest.startsWith('npm')) expect(rest).toContain('--ignore-scripts');
    for (const file of allowed) expect(existsSync(path.join(root, file)), file).toBe(true);
  });
});
