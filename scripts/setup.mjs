// Makes a fresh clone able to run: installs the npm packages of the lockfile when they are missing or out of date and,
// where tests ask for it, the Debian packages of the real daemons. Plain JavaScript: it runs before anything is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { oneAtATime } from './one-at-a-time.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Debian packages that the tests use: daemons, their clients, Prometheus and a browser. */
export const debianPackages = {
  bird: '/usr/sbin/bird',
  frr: '/usr/lib/frr/bgpd',
  'frr-snmp': '/usr/lib/x86_64-linux-gnu/frr/modules/bgpd_snmp.so',
  snmpd: '/usr/sbin/snmpd',
  snmp: '/usr/bin/snmpbulkwalk',
  'openssh-server': '/usr/sbin/sshd',
  'openssh-client': '/usr/bin/ssh-keygen',
  iproute2: '/usr/sbin/ip',
  procps: '/usr/sbin/sysctl',
  prometheus: '/usr/bin/promtool',
  'prometheus-alertmanager': '/usr/bin/amtool',
  'etcd-server': '/usr/bin/etcd',
  'etcd-client': '/usr/bin/etcdctl',
  snmpsim: '/usr/bin/snmpsimd',
  openssl: '/usr/bin/openssl',
  unzip: '/usr/bin/unzip',
  chromium: '/usr/bin/chromium',
  zsh: '/usr/bin/zsh',
  fish: '/usr/bin/fish',
};

/** Installs node_modules from the lockfile unless this very lockfile is installed already. */
export function ensureNodeModules() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} is too old: calico-bgp-exporter needs Node 20.19 or newer.`);
    process.exit(2);
  }
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(root, 'node_modules', '.installed-lockfile');
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (isInstalled()) return;
  // npm ci begins by removing node_modules: two at once in one tree destroy each other's work.
  const release = oneAtATime(path.join(root, '.tools', 'npm-ci.lock'), 'installs the npm packages here');
  const works = isInstalled() || install();
  if (works) writeFileSync(stamp, digest);
  release();
  if (works) return;
  console.error('npm ci failed: see its message above; a registry must be reachable for the first start.');
  process.exit(2);
}

/** Runs npm ci; false when it failed. */
function install() {
  console.log('Installing npm packages (once) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // No install scripts: none of the packages needs one here, and so none can run.
  const result = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  return result.status === 0;
}

function installed(file) {
  return existsSync(file) || existsSync(file.replace('/x86_64-linux-gnu/', '/aarch64-linux-gnu/'));
}

/** Installs the Debian packages that are missing; as root on Debian only. Says what it leaves out and why. */
export function ensureDebianPackages() {
  if (missingPackages().length === 0) return;
  const release = oneAtATime(path.join(root, '.tools', 'apt.lock'), 'installs Debian packages');
  const names = missingPackages();
  if (names.length > 0) installDebianPackages(names);
  release();
}

function missingPackages() {
  return Object.entries(debianPackages)
    .filter(([, file]) => !installed(file))
    .map(([name]) => name);
}

function installDebianPackages(names) {
  if (!existsSync('/etc/debian_version')) {
    console.log(`Not Debian: tests with real daemons are skipped (they need ${names.join(', ')}).`);
    return;
  }
  if (process.getuid?.() !== 0) {
    console.log(`Not root: tests that need ${names.join(', ')} are skipped. To enable them, as root:`);
    console.log(`  apt-get install --no-install-recommends ${names.join(' ')}`);
    return;
  }
  console.log(`Installing Debian packages for the tests: ${names.join(', ')} …`);
  // Packages must not start their services: the lab starts its own copies in its own namespaces.
  const policy = '/usr/sbin/policy-rc.d';
  const own = !existsSync(policy);
  if (own) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['-qq', 'update'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...names], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    console.log(`apt-get failed (${error.message}): tests that need these packages are skipped.`);
  } finally {
    if (own) rmSync(policy, { force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  ensureNodeModules();
  if (process.argv.includes('--tests')) ensureDebianPackages();
}
