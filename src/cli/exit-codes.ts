// What the process tells a script, the same for every command (design after pint and knip): 0, 1 or 2, nothing else.

export const exitCodes = {
  /** It ran, and there is nothing to complain about. */
  clean: 0,
  /** It ran, and it found something wrong. */
  findings: 1,
  /** It could not run: wrong command line, bad configuration, unreadable input, nobody to ask. */
  couldNotRun: 2,
} as const;
