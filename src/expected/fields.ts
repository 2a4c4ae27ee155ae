// Reads fields out of unchecked objects: what has the wrong type or value becomes a problem that names object and field,
// and the rest goes on. Conversions follow sigs.k8s.io/yaml (a YAML `true` or `1` in a string field is its text) and
// api/pkg/lib/numorstring (AS numbers as number, decimal or asdot text).
import { parseAsn } from '../model/asn.ts';
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';

/** Where problems go. */
export type Report = (problem: ObjectProblem) => void;

type JsonRecord = Readonly<Record<string, unknown>>;

/** True for a plain JSON object (no list, no null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own key; a key such as `constructor` gives nothing that the object does not hold itself. */
export function own(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A value for a message: short, one line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

// A number with a fraction is asdot without its quotes: YAML makes 1.1 of 1.10, and Calico refuses it.
function asnIn(value: unknown): number | undefined {
  const text = typeof value === 'string' || Number.isInteger(value) ? String(value) : '';
  return /^\d+(\.\d+)?$/.test(text) ? parseAsn(text) : undefined;
}

/** One level of an object, with the way to it for messages. Absent and null are the same, as in Kubernetes. */
export class Fields {
  readonly object: ApiObject;
  readonly path: string;
  readonly #record: JsonRecord;
  readonly #report: Report;

  constructor(object: ApiObject, record: unknown, path: string, report: Report) {
    this.object = object;
    this.path = path;
    this.#report = report;
    this.#record = isRecord(record) ? record : {};
    if (record !== undefined && record !== null && !isRecord(record)) {
      this.problem('error', undefined, `is ${shown(record)}, not an object`);
    }
  }

  problem(severity: ObjectProblem['severity'], key: string | undefined, message: string): void {
    const field = key === undefined ? this.path : this.#at(key);
    this.#report({ severity, object: objectName(this.object), field, message });
  }

  /** True when there is something; the empty string counts as absent, as in `text`. */
  has(key: string): boolean {
    const value = this.value(key);
    return value !== undefined && value !== '';
  }

  value(key: string): unknown {
    return own(this.#record, key) ?? undefined;
  }

  /** A string; numbers and booleans as their text. The empty string counts as absent, as in Go. */
  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const text = scalarText(value);
    if (text === undefined) this.problem('error', key, `is ${shown(value)}, not a string`);
    return text === '' ? undefined : text;
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    this.problem('error', key, `is ${shown(value)}, not true or false`);
    return undefined;
  }

  integer(key: string, least: number, most: number): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
      return number;
    this.problem('error', key, `is ${shown(value)}, not a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** True when there is an AS number, readable or not; 0 counts as absent (Go's zero value). */
  hasAsn(key: string): boolean {
    return this.has(key) && !/^0+(\.0+)?$/.test(scalarText(this.value(key)) ?? '');
  }

  /** An AS number, 0 as absent. */
  asn(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined || value === '' || value === 0) return undefined;
    const asn = asnIn(value);
    if (asn === undefined) this.#noAsn(key, value);
    return asn === 0 ? undefined : asn;
  }

  /** A list of AS numbers; undefined when one of its items is none. */
  asns(key: string): readonly number[] | undefined {
    const asns = this.list(key).flatMap((item, i) => {
      const asn = asnIn(item);
      if (asn === undefined) this.#noAsn(`${key}[${i}]`, item);
      return asn ?? [];
    });
    return asns.length === this.list(key).length ? asns : undefined;
  }

  #noAsn(key: string, value: unknown): void {
    const wanted = 'an AS number from 1 to 4294967295 (plain, or asdot in quotes)';
    this.problem('error', key, `is ${shown(value)}, not ${wanted}`);
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const found = values.find((value) => value === text);
    if (!found) this.problem('error', key, `is ${shown(text)}; known values: ${values.join(', ')}`);
    return found;
  }

  /** The items of a list; empty when absent. */
  list(key: string): readonly unknown[] {
    const value = this.value(key);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    this.problem('error', key, `is ${shown(value)}, not a list`);
    return [];
  }

  /** A list of strings; other items are problems, empty ones are kept. */
  texts(key: string): readonly string[] {
    return this.list(key).flatMap((item, i) => {
      const text = scalarText(item);
      if (text !== undefined) return [text];
      this.problem('error', `${key}[${i}]`, `is ${shown(item)}, not a string`);
      return [];
    });
  }

  /** A map of strings, as labels are. */
  textMap(key: string): Readonly<Record<string, string>> {
    const map: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.child(key).#record)) {
      const text = scalarText(value);
      if (text !== undefined) map[name] = text;
    }
    return map;
  }

  child(key: string): Fields {
    return new Fields(this.object, this.value(key), this.#at(key), this.#report);
  }

  children(key: string): readonly Fields[] {
    return this.list(key).map(
      (item, i) => new Fields(this.object, item, `${this.#at(key)}[${i}]`, this.#report),
    );
  }

  #at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

/** The whole object as fields: `spec`, `status`, `metadata` and whatever else stands at the top. */
export function fieldsOf(object: ApiObject, report: Report): Fields {
  return new Fields(object, object, '', report);
}

/** The object's `spec`. */
export function specOf(object: ApiObject, report: Report): Fields {
  return fieldsOf(object, report).child('spec');
}
