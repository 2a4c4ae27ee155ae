// For the tests of drivers: other people's captures read in place with the results beside them, own captures, and ways to
// damage a capture. A damaged capture may be read or refused by ParseError; nothing else may come of it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Parsed, SwitchDriver } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const own = path.resolve(import.meta.dirname, '../../fixtures');

/** True where the shared captures are; says so once where they are not. */
export function sharedPresent(platform: string): boolean {
  const present = existsSync(path.join(shared, platform));
  if (!present) console.log(`${platform}: skipped, the shared fixtures are not here`);
  return present;
}

export const sharedText = (file: string) => readFileSync(path.join(shared, file), 'utf8');
export const ownText = (file: string) => readFileSync(path.join(own, file), 'utf8');

/** The records of an ntc-templates result file. */
export function records(file: string): Record<string, string>[] {
  const { parsed_sample: rows } = parseYaml(sharedText(file)) as { parsed_sample: Record<string, string>[] };
  return rows;
}

/** What a text says; of one that says itself that it is not whole, what could be read. */
export function readAnyway(driver: SwitchDriver, command: string, text: string): Parsed {
  try {
    return driver.parse(command, text);
  } catch (error) {
    if (error instanceof ParseError && error.read) return error.read;
    throw error;
  }
}

/** `prefix via hops` for each row of a layer, `*` in front of what is in use. */
export function routesIn(parsed: Parsed, layer = 'installed', vrf = 'default'): string[] {
  return parsed.routes
    .filter((routes) => routes.layer === layer && routes.vrf === vrf)
    .flatMap(({ rows }) => rows)
    .map(({ best, prefix, nextHops, protocol }) => {
      const hops = nextHops.map((hop) => [hop.address, hop.interface].filter((part) => part).join('%'));
      return `${best ? '*' : ' '}${formatPrefix(prefix)} ${protocol} ${hops.join(' ')}`.trimEnd();
    });
}

/** `vrf peer asn state received` for each session. */
export function sessionsIn({ sessions }: Parsed): string[] {
  return sessions.map(
    ({ vrf, peerAddress, peerAsn, state, adminDown, prefixesReceived }) =>
      `${vrf} ${peerAddress} ${peerAsn} ${state}${adminDown ? ' (admin down)' : ''} ${prefixesReceived ?? '-'}`,
  );
}

function outcome(driver: SwitchDriver, command: string, text: string): Parsed | undefined {
  try {
    return driver.parse(command, text);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return undefined;
  }
}

/** A small generator with a fixed start, so that a failure can be repeated. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Damages a capture in many ways; gives those that were still read. */
export function damaged(driver: SwitchDriver, command: string, text: string, seed = 7): Parsed[] {
  const random = randomOf(seed);
  const lines = text.split('\n');
  const texts: string[] = [];
  for (let i = 0; i < 60; i++) {
    texts.push(text.slice(0, random(text.length)));
    texts.push(lines.toSpliced(random(lines.length), 1 + random(3)).join('\n'));
    const at = random(text.length);
    const junk = [' ', '\n', 'x', '9', ':', '\x1b[K', '\b', '%', '=', '---- More ----'][random(10)] ?? '';
    texts.push(text.slice(0, at) + junk + text.slice(at + random(3)));
    texts.push(text.slice(random(text.length)));
  }
  texts.push(text + ' '.repeat(200_000), text + '-'.repeat(200_000), text.replaceAll('\n', ' '));
  const began = performance.now();
  const read = texts.flatMap((damage) => outcome(driver, command, damage) ?? []);
  expect(performance.now() - began).toBeLessThan(10_000);
  return read;
}

/** Takes away each line that matches, one at a time, and expects a refusal every time. */
export function refusesWithout(driver: SwitchDriver, command: string, text: string, row: RegExp): number {
  const lines = text.split('\n');
  const rows = [...lines.keys()].filter((i) => row.test(lines[i] ?? ''));
  for (const i of rows) {
    const less = lines.toSpliced(i, 1).join('\n');
    expect(() => driver.parse(command, less), lines[i]).toThrow(ParseError);
  }
  return rows.length;
}

/** The same capture as a terminal recorded it that pages: `---- More ----` and what wipes it, every few lines. */
export function paged(text: string, prompt: string, wipe: string): string {
  return text
    .split('\n')
    .map((line, i) => (i % 5 === 4 ? `${prompt}${wipe}${line}` : line))
    .join('\r\n');
}
