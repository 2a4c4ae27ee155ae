// Tokens of Calico's selector language (libcalico-go/lib/selector/tokenizer): blanks and tabs separate; after a label
// only an operator may stand, so that operator words are fine as label names.

/** The text is no selector; the message says what is wrong and where. */
export class SelectorError extends Error {
  override name = 'SelectorError';
}

export interface Token {
  readonly kind:
    | 'label'
    | 'string'
    | 'operator'
    | 'has'
    | 'all'
    | 'global'
    | '('
    | ')'
    | '{'
    | '}'
    | ','
    | '!'
    | '&&'
    | '||'
    | 'end';
  /** For strings and has(): what is inside. */
  readonly text: string;
  /** Index of the first character in the selector. */
  readonly at: number;
}

interface Rule {
  readonly pattern: RegExp;
  token(match: RegExpExecArray): Omit<Token, 'at'>;
}

// Word operators may be written without the inner blank, but a letter may not follow: `inf` is no operator.
const afterLabel: readonly Rule[] = [
  { pattern: /contains\b/y, token: () => ({ kind: 'operator', text: 'contains' }) },
  { pattern: /starts[ \t]*with\b/y, token: () => ({ kind: 'operator', text: 'starts with' }) },
  { pattern: /ends[ \t]*with\b/y, token: () => ({ kind: 'operator', text: 'ends with' }) },
  { pattern: /not[ \t]*in\b/y, token: () => ({ kind: 'operator', text: 'not in' }) },
  { pattern: /in\b/y, token: () => ({ kind: 'operator', text: 'in' }) },
];

const labelCharacters = '[a-zA-Z0-9_./-]';

const elsewhere: readonly Rule[] = [
  {
    pattern: new RegExp(`has\\([ \\t]*(${labelCharacters}{1,512})[ \\t]*\\)`, 'y'),
    token: ([, label]) => ({ kind: 'has', text: label ?? '' }),
  },
  { pattern: /all\([ \t]*\)/y, token: () => ({ kind: 'all', text: 'all()' }) },
  { pattern: /global\([ \t]*\)/y, token: () => ({ kind: 'global', text: 'global()' }) },
  {
    pattern: new RegExp(`${labelCharacters}{1,512}`, 'y'),
    token: ([label]) => ({ kind: 'label', text: label }),
  },
];

const anywhere: readonly Rule[] = [
  { pattern: /"([^"]*)"|'([^']*)'/y, token: ([, x, y]) => ({ kind: 'string', text: x ?? y ?? '' }) },
  { pattern: /==|!=/y, token: ([text]) => ({ kind: 'operator', text }) },
  { pattern: /&&/y, token: () => ({ kind: '&&', text: '&&' }) },
  { pattern: /\|\|/y, token: () => ({ kind: '||', text: '||' }) },
  { pattern: /!/y, token: () => ({ kind: '!', text: '!' }) },
  { pattern: /\(/y, token: () => ({ kind: '(', text: '(' }) },
  { pattern: /\)/y, token: () => ({ kind: ')', text: ')' }) },
  { pattern: /\{/y, token: () => ({ kind: '{', text: '{' }) },
  { pattern: /\}/y, token: () => ({ kind: '}', text: '}' }) },
  { pattern: /,/y, token: () => ({ kind: ',', text: ',' }) },
];

/** Cuts a selector into tokens. Throws SelectorError. */
export function tokenize(selector: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (selector[at] === ' ' || selector[at] === '\t') at++;
    if (at >= selector.length) return tokens;
    const rules = [...anywhere, ...(tokens.at(-1)?.kind === 'label' ? afterLabel : elsewhere)];
    const start = at;
    for (const { pattern, token } of rules) {
      pattern.lastIndex = start;
      const match = pattern.exec(selector);
      if (!match) continue;
      tokens.push({ ...token(match), at: start });
      at = start + match[0].length;
      break;
    }
    if (at === start) {
      const character = selector[start] ?? '';
      const why =
        character === '"' || character === "'" ? 'a string without its end' : 'unexpected characters';
      throw new SelectorError(
        `${why} at character ${start + 1}: ${JSON.stringify(selector.slice(start, start + 20))}`,
      );
    }
  }
}
