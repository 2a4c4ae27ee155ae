// Values to objects: lists of any kind are opened, and what has no kind or name is a problem that names file and line.
// Lists are `kind: List` (kubectl) and `kind: BGPPeerList` with items that may leave out their kind (API servers, calicoctl).
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import type { FileDocument } from './files-parse.ts';

type JsonRecord = Readonly<Record<string, unknown>>;
type Report = (problem: ObjectProblem) => void;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// YAML turns a label such as `true` or `1` into a boolean or number; Kubernetes means the text.
function texts(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || typeof item === 'object' ? [] : [[key, String(item)]],
    ),
  );
}

interface Kind {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

function toObject(value: unknown, fallback: Kind, origin: string, report: Report): ApiObject | undefined {
  const bad = (object: string, message: string) => {
    report({ severity: 'error', object, message: `${origin}: ${message}` });
    return undefined;
  };
  if (!isRecord(value)) return bad('document', 'is not an object');
  const { apiVersion, kind } = { ...fallback, ...value } as Kind;
  if (typeof kind !== 'string' || kind === '') return bad('object', 'has no kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') return bad(kind, 'has no apiVersion');
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const { name, namespace } = metadata;
  const text = typeof name === 'number' || typeof name === 'boolean' ? String(name) : name;
  if (typeof text !== 'string' || text === '') return bad(kind, 'has no metadata.name');
  const [labels, annotations] = [texts(metadata.labels), texts(metadata.annotations)];
  return {
    ...value,
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      name: text,
      ...(typeof namespace === 'string' ? { namespace } : {}),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    origin,
  };
}

/** All objects of the documents, in order. Empty documents (`---` at the end) are nothing. */
export function objectsIn(documents: readonly FileDocument[], report: Report): readonly ApiObject[] {
  return documents.flatMap(({ file, value, lineOf }): ApiObject[] => {
    const place = (line: number | undefined, i?: number) =>
      line === undefined ? `${file}${i === undefined ? '' : ` item ${i + 1}`}` : `${file}:${line}`;
    if (value === null || value === undefined) return [];
    const items = isRecord(value) && Array.isArray(value.items) ? value.items : undefined;
    // calicoctl prints several lists as an array of them.
    if (Array.isArray(value)) {
      const nested = value.map((item) => ({ file, value: item, lineOf: () => undefined }));
      return [...objectsIn(nested, report)];
    }
    if (!items || !isRecord(value)) {
      const object = toObject(value, {}, place(lineOf()), report);
      return object ? [object] : [];
    }
    const { kind, apiVersion } = value;
    const typed = typeof kind === 'string' && kind.endsWith('List') && kind !== 'List';
    const fallback = typed ? { kind: kind.slice(0, -'List'.length), apiVersion } : {};
    return items.flatMap((item, i) => toObject(item, fallback, place(lineOf(i), i), report) ?? []);
  });
}
