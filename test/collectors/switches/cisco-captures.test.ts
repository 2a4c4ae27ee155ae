// The four drivers against other people's captures, read in place: each is compared with the result written beside it, with
// the same device's JSON, or with what a plain search of the text finds. What does not pass is listed with its reason.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import type { SwitchDriver } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { because } from '../../because.ts';
import { commandOf, type IndexEntry, leftOut, reasonFor } from './cisco-capture-list.ts';
import { comparable, compareCounts, comparePeers, compareRoutes, networksFound } from './cisco-compare.ts';
import { expectedBeside } from './cisco-expected.ts';
import { readAnyway } from './vrp-like-captures.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const present = existsSync(path.join(shared, 'index.json'));
if (!present) console.log('cisco-captures: skipped, the shared fixtures are not here');
const index: IndexEntry[] = present ? JSON.parse(readFileSync(path.join(shared, 'index.json'), 'utf8')) : [];

/** How many captures were held against what, and how many networks the plain searches found. */
const counts = { beside: 0, twin: 0, search: 0, networks: 0 };

/** What is wrong with the reading of one capture. Lets only ParseError pass as a reading that failed. */
function check(driver: SwitchDriver, file: string): string[] {
  const full = path.join(shared, file);
  const text = readFileSync(full, 'utf8');
  const command = commandOf(file);
  try {
    const parsed = readAnyway(driver, command, text);
    const expected = expectedBeside(full);
    if (expected) {
      counts.beside++;
      const peers = /routes\b/.test(command) ? [] : comparePeers(parsed, expected, text);
      return [...peers, ...(parsed.sessions.length > 0 ? [] : compareRoutes(parsed, expected, text))];
    }
    const twin = full.replace(/\.txt$/, '_|_json.txt');
    if (twin !== full && existsSync(twin)) {
      counts.twin++;
      const json = driver.parse(`${command} | json`, readFileSync(twin, 'utf8'));
      expect(comparable(parsed), file).toEqual(comparable(json));
    } else if (!/^\s*[{[]/.test(text)) {
      counts.search++;
      counts.networks += networksFound(text);
      return compareCounts(parsed, text);
    }
    return [];
  } catch (error) {
    if (error instanceof ParseError) return [error.message];
    throw error;
  }
}

const platforms = [
  ['cisco-nxos', 75],
  ['cisco-ios', 270],
  ['cisco-iosxr', 70],
  ['arista-eos', 150],
] as const;

describe.skipIf(!present).each(platforms)(
  because(!present, 'captures of %s', 'needs the public captures in ../shared'),
  (platform, least) => {
    it('reads them as their authors say, or says why not', () => {
      const own = index.filter((entry) => entry.platform === platform && entry.role.startsWith('raw'));
      const tried = own.filter(
        ({ file, kind }) => kind !== 'lldp' && !leftOut.some((pattern) => pattern.test(file)),
      );
      const failures = tried.flatMap(({ file }) => {
        const wrong = check(drivers[platform], file);
        return wrong.length > 0 ? [{ file, wrong: wrong.slice(0, 4) }] : [];
      });
      const unexplained = failures.filter(({ file }) => reasonFor(file) === undefined);
      console.log(`${platform}: ${tried.length} tried, ${tried.length - failures.length} passed`);
      for (const { file } of failures) console.log(`  ${file}: ${reasonFor(file)}`);
      expect(unexplained).toEqual([]);
      expect(tried.length).toBeGreaterThan(least);
      expect(failures.length / tried.length).toBeLessThan(0.05);
    });
  },
);

it.skipIf(!present)(
  because(!present, 'compared with something, every time', 'needs the public captures in ../shared'),
  () => {
    expect(counts.beside).toBeGreaterThan(180);
    expect(counts.search).toBeGreaterThan(250);
    expect(counts.networks).toBeGreaterThan(800);
  },
);
