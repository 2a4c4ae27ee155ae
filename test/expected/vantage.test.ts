// What single devices should carry: everything by default, less where rules say so.
import { expect, it } from 'vitest';
import { vantage } from '../../src/expected/vantage.ts';
import type { ExpectedPrefix, ExpectedState, PrefixKind } from '../../src/model/expectation.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';

const prefix = (text: string, kind: PrefixKind): ExpectedPrefix => ({
  prefix: parsePrefix(text),
  kind,
  origins: ['a'],
  because: 'test',
});
const state: ExpectedState = {
  nodes: [],
  sessions: [],
  prefixes: [
    prefix('10.1.0.0/26', 'block'),
    prefix('10.1.0.9/32', 'borrowed'),
    prefix('10.96.0.0/16', 'service-cluster'),
  ],
  ranges: [],
  problems: [],
};
const at = (name: string, ...rules: Parameters<typeof vantage>[2] & object[]) =>
  vantage(state, { name, role: 'switch', address: '', addresses: [] }, rules).prefixes.map((p) =>
    formatPrefix(p.prefix),
  );

it('is everything without rules', () => {
  expect(at('spine01')).toEqual(['10.1.0.0/26', '10.1.0.9/32', '10.96.0.0/16']);
});

it('leaves out what the first rule that holds says, by device, kind and range', () => {
  const spine = { devices: ['spine*'], kinds: ['block', 'borrowed'] as const, carry: false };
  expect(at('spine01', spine)).toEqual(['10.96.0.0/16']);
  expect(at('leaf01', spine)).toHaveLength(3);
  const services = { within: [parsePrefix('10.96.0.0/12')], carry: false };
  expect(at('leaf01', services)).toEqual(['10.1.0.0/26', '10.1.0.9/32']);
  const keep = { devices: ['spine.1', 'spine01'], kinds: ['borrowed'] as const, carry: true };
  expect(at('spine01', keep, spine)).toEqual(['10.1.0.9/32', '10.96.0.0/16']);
  expect(at('spineX1', keep, spine)).toEqual(['10.96.0.0/16']);
});

it('tells prefixes by who announces them, and where an aggregate is enough', () => {
  const foreign = { devices: ['spine*'], nodes: ['b*'], carry: false };
  expect(at('spine01', foreign)).toHaveLength(3);
  expect(at('spine01', { ...foreign, nodes: ['a'] })).toEqual([]);
  const device = { name: 'spine01', role: 'switch' as const, address: '', addresses: [] };
  const { prefixes } = vantage(state, device, [{ kinds: ['block'], carry: 'covered' }]);
  expect(prefixes.map(({ coverSuffices }) => coverSuffices)).toEqual([true, undefined, undefined]);
});
