// The log: JSON lines on stderr, static messages with the data in the object (pino). stdout belongs to what a command
// prints. Passwords are Secret values, which print as `<secret>`.
import { pino } from 'pino';
import type { LogLevel } from '../config/config.ts';
import type { Output } from './command.ts';

/** Most lines of one minute; errors have the last hundred to themselves. */
export const mostLinesPerMinute = 600;
const keptForErrors = 100;
const minuteMs = 60_000;

interface LogBounds {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each line that was left out. */
  readonly onDropped?: () => void;
}

/**
 * Writes lines up to the bound of a minute. What was left out is counted, and said with the first line after it: a fabric that
 * flaps must not fill a disk, and nobody may think that it was quiet.
 */
function boundedWriter(output: Output, { now, onDropped }: LogBounds): (line: string) => void {
  let since = now();
  let lines = 0;
  let dropped = 0;
  return (line) => {
    const at = now();
    // A clock that was set back begins a new minute, too.
    if (at - since >= minuteMs || at < since) {
      if (dropped > 0) {
        const said = { level: 'warn', time: new Date(at).toISOString(), lines: dropped };
        output.write(`${JSON.stringify({ ...said, message: 'lines were left out of the log' })}\n`);
      }
      since = at;
      lines = 0;
      dropped = 0;
    }
    const most = line.startsWith('{"level":"error"')
      ? mostLinesPerMinute
      : mostLinesPerMinute - keptForErrors;
    if (lines >= most) {
      dropped += 1;
      onDropped?.();
      return;
    }
    lines += 1;
    output.write(line);
  };
}

/**
 * A log of this level and above, at most `mostLinesPerMinute`; who asks for `debug` gets everything. Written at once, so that
 * nothing is lost when the process ends.
 */
export function createLog(level: LogLevel, output: Output, bounds: LogBounds) {
  const write = level === 'debug' ? (line: string) => void output.write(line) : boundedWriter(output, bounds);
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' };
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ ...options, formatters }, { write });
}

/** For commands that print a report of their own: everything the log would say is in it. */
export const quietLog = { info() {}, warn() {}, error() {} };
