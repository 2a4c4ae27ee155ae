// The log: JSON lines on stderr, static messages with the data in the object (pino). stdout belongs to what a command
// prints. Passwords are Secret values, which print as `<secret>`.
import { pino } from 'pino';
import type { LogLevel } from '../config/config.ts';
import type { Output } from './command.ts';

/** A log of this level and above. Written at once, so that nothing is lost when the process ends. */
export function createLog(level: LogLevel, output: Output) {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' };
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ ...options, formatters }, { write: (line: string) => void output.write(line) });
}

/** For commands that print a report of their own: everything the log would say is in it. */
export const quietLog = { info() {}, warn() {}, error() {} };
