// The one conformance suite of all switch drivers: each has a case of everything that devices show (or says why not), reads it
// as written out by hand, reads it the same when a terminal recorded it, and survives any damage to it: an answer or a
// ParseError that names the command, and never fewer sessions or routes in silence.
import { describe, expect, it } from 'vitest';
import { driverNames } from '../../../src/collectors/switches/driver-names.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';
import { allCases, type Case, caseNames, casesOf, manners } from './conformance-cases.ts';

/** What a driver makes of a text, as the cases write it. */
function reading({ driver, command }: Case, text: string): string[] {
  const own = drivers[driver];
  try {
    const lines = [
      ...sessionsRead(own, command, text).map((line) => `session ${line}`),
      ...routesRead(own, command, text).map((line) => `route ${line}`),
    ];
    return lines.length > 0 ? lines : own.parse(command, text).notes.map((note) => `note ${note}`);
  } catch (error) {
    if (error instanceof ParseError) return [`refused ${error.reason}`];
    throw error;
  }
}

/** What is left of a damaged answer; undefined when it is refused. Only a ParseError that names the command may come of it. */
function left({ driver, command }: Case, text: string): Parsed | undefined {
  try {
    return drivers[driver].parse(command, text);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as ParseError).message.startsWith(command)).toBe(true);
    return undefined;
  }
}

const size = (parsed: Parsed) =>
  parsed.sessions.length + parsed.routes.reduce((sum, { rows }) => sum + rows.length, 0);

/** Damaged texts that were read as less than there is, without a word about it. */
function silentLosses(one: Case, texts: readonly string[]): string[] {
  const whole = left(one, one.answer);
  if (!whole) return [];
  return texts.filter((text) => {
    const parsed = left(one, text);
    const said = parsed?.notes.some((note) => !whole.notes.includes(note));
    return parsed && size(parsed) < size(whole) && !said;
  });
}

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const lines = (text: string) => text.split('\n');

/** The answer as different terminals and editors leave it. */
const recordings: readonly (readonly [string, (one: Case) => string])[] = [
  ['with Windows line ends', ({ answer }) => answer.replaceAll('\n', '\r\n')],
  ['with blank lines around it', ({ answer }) => `\n\n${answer}\n\n\n`],
  ['with blanks at the ends of lines', ({ answer }) => answer.replaceAll('\n', '   \n')],
  [
    'between the echoed command and a prompt',
    ({ answer, driver, command }) => {
      const { prompt } = manners[driver];
      return `${prompt}${command}\n${answer}\n${prompt}\n`;
    },
  ],
  ['below the clock', ({ answer }) => `Mon Nov 25 10:00:00.123 UTC\n${answer}`],
  ['with terminal codes', ({ answer }) => answer.replaceAll('\n', '\x1b[0m\x1b[K\n')],
  [
    'with its pages turned',
    ({ answer, driver }) => {
      const { pager } = manners[driver];
      const wiped = `${pager}\r${' '.repeat(pager.length)}\r`;
      return lines(answer)
        .map((line, i) => (i % 5 === 4 ? `${wiped}${line}` : line))
        .join('\n');
    },
  ],
  [
    'with its pages turned by backspaces',
    ({ answer, driver }) => {
      const { pager } = manners[driver];
      const back = '\b'.repeat(pager.length);
      const wiped = `${pager}${back}${' '.repeat(pager.length)}${back}`;
      return lines(answer)
        .map((line, i) => (i % 5 === 4 ? `${wiped}${line}` : line))
        .join('\n');
    },
  ],
];

describe.each(driverNames)('%s', (driver) => {
  it('has a case of everything, or says why not', () => {
    const own = new Set(casesOf(driver).flatMap(({ names }) => names));
    const { lacks = {} } = manners[driver];
    expect(caseNames.filter((name) => !own.has(name) && lacks[name] === undefined)).toEqual([]);
    // A reason is no longer one when the case is there.
    expect(caseNames.filter((name) => own.has(name) && lacks[name] !== undefined)).toEqual([]);
  });
});

describe.each(allCases.map((one) => [one.file, one] as const))('%s', (_, one) => {
  const { answer } = one;

  it('is read as written', () => {
    expect(reading(one, answer)).toEqual(one.expected);
  });

  it.each(recordings)('is read the same %s', (_name, record) => {
    expect(reading(one, record(one))).toEqual(one.expected);
  });

  it('loses nothing in silence without a line, or cut inside one', () => {
    const all = lines(answer);
    const holes = all.map((_line, i) => all.toSpliced(i, 1).join('\n'));
    const whole = left(one, answer);
    // Lines without which it is another answer, or none: between two whole tables nobody can tell that a third is lacking.
    const telling = holes.map((hole) => {
      const parsed = left(one, hole);
      return !parsed || !whole || size(parsed) < size(whole);
    });
    const cuts = all.flatMap((line, i) =>
      telling[i] ? [[...all.slice(0, i), line.slice(0, line.length / 2)].join('\n')] : [],
    );
    const silent = silentLosses(one, [...cuts, ...holes]);
    if (one.uncounted === undefined) expect(silent).toEqual([]);
    // A reason is no longer one when nothing is lost.
    else expect(silent.length).toBeGreaterThan(0);
  });

  it('is read or refused, whatever happens to it', () => {
    const random = randomOf(answer.length);
    const all = lines(answer);
    const twice = all.map((line, i) => all.toSpliced(i, 0, line).join('\n'));
    const garbled = Array.from({ length: 60 }, () => {
      const at = random(answer.length);
      const junk = String.fromCharCode(random(128));
      return answer.slice(0, at) + junk + answer.slice(at + random(3));
    });
    for (const text of [...twice, ...garbled, answer + ' '.repeat(20_000), answer.replaceAll('\n', ' ')])
      left(one, text);
  });
});
