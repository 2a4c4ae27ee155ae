// What zod found wrong, as sentences for the person who wrote the file: which device, which option, what it must be,
// what was probably meant. The JSON Schema of the configuration tells which options a section knows.
import type * as z from 'zod';
import { hint, nearest } from '../model/suggest.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';
import type { Path, Problem, Source } from './source.ts';

/** The schema of one option; only of those that are there, whatever else its name means to a JavaScript object. */
function optionOf(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const { properties } = schema ?? {};
  return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function schemaAt(path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = jsonSchema();
  for (const step of path) {
    schema = typeof step === 'number' ? schema?.items : optionOf(schema, String(step));
  }
  return schema;
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return value;
}

const singular: Record<string, string> = { nodes: 'node', switches: 'switch' };

/** The place of an option in words: `switch leaf01: snmp.port`, `collection.interval`; empty for the whole file. */
export function place(data: unknown, path: Path): string {
  const [room, index, ...rest] = path;
  const kind = singular[String(room)];
  if (!kind || typeof index !== 'number') return dotted(path);
  const name = valueAt(data, [String(room), index, 'name']);
  const device = typeof name === 'string' ? `${kind} ${name}` : `${kind} number ${index + 1}`;
  return rest.length > 0 ? `${device}: ${dotted(rest)}` : device;
}

function dotted(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : (i > 0 ? '.' : '') + String(step)))
    .join('');
}

function unknownKey(source: Source, parent: Path, key: string): Problem {
  const known = Object.keys(schemaAt(parent)?.properties ?? {});
  const where = place(source.data, parent) || 'the configuration';
  const near = nearest(key, known);
  const inside = known.find((name) => optionOf(schemaAt([...parent, name]), key));
  let above = parent.slice(0, -1);
  while (above.length > 0 && !optionOf(schemaAt(above), key)) above = above.slice(0, -1);
  const outside = parent.length > 0 && optionOf(schemaAt(above), key);
  let help = hint(key, known, 'it knows');
  if (near === undefined && inside)
    help = `; it belongs under ${dotted([...parent, inside])
      .split('.')
      .at(-1)}`;
  if (near === undefined && !inside && outside) {
    help = `; it belongs ${above.length > 0 ? `to ${place(source.data, above)} itself` : 'to the top of the file'}, not under ${String(parent.at(-1))}`;
  }
  return source.keyProblem([...parent, key], `${where} has no option "${key}"${help}`);
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list ([a, b], or lines that begin with "- ")',
  object: 'a section (lines of "option: value", indented below it)',
};

const secretRef = '#/$defs/secret';

function isSecret(path: Path): boolean {
  const schema = schemaAt(path) ?? schemaAt(path.slice(0, -1));
  return schema?.$ref === secretRef;
}

/** True of the options beside a secret: what stands at one of them may be a password meant for the next line. */
function besideSecret(path: Path): boolean {
  const options = schemaAt(path.slice(0, -1))?.properties ?? {};
  return Object.values(options).some(({ $ref }) => $ref === secretRef);
}

/** The value for a message: short, in quotes; a secret, what may be one, and a section are never shown. */
function shown(value: unknown, path: Path): string {
  if (isSecret(path) || typeof value === 'object') return '';
  if (typeof value === 'string' && besideSecret(path)) return '';
  const text = String(value);
  return `, not ${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)}`;
}

function invalidType(expected: string, value: unknown, path: Path): string {
  if (value === null) return 'has nothing behind it; give it a value or take the line out';
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `is a ${typeof value === 'number' ? 'number' : 'truth value'} to YAML; put it in quotes`;
  }
  return `must be ${kinds[expected] ?? expected}${shown(value, path)}`;
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // Numbers and choices carry words of their own; the type alone says too little.
      return issue.message.startsWith('must ') && value !== null
        ? `${issue.message}${shown(value, issue.path)}`
        : invalidType(issue.expected, value, issue.path);
    case 'invalid_value': {
      const values = [...new Set(issue.values.map(String))];
      const near = typeof value === 'string' ? nearest(value, values) : undefined;
      const meant = near === undefined ? '' : `; did you mean "${near}"?`;
      if (value === null) return invalidType('', value, issue.path);
      // A password may be all digits, and YAML then makes it a number.
      const given = besideSecret(issue.path) ? '' : shown(value, issue.path);
      return `must be one of ${values.join(', ')}${given}${meant}`;
    }
    case 'invalid_union':
      if (value === null) return invalidType('', value, issue.path);
      if (isSecret(issue.path) && typeof value !== 'object')
        return `${invalidType('string', value, issue.path)}`;
      return `${issue.message}${shown(value, issue.path)}`;
    default:
      return issue.message.startsWith('must ')
        ? `${issue.message}${shown(value, issue.path)}`
        : issue.message;
  }
}

function explained(description: string | undefined): string {
  if (!description) return '';
  const text = description.replace(/\.$/, '');
  return ` (${/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text})`;
}

/** The problems behind one zod issue of the whole file. */
export function explainIssue(source: Source, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(source, issue.path, key));
  }
  const value = valueAt(source.data, issue.path);
  const key = issue.path.at(-1);
  if (value === undefined && typeof key === 'string') {
    const parent = issue.path.slice(0, -1);
    const where = place(source.data, parent) || 'the configuration';
    return [
      source.keyProblem(parent, `${where} needs "${key}"${explained(schemaAt(issue.path)?.description)}`),
    ];
  }
  const where = place(source.data, issue.path) || 'the configuration';
  return [source.problem(issue.path, `${where} ${sentence(issue, value)}`)];
}
