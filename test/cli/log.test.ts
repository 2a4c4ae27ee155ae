// The log's bound: a minute has so many lines, errors have some of their own, and what is left out is said.
import { describe, expect, it } from 'vitest';
import { createLog, mostLinesPerMinute } from '../../src/cli/log.ts';

function logged(level: 'info' | 'debug') {
  const lines: { level: string; message: string; lines?: number }[] = [];
  const clock = { now: 1_000_000 };
  let dropped = 0;
  const output = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const count = () => {
    dropped += 1;
  };
  const log = createLog(level, output, { now: () => clock.now, onDropped: count });
  return { log, lines, clock, dropped: () => dropped };
}

describe('the log', () => {
  it('has at most so many lines a minute, the last of them for errors, and says how many are missing', () => {
    const { log, lines, clock, dropped } = logged('info');
    for (let i = 0; i < 5000; i += 1) log.warn({ i }, 'it flaps');
    expect(lines).toHaveLength(mostLinesPerMinute - 100);
    for (let i = 0; i < 200; i += 1) log.error({ i }, 'it fails');
    expect(lines).toHaveLength(mostLinesPerMinute);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(100);
    const missing = 5000 - (mostLinesPerMinute - 100) + 100;
    expect(dropped()).toBe(missing);
    clock.now += 60_000;
    log.info({}, 'calm again');
    expect(lines.slice(mostLinesPerMinute)).toMatchObject([
      { level: 'warn', message: 'lines were left out of the log', lines: missing },
      { level: 'info', message: 'calm again' },
    ]);
  });

  it('goes on when the clock is set back', () => {
    const { log, lines, clock } = logged('info');
    for (let i = 0; i < 1000; i += 1) log.info({}, 'x');
    clock.now -= 3_600_000;
    log.info({}, 'after the step');
    expect(lines.at(-1)?.message).toBe('after the step');
  });

  it('leaves out nothing for who asks for everything', () => {
    const { log, lines, dropped } = logged('debug');
    for (let i = 0; i < 2000; i += 1) log.debug({ i }, 'x');
    expect([lines.length, dropped()]).toEqual([2000, 0]);
  });
});
