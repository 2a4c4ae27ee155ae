// The text of a configuration file as data, with the place of every key and value, so that a mistake can be shown at
// its line and column (YAML 1.2, with merge keys `<<`). YAML's own errors are told in words for whoever wrote the file;
// never with the value at fault, which may be a password.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

export interface Problem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

export interface Source {
  readonly file: string;
  /** The file's content; undefined when `problems` says why not. */
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** A problem with the value at `path`; when there is none, with the nearest key above it. */
  problem(path: Path, message: string): Problem;
  /** A problem with the key at `path` itself. */
  keyProblem(path: Path, message: string): Problem;
}

const quoteIt = 'put the value in quotes';

// By the codes of the yaml package; anything else keeps the first line of its own message.
const words: Record<string, string> = {
  TAB_AS_INDENT: 'a tab stands where YAML wants blanks; indent with blanks only',
  BAD_INDENT: 'this line is indented unlike its neighbours; lines of one section begin in the same column',
  BLOCK_AS_IMPLICIT_KEY: `a second ": " in one line; ${quoteIt}, or begin a new line for the inner key`,
  MULTILINE_IMPLICIT_KEY: 'this line has no ": "; options are written as key: value',
  MISSING_CHAR: 'a closing bracket, or the ":" behind a key, is missing before this place',
  BAD_ALIAS: `a value that begins with "*" is a reference to YAML, and nothing of that name is above; ${quoteIt}`,
  BAD_SCALAR_START: `YAML does not let a value begin with this sign; ${quoteIt}`,
  BAD_DIRECTIVE: `YAML takes a line that begins with "%" for a directive; ${quoteIt}`,
  TAG_RESOLVE_FAILED: `a value that begins with "!" is a tag to YAML; ${quoteIt}`,
  MULTIPLE_DOCS: 'a second document begins here (---); the configuration is one document',
};

function explainYaml(error: YAMLError, text: string): string {
  const rest = text.slice(error.pos[0]);
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^"?([\w-]+)/.exec(rest)?.[1];
    return key
      ? `"${key}" stands twice in this section; keep one`
      : 'a key stands twice in this section; keep one';
  }
  // `name: x` and below it, deeper, `bird:`: YAML reads on and takes both lines for one value.
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY' && /^[^:]*\n[^:]*:/.test(rest)) {
    return 'the line below is indented deeper than this one, so that YAML takes both for one value; options of one section begin in the same column';
  }
  if (error.code === 'BAD_INDENT' && error.message.startsWith('Flow')) {
    return 'a [ or { above is not closed before this place (or its next line is not indented)';
  }
  return words[error.code] ?? `this is not YAML: ${error.message.split('\n')[0]}`;
}

/** Where the quote began that is never closed: YAML itself notices at the end of the file only. */
function openQuote(document: Document.Parsed): number | undefined {
  let last: number | undefined;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') last = range?.[0];
    },
  });
  return last;
}

interface Fault {
  readonly offset: number;
  readonly message: string;
}

function faults(document: Document.Parsed, text: string): Fault[] {
  const found: Fault[] = [...document.errors, ...document.warnings].map((error) => {
    const opened = /closing .quote/.test(error.message) ? openQuote(document) : undefined;
    return opened === undefined
      ? { offset: error.pos[0], message: explainYaml(error, text) }
      : { offset: opened, message: 'the quote that begins here is never closed' };
  });
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document))
        found.push({ offset: alias.range?.[0] ?? 0, message: words.BAD_ALIAS ?? '' });
    },
  });
  return found;
}

interface Spot {
  readonly key: number;
  readonly value: number;
  readonly found: boolean;
}

function find(document: Document, path: Path): Spot {
  let node: unknown = document.contents;
  let spot: Spot = { key: 0, value: 0, found: true };
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    let key: unknown;
    let value: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      key = pair?.key;
      value = pair?.value;
    } else if (isSeq(node)) {
      key = node.items[Number(step)];
      value = key;
    }
    const start =
      (isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? key.range?.[0] : undefined) ?? -1;
    if (start < 0) return { ...spot, found: false };
    const empty = isScalar(value) ? value.value === null : !value;
    const at =
      isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value.range?.[0] : undefined;
    spot = { key: start, value: empty ? start : (at ?? start), found: true };
    node = value;
  }
  return spot;
}

/** Reads YAML; syntax errors are in `problems`. Never throws. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  // One fault often makes several errors: the first one of a line tells it.
  const problems = new Map<number, Problem>();
  for (const { offset, message } of faults(document, text)) {
    const problem = at(offset, message);
    if (!problems.has(problem.line)) problems.set(problem.line, problem);
  }
  let data: unknown;
  try {
    // Aliases of aliases ("billion laughs") end here.
    if (problems.size === 0) data = document.toJS({ maxAliasCount: 100 });
  } catch {
    problems.set(1, at(0, 'too many references (*name) in one file'));
  }
  const problem = (path: Path, message: string): Problem => {
    const spot = find(document, path);
    return at(spot.found ? spot.value : spot.key, message);
  };
  return {
    file,
    data,
    problems: [...problems.values()],
    problem,
    keyProblem: (path, message) => at(find(document, path).key, message),
  };
}
