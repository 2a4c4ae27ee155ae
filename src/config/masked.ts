// A configuration for other eyes: as it was written, with each secret that stands in it replaced. Names of files and variables
// that hold secrets are no secrets; comments are left out, since anything may stand in them.
import { parseDocument, stringify } from 'yaml';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

const secretRef = '#/$defs/secret';

/** Names of all options that are secrets, by the schema. */
function secretOptions(schema: JsonSchema | undefined, names = new Set<string>()): Set<string> {
  for (const [name, option] of Object.entries(schema?.properties ?? {})) {
    if (option.$ref === secretRef) names.add(name);
    secretOptions(option, names);
    secretOptions(option.items, names);
  }
  return names;
}

function masked(value: unknown, secrets: ReadonlySet<string>, secret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets, secret));
  if (typeof value === 'object' && value !== null) {
    // {file: …} and {env: …} say where a secret is; anything else in its place may be the secret itself.
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        masked(item, secrets, secret ? key !== 'file' && key !== 'env' : secrets.has(key)),
      ]),
    );
  }
  return secret ? '<secret>' : value;
}

/** The configuration as YAML with `<secret>` in place of each secret, references resolved, without comments. */
export function maskedConfig(text: string): string {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0) return '# the configuration cannot be shown: it is no YAML any more\n';
  return stringify(masked(document.toJS({ maxAliasCount: 100 }), secretOptions(jsonSchema())), {
    aliasDuplicateObjects: false,
  });
}
