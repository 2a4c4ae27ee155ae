// Calico's selector language, evaluated on labels: tokens, grammar, precedence and errors as in
// libcalico-go/lib/selector/{tokenizer,parser} (the same from v3.31 to v3.33).
import { SelectorError, type Token, tokenize } from './selector-tokens.ts';

export type Labels = Readonly<Record<string, string>>;

/** A selector that was understood. */
export interface Selector {
  readonly text: string;
  matches(labels: Labels): boolean;
}

type Test = (labels: Labels) => boolean;

// Deeper nesting than any person writes would end in a stack overflow, which nobody could attribute.
const deepest = 200;

const labelOf = (labels: Labels, label: string) => (Object.hasOwn(labels, label) ? labels[label] : undefined);

const comparisons: Readonly<Record<string, (value: string | undefined, wanted: string) => boolean>> = {
  '==': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  contains: (value, wanted) => value?.includes(wanted) ?? false,
  'starts with': (value, wanted) => value?.startsWith(wanted) ?? false,
  'ends with': (value, wanted) => value?.endsWith(wanted) ?? false,
};

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#end = { kind: 'end', text: '', at: length };
  }

  parse(): Test {
    if (this.#tokens.length === 0) return () => true;
    const test = this.#or();
    if (this.#peek().kind !== 'end') throw this.#unexpected('"&&", "||" or the end');
    return test;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? this.#end;
  }

  #take(kind: Token['kind']): Token | undefined {
    const token = this.#peek();
    if (token.kind !== kind) return undefined;
    this.#next++;
    return token;
  }

  #unexpected(wanted: string): SelectorError {
    const { kind, text, at } = this.#peek();
    return new SelectorError(
      `expected ${wanted} but found ${kind === 'end' ? 'the end' : text} at character ${at + 1}`,
    );
  }

  #or(): Test {
    const tests = [this.#and()];
    while (this.#take('||')) tests.push(this.#and());
    const [first] = tests;
    return first && tests.length === 1 ? first : (labels) => tests.some((test) => test(labels));
  }

  #and(): Test {
    const tests = [this.#not()];
    while (this.#take('&&')) tests.push(this.#not());
    const [first] = tests;
    return first && tests.length === 1 ? first : (labels) => tests.every((test) => test(labels));
  }

  #not(): Test {
    let negated = false;
    while (this.#take('!')) negated = !negated;
    const test = this.#primary();
    return negated ? (labels) => !test(labels) : test;
  }

  #primary(): Test {
    const has = this.#take('has');
    if (has) return (labels) => labelOf(labels, has.text) !== undefined;
    if (this.#take('all') || this.#take('global')) return () => true;
    if (this.#take('(')) {
      if (++this.#depth > deepest) throw new SelectorError(`more than ${deepest} nested parentheses`);
      const test = this.#or();
      if (!this.#take(')')) throw this.#unexpected('")"');
      this.#depth--;
      return test;
    }
    const label = this.#take('label');
    if (!label) throw this.#unexpected('a label, has(), all(), "!" or "("');
    return this.#comparison(label.text);
  }

  #comparison(label: string): Test {
    const operator = this.#take('operator');
    if (!operator) throw this.#unexpected(`an operator after label ${label}`);
    const compare = comparisons[operator.text];
    if (compare) {
      const wanted = this.#take('string');
      if (!wanted) throw this.#unexpected('a string in quotes');
      return (labels) => compare(labelOf(labels, label), wanted.text);
    }
    const set = this.#set();
    const inSet: Test = (labels) => {
      const value = labelOf(labels, label);
      return value !== undefined && set.has(value);
    };
    return operator.text === 'in' ? inSet : (labels) => !inSet(labels);
  }

  #set(): ReadonlySet<string> {
    if (!this.#take('{')) throw this.#unexpected('"{"');
    const set = new Set<string>();
    // As Calico's parser: a comma may stand before the closing brace, and the set may be empty.
    for (;;) {
      const item = this.#take('string');
      if (!item) break;
      set.add(item.text);
      if (!this.#take(',')) break;
    }
    if (!this.#take('}')) throw this.#unexpected('a string in quotes or "}"');
    return set;
  }
}

/** Reads a selector; a blank one selects everything. Throws SelectorError. */
export function parseSelector(text: string): Selector {
  const test = new Parser(tokenize(text), text.length).parse();
  return { text, matches: test };
}
