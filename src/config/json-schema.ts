// The configuration's JSON Schema (draft 2020-12), made from schema.ts: for editors (docs/config.schema.json), for the
// documentation, and for messages that tell which options a section knows.
import * as z from 'zod';
import { configSchema } from './schema.ts';

/** What of a schema the program looks at. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

let made: JsonSchema | undefined;

/** The schema of a configuration file as it is written: defaults are not required. */
export function jsonSchema(): JsonSchema {
  made ??= z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;
  return made;
}
