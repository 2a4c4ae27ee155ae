// Flags and words that several commands share.
import type { Flag } from './command.ts';

export const config: Flag = { value: 'FILE', help: 'The configuration (docs/configuration.md).' };
export const output: Flag = {
  value: 'FORMAT',
  help: 'How to print the result.',
  choices: ['table', 'json'],
  default: 'table',
};
export const listenAddress: Flag = {
  value: 'ADDRESS',
  help: 'Listen here instead of at web.listen of the configuration, e.g. 127.0.0.1:10179.',
};
export const logLevel: Flag = {
  value: 'LEVEL',
  help: 'Least important messages to log, instead of log.level of the configuration.',
  choices: ['debug', 'info', 'warn', 'error', 'silent'],
};

export const couldNotRun = 'the configuration cannot be used';
