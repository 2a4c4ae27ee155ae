// The documentation that is made from the code is what the code makes, and says everything: every option, command, flag
// and metric. The JSON Schema takes the good configurations and refuses what is unknown, as an editor would.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { documents } from '../../scripts/docs.ts';
import { commands } from '../../src/cli/commands.ts';
import { type JsonSchema, jsonSchema } from '../../src/config/json-schema.ts';
import { families } from '../../src/metrics/families.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const made = documents();
const committed = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('generated documentation', () => {
  it.each(Object.keys(made))('%s is what `npm run docs` makes', (file) => {
    expect(committed(file)).toBe(made[file]);
  });

  it('names every option of the configuration, each with a sentence', () => {
    const text = committed('docs/configuration.md');
    const check = (schema: JsonSchema) => {
      for (const [name, option] of Object.entries(schema.properties ?? {})) {
        expect(text).toContain(name);
        expect(option.description, `${name} has no sentence`).toMatch(/\.$/);
        if (!option.$ref) check(option.items ?? option);
      }
    };
    check(jsonSchema());
  });

  it('names every command and flag', () => {
    const text = committed('docs/cli.md');
    for (const { name, flags, examples } of commands) {
      const section = text.slice(text.indexOf(`\n## ${name}\n`));
      expect(section).toMatch(new RegExp(`^\n## ${name}\n`));
      for (const flag of Object.keys(flags))
        expect(section.slice(0, section.indexOf('\n## ', 5))).toContain(`--${flag}`);
      for (const [line] of examples) expect(section).toContain(line);
    }
  });

  it('names every metric with its labels', () => {
    const text = committed('docs/metrics.md');
    for (const { name, labels } of families) {
      expect(text).toContain(`| \`${name}\` |`);
      for (const label of labels) expect(text).toContain(`\`${label}\``);
    }
    expect(text).toContain('`calico_bgp_build_info`');
  });
});

describe('config.schema.json', () => {
  const schema = z.fromJSONSchema(JSON.parse(committed('docs/config.schema.json')));
  const folder = path.join(root, 'test', 'fixtures', 'config');
  const read = (file: string): unknown =>
    parse(readFileSync(path.join(folder, file), 'utf8'), { merge: true });

  it.each(readdirSync(path.join(folder, 'good')).filter((name) => name.endsWith('.yml')))(
    'takes good/%s',
    (name) => {
      expect(schema.safeParse(read(`good/${name}`)).error?.issues ?? []).toEqual([]);
    },
  );

  it.each([
    'unknown-option',
    'unknown-section',
    'option-in-wrong-place',
    'durations',
    'secret-kinds',
    'numbers',
    'wrong-kinds',
    'missing-options',
    'unknown-driver',
    'host-key-format',
  ])('refuses bad/%s.yml', (name) => {
    expect(schema.safeParse(read(`bad/${name}.yml`)).success).toBe(false);
  });
});
