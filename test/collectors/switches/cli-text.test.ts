// Uptimes, states and classful networks as real systems print them (facts of each vendor's show commands).
import { expect, it } from 'vitest';
import { classfulLength, stateOf, uptimeSeconds } from '../../../src/collectors/switches/cli-text.ts';

const day = 86_400;

it.each([
  ['23:52:28', 23 * 3600 + 52 * 60 + 28],
  ['00:16:19', 979],
  ['1d02h', day + 7200],
  ['0145h31m', 145 * 3600 + 31 * 60],
  ['5523h36m', 5523 * 3600 + 36 * 60],
  ['9w2d 5:23:37', 65 * day + 5 * 3600 + 23 * 60 + 37],
  ['1y11w', 365 * day + 77 * day],
  ['1w:6d:18:55:29', 13 * day + 18 * 3600 + 55 * 60 + 29],
  ['02m:02w:06d', 60 * day + 20 * day],
  ['0d:0h:22m:4s', 22 * 60 + 4],
  ['5:23:37', 5 * 3600 + 23 * 60 + 37],
  ['12m30s', 750],
])('%s is %d s', (text, seconds) => expect(uptimeSeconds(text)).toBe(seconds));

it.each(['never', '-', '', 'Established', '7', '1:2:3:4'])('%j is no uptime', (text) => {
  expect(uptimeSeconds(text)).toBeUndefined();
});

it.each([
  ['Established', 'established', false],
  ['Establ', 'established', false],
  ['ESTABLISHED/14', 'established', false],
  ['OpenSent', 'opensent', false],
  ['Open Confirm', 'openconfirm', false],
  ['Idle (Admin)', 'idle', true],
  ['Idle(NoIf)', 'idle', false],
  ['Shut (Admin)', 'idle', true],
  ['Active', 'active', false],
  ['12', null, false],
  ['No Neg', null, false],
])('%s', (text, state, adminDown) => expect(stateOf(text)).toEqual({ state, adminDown }));

it.each([
  ['10.0.0.0', 8],
  ['172.16.0.0', 16],
  ['192.168.11.0', 24],
  ['0.0.0.0', 0],
  ['224.0.0.0', undefined],
])('%s has %s bits', (address, bits) => expect(classfulLength(address)).toBe(bits));
