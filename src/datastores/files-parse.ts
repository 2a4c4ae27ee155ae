// Text to values: JSON by JSON.parse, everything else as YAML the way kubectl and calicoctl read it (sigs.k8s.io/yaml, that
// is YAML 1.1 booleans: `yes` and `on` are true), with the line of every document.
import { type Document, LineCounter, parseAllDocuments, type ScalarTag } from 'yaml';
import { DatastoreError } from './files-error.ts';

/** Largest YAML file, in bytes: reading it takes a hundred times as long, and fifty times its size in memory. */
export const largestYaml = 32 * 1024 * 1024;

/** One document of a file. */
export interface FileDocument {
  readonly file: string;
  readonly value: unknown;
  /** 1-based line of the document, or of an item of its top-level `items`; undefined where it is not known. */
  lineOf(item?: number): number | undefined;
}

// Only the booleans of YAML 1.1: its base-60 numbers would turn IPv6 addresses such as 10:11:12:13:14:15:16:17 into one.
const yes = /^(?:y|Y|yes|Yes|YES|on|On|ON)$/;
const no = /^(?:n|N|no|No|NO|off|Off|OFF)$/;

const oldBoolean = (value: boolean, test: RegExp): ScalarTag => ({
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: () => false,
  test,
  resolve: () => value,
});

/** True when the first character that is not blank opens an object or a list. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function parseJson(file: string, text: string): FileDocument | undefined {
  try {
    return { file, value: JSON.parse(text), lineOf: () => undefined };
  } catch (error) {
    // YAML is a superset of JSON and tells the place of the mistake; only for big files that takes too much memory.
    if (text.length <= largestYaml) return undefined;
    throw new DatastoreError(file, error instanceof Error ? error.message : String(error));
  }
}

function check(file: string, document: Document.Parsed, lines: LineCounter): void {
  const [error] = document.errors;
  if (!error) return;
  const { line, col } = lines.linePos(error.pos[0]);
  throw new DatastoreError(
    file,
    error.message.split('\n', 1)[0]?.replace(/ at line \d+.*$/, '') ?? '',
    line,
    col,
  );
}

function documentOf(file: string, document: Document.Parsed, lines: LineCounter): FileDocument {
  let value: unknown;
  try {
    // Aliases are for anchors that people write; a bomb of them must not eat the memory.
    value = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    const { line, col } = lines.linePos(document.range[0]);
    throw new DatastoreError(file, error instanceof Error ? error.message : String(error), line, col);
  }
  const lineAt = (node: unknown) => {
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    return range?.[0] === undefined ? undefined : lines.linePos(range[0]).line;
  };
  return {
    file,
    value,
    lineOf: (item) =>
      item === undefined ? lineAt(document.contents) : lineAt(document.getIn(['items', item], true)),
  };
}

/** All documents of a file's text, empty ones included. Throws DatastoreError. */
export function parseDocuments(file: string, text: string): readonly FileDocument[] {
  const json = looksLikeJson(text) ? parseJson(file, text) : undefined;
  if (json) return [json];
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    merge: true,
    prettyErrors: false,
    customTags: (tags) => [oldBoolean(true, yes), oldBoolean(false, no), ...tags],
  });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    check(file, document, lineCounter);
    return documentOf(file, document, lineCounter);
  });
}
