// What is remembered from one expectation to the next: only prefixes that came while we watched have a beginning.
import { expect, it } from 'vitest';
import { expectationMemory } from '../../src/exporter/expectation-memory.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';

const state = (...texts: string[]): ExpectedState => ({
  nodes: [],
  sessions: [],
  prefixes: texts.map((text) => ({
    prefix: parsePrefix(text),
    kind: 'block',
    origins: ['a'],
    because: 'test',
  })),
  ranges: [],
  problems: [],
});
const leaf = { name: 'leaf01', role: 'switch' as const, address: '', addresses: [] };

it('knows since when a prefix is expected, unless it always was', () => {
  const memory = expectationMemory([]);
  memory.see(state('10.0.0.0/26'), 1000);
  memory.see(state('10.0.0.0/26', '10.0.0.64/26'), 2000);
  memory.see(state('10.0.0.0/26', '10.0.0.64/26', '10.0.0.128/26'), 3000);
  const since = (text: string) => memory.expectedSince(parsePrefix(text));
  expect(['10.0.0.0/26', '10.0.0.64/26', '10.0.0.128/26', '10.9.0.0/26'].map(since)).toEqual([
    undefined,
    2000,
    3000,
    undefined,
  ]);
  // Gone and back is new.
  memory.see(state('10.0.0.0/26'), 4000);
  memory.see(state('10.0.0.0/26', '10.0.0.64/26'), 5000);
  expect(since('10.0.0.64/26')).toBe(5000);
});

it('computes what a device carries once per expectation', () => {
  const memory = expectationMemory([]);
  expect(memory.vantages([leaf]).size).toBe(0);
  memory.see(state('10.0.0.0/26'), 1);
  const first = memory.vantages([leaf]).get('leaf01');
  expect(first?.prefixes).toHaveLength(1);
  expect(memory.vantages([leaf]).get('leaf01')).toBe(first);
  memory.see(state('10.0.0.0/26', '10.0.0.64/26'), 2);
  expect(memory.vantages([leaf]).get('leaf01')?.prefixes).toHaveLength(2);
});

it('knows since when a node belongs to the cluster, unless it always did', () => {
  const memory = expectationMemory([]);
  const withNodes = (...names: string[]): ExpectedState => ({
    ...state('10.0.0.0/26'),
    nodes: names.map((name) => ({ name, asn: 64512, addresses: [] })),
  });
  memory.see(withNodes('node1'), 1000);
  memory.see(withNodes('node1', 'node2'), 2000);
  expect(['node1', 'node2', 'node3'].map(memory.nodeSince)).toEqual([undefined, 2000, undefined]);
  // Gone and back is new, whatever its object says of its making.
  memory.see(withNodes('node2'), 3000);
  memory.see(withNodes('node1', 'node2'), 4000);
  expect(['node1', 'node2'].map(memory.nodeSince)).toEqual([4000, 2000]);
});
