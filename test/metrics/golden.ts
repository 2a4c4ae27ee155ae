// Compares a text with a file in test/golden; GOLDEN=write writes the file instead, to be read before it is kept.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

const folder = path.resolve(import.meta.dirname, '..', 'golden');

export function expectGolden(name: string, text: string): void {
  const file = path.join(folder, name);
  if (process.env.GOLDEN === 'write') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
