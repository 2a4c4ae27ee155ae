// `npm test` and `npm run check`: sets up, then format, lint, types, unused code, unit tests, and the lab's tests.
// Its last line is `N passed, N failed, N skipped`; each static check counts as one. `npm test -- --no-lab` leaves
// the lab out, `npm test -- --only-lab` runs nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDebianPackages, ensureNodeModules } from './setup.mjs';

const root = path.resolve(import.meta.dirname, '..');
const flags = new Set(process.argv.slice(2));
const total = { passed: 0, failed: 0, skipped: 0 };
const skippedNames = [];

function bin(name) {
  return path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

function check(title, name, args) {
  console.log(`\n== ${title}`);
  const result = spawnSync(bin(name), args, { cwd: root, stdio: 'inherit' });
  if (result.status === 0) total.passed++;
  else total.failed++;
}

function vitest(project) {
  console.log(`\n== tests: ${project}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'calico-bgp-test-'));
  const report = path.join(folder, 'report.json');
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const result = spawnSync(bin('vitest'), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const before = total.failed;
  try {
    const found = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += found.numPassedTests;
    total.failed += found.numFailedTests;
    total.skipped += found.numPendingTests + found.numTodoTests;
    for (const file of found.testResults) {
      for (const test of file.assertionResults) {
        if (test.status !== 'passed' && test.status !== 'failed') skippedNames.push(test.fullName);
      }
    }
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`);
    total.failed++;
  }
  // A run that failed without a failing test (a file that cannot be loaded, an unhandled rejection) is a failure too.
  if (result.status !== 0 && total.failed === before) total.failed++;
  rmSync(folder, { recursive: true, force: true });
}

ensureNodeModules();
ensureDebianPackages();
if (!flags.has('--only-lab')) {
  check('format and lint', 'biome', ['check', '.']);
  check('types', 'tsc', ['--noEmit']);
  check('unused files, exports and dependencies', 'knip', []);
  vitest('unit');
}
if (!flags.has('--no-lab')) vitest('lab');

if (skippedNames.length > 0) {
  console.log('\nSkipped (the name says why and what enables it):');
  if (!existsSync(path.join(root, '..', 'shared'))) {
    console.log(
      '  Tests on public captures need them in ../shared, beside the project; they are not part of it.',
    );
  }
  for (const name of skippedNames) console.log(`  ${name}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
