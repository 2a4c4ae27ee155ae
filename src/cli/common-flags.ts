// Flags and words that several commands share.
import type { Flag } from './command.ts';

export const config: Flag = { value: 'FILE', help: 'The configuration (docs/configuration.md).' };
/** How a result is printed: the first format is the default. */
export const output = (...formats: readonly string[]): Flag => ({
  value: 'FORMAT',
  help: 'How to print the result.',
  choices: formats,
  default: formats[0] ?? '',
});
/** Those of every command. */
export const commonFlags: Readonly<Record<string, Flag>> = {
  'no-color': { help: 'No colour, as with NO_COLOR in the environment and in a pipe.' },
  help: { help: 'Show this text.' },
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
