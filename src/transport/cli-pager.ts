// What a device says when it waits for a key in the middle of an answer, and what to type then. A device should be asked
// not to page (each driver's preamble does); this is for those that do it all the same: other rights, other releases,
// `less` as on Linux. By the wording of the vendors' CLIs and of less(1). Pure.

/** The line must end with one of these: text that only mentions a pager is no pager. */
const waiting: readonly (readonly [pattern: RegExp, answer: string])[] = [
  // `less` has nothing more and waits to be ended; its end comes before its `lines 1-23` below.
  [/^\s*(?:\(END\)|(?:lines|byte) \d+(?:-\d+)?(?:\/\d+)?(?: \d+%)? \(END\))\s*$/, 'q'],
  // `--More--`, `---- More ----`, `-- More --`, `---(more 12%)---`, `--More--(38%)`.
  [/-{2,}\s*\(?more\b[^\n]{0,40}?-{2,}(?:\s*\(\d+%\))?\s*$/i, ' '],
  // `<--- More --->`, `(more)`, `(more 5%)`.
  [/(?:<-+ ?more ?-+>|\(more[^)\n]{0,20}\))\s*$/i, ' '],
  // `-- MORE --, next page: Space, next line: Enter, quit: q`.
  [/-{2,}\s*more\s*-{2,},[^\n]{0,80}\bspace\b[^\n]{0,80}$/i, ' '],
  // `lines 1-23`, `lines 1-23/60 38%`, `byte 4096`, as `less` shows them.
  [/^\s*(?:lines \d+-\d+(?:\/\d+)?|byte \d+(?:\/\d+)?)(?:\s+\d+%)?\s*$/, ' '],
  // `-- [Q quit|D dump|down]`.
  [/^\s*-- \[Q quit\|[^\]\n]{1,60}\]\s*$/, 'd'],
  // `Press any key to continue (Q to quit)`, `press SPACE`.
  [/\b(?:press|hit|type) (?:any key|the space ?bar|space|<space>)\b[^\n]{0,80}$/i, ' '],
  // `Press ENTER to continue`, `WARNING: terminal is not fully functional … (press RETURN)`.
  [/\b(?:press|hit|type) (?:enter|return|<(?:cr|enter|return)>)[^\n]{0,80}$/i, '\n'],
];

/** What to type when this last, unfinished line is a pager's; undefined when it is none. */
export function pagerAnswer(lastLine: string): string | undefined {
  return waiting.find(([pattern]) => pattern.test(lastLine))?.[1];
}

/** Asked at a login (Huawei VRP, H3C Comware: a password that is due for a change); nothing is ever changed. */
const loginQuestion = /change (?:it |the password )?now\?\s*\[y\/n\]\s*:?\s*$/i;

/** What to answer to a question in place of the first prompt. */
export function loginAnswer(lastLine: string): string | undefined {
  return loginQuestion.test(lastLine) ? 'N' : undefined;
}
