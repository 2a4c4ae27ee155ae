// `npm run lock`: makes package-lock.json anew from package.json, whole for every platform. A registry mirror that lacks
// the native packages of other platforms makes npm leave them out, and then `npm ci` refuses the lockfile everywhere;
// they are entered here by name and version, as npm itself would, so that they are installed where they belong.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'calico-bgp-lock-'));
const file = path.join(folder, 'package-lock.json');

// node_modules of this machine's platform would make npm prune the others: work in an empty folder.
copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
const npm = (...args) =>
  spawnSync('npm', [...args, '--ignore-scripts'], { cwd: folder, stdio: 'inherit' }).status;
if (npm('install', '--package-lock-only') !== 0) process.exit(1);

const systems = /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)/;
const processors = /(arm64|arm|x64|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32)/;

const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const [, os] = systems.exec(name) ?? [];
    const [, cpu] = processors.exec(name.slice(name.indexOf('/'))) ?? [];
    if (lock.packages[place] || !os || !cpu || !/^\d/.test(version)) continue;
    lock.packages[place] = { version, cpu: [cpu], ...(owner.dev && { dev: true }), optional: true, os: [os] };
  }
}
const { '': own, ...rest } = lock.packages;
const sorted = Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1));
lock.packages = { '': own, ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

// Nothing is kept unless npm accepts it.
if (npm('ci', '--dry-run') !== 0) process.exit(1);
copyFileSync(file, path.join(root, 'package-lock.json'));
rmSync(folder, { recursive: true });
