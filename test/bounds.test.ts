// docs/bounds.md names for each bound the test that holds it: that test must be there.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const text = readFileSync(path.join(root, 'docs', 'bounds.md'), 'utf8');
const named = [...text.matchAll(/\| `(test\/[^`]+)`: (.+) \|$/gm)].map(([, file = '', title = '']) => [
  file,
  title,
]);

it('the table is read', () => {
  expect(named.length).toBe(text.split('\n').filter((line) => line.startsWith('| ')).length - 1);
});

it.each(named)('%s has the test "%s"', (file, title) => {
  const titles = readFileSync(path.join(root, file), 'utf8');
  expect(titles).toContain(`'${title}'`);
});
