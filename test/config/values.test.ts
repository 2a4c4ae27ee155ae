// The small kinds of value by themselves: durations, listen addresses, suggestions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';
import { formatListen, parseListen } from '../../src/config/listen.ts';
import { nearest } from '../../src/model/suggest.ts';

describe('durations', () => {
  it.each([
    ['15s', 15_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1s500ms', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1d12h', 129_600_000],
    ['0s', 0],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '15', 's', '1.5s', '-1s', '10 s', '30s1m', '5S', '1m1m', '15s ', '１s'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('come back from their text', () => {
    fc.assert(
      fc.property(fc.nat(400_000_000), (duration) => {
        expect(parseDuration(formatDuration(duration))).toBe(duration);
      }),
    );
  });
});

describe('listen addresses', () => {
  it.each([
    [':10179', { port: 10179 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:10179', { host: '::1', port: 10179 }],
    ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
    ['metrics.example.net:80', { host: 'metrics.example.net', port: 80 }],
  ])('%s', (text, expected) => {
    expect(parseListen(text)).toEqual(expected);
    expect(formatListen(expected)).toBe(text);
  });

  it.each([
    '10179',
    '::1:10179',
    '1.2.3:80',
    '1.2.3.4:65536',
    '[1.2.3.4]:80',
    'a b:80',
    'host:',
    '[::1]',
    '',
  ])('%j is none', (text) => {
    expect(parseListen(text)).toBeUndefined();
  });
});

describe('did you mean', () => {
  const words = ['community', 'authPassword', 'port', 'snmp', 'ssh', 'interval'];
  it.each([
    ['comunity', 'community'],
    ['auth_password', 'authPassword'],
    ['AUTHPASSWORD', 'authPassword'],
    ['prot', 'port'],
    ['snpm', 'snmp'],
    ['intervall', 'interval'],
    ['shs', 'ssh'],
    ['banana', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%j: %s', (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });
});
