// What the FRR driver asks for: written-out plans, properties over random questions, and the cutting of batches by captures
// of a real vtysh.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { pieces } from '../../../src/collectors/switches/frr-json.ts';
import { commandAllowed } from '../../../src/collectors/switches/ssh.ts';
import { contains, type Prefix, parsePrefix, prefixOf, samePrefix } from '../../../src/model/prefix.ts';

const query = (prefixes: string[], ranges: string[]) => ({
  prefixes: prefixes.map(parsePrefix),
  ranges: ranges.map(parsePrefix),
});
const commands = (prefixes: string[], ranges: string[]) =>
  frr.routeCommands(query(prefixes, ranges)).map(({ command }) => command);

describe('the plan', () => {
  it('asks for a range as a whole, and for what covers it length by length', () => {
    expect(commands(['10.4.1.0/24', '10.4.2.0/24'], ['10.4.0.0/14', '10.4.8.0/24'])).toEqual([
      'show bgp ipv4 unicast 10.4.0.0/14 longer-prefixes json',
      ...['0.0.0.0/0', '0.0.0.0/1', '0.0.0.0/2', '0.0.0.0/3', '0.0.0.0/4', '8.0.0.0/5', '8.0.0.0/6'].map(
        (prefix) => `show bgp ipv4 unicast ${prefix} json`,
      ),
      ...[
        '10.0.0.0/7',
        '10.0.0.0/8',
        '10.0.0.0/9',
        '10.0.0.0/10',
        '10.0.0.0/11',
        '10.0.0.0/12',
        '10.0.0.0/13',
      ].map((prefix) => `show bgp ipv4 unicast ${prefix} json`),
      'show ip route 10.4.0.0/14 longer-prefixes json',
      ...['0.0.0.0/0', '0.0.0.0/1', '0.0.0.0/2', '0.0.0.0/3', '0.0.0.0/4', '8.0.0.0/5', '8.0.0.0/6'].map(
        (prefix) => `show ip route ${prefix} json`,
      ),
      ...[
        '10.0.0.0/7',
        '10.0.0.0/8',
        '10.0.0.0/9',
        '10.0.0.0/10',
        '10.0.0.0/11',
        '10.0.0.0/12',
        '10.0.0.0/13',
      ].map((prefix) => `show ip route ${prefix} json`),
    ]);
  });

  it('asks for single addresses outside all ranges by longest match', () => {
    expect(commands(['192.0.2.7/32', '2001:db8::7/128'], [])).toEqual([
      'show bgp ipv4 unicast 192.0.2.7 json',
      'show bgp ipv6 unicast 2001:db8::7 json',
      'show ip route 192.0.2.7 json',
      'show ipv6 route 2001:db8::7 json',
    ]);
  });

  it('asks nothing when there is no question', () => {
    expect(commands([], [])).toEqual([]);
  });

  const prefix4 = fc
    .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 8, max: 32 }))
    .map(([a, length]) => prefixOf({ family: 4, a, b: 0, c: 0, d: 0 }, length));
  const prefix6 = fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 16, max: 128 }))
    .map(([b, length]) => prefixOf({ family: 6, a: 0xfd000010, b, c: 0, d: 7 }, length));
  const some = fc.array(fc.oneof(prefix4, prefix6), { maxLength: 6 });

  it('covers every prefix and range in both layers, types only what is allowed, and stays bounded', () => {
    fc.assert(
      fc.property(some, some, (prefixes, ranges) => {
        const planned = frr.routeCommands({ prefixes, ranges });
        for (const { command } of planned) expect(commandAllowed(frr, command), command).toBe(true);
        expect(new Set(planned.map(({ command }) => command)).size).toBe(planned.length);
        expect(planned.length).toBeLessThanOrEqual(2 * 129 * (prefixes.length + ranges.length));
        for (const layer of ['bgp', 'installed']) {
          const scopes = planned.filter((command) => command.layer === layer).map(({ scope }) => scope);
          const asked = (prefix: Prefix) =>
            scopes.some((scope) =>
              scope?.prefixes.some((one) =>
                scope.kind === 'exact' ? samePrefix(one, prefix) : contains(one, prefix),
              ),
            );
          for (const prefix of [...prefixes, ...ranges]) expect(asked(prefix)).toBe(true);
          // What could cover a range from above is asked for as well, down to the default route.
          for (const range of ranges) {
            for (let length = 0; length < range.length; length++)
              expect(asked(prefixOf(range, length))).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('commandAllowed', () => {
  it.each([
    'show bgp vrf all summary json',
    'show bgp ipv4 unicast 10.0.0.0/8 json',
    'show bgp ipv6 unicast fd00::/8 longer-prefixes json',
    'show ip route 10.0.0.1 json',
  ])('allows %s', (command) => {
    expect(commandAllowed(frr, command)).toBe(true);
  });

  it.each([
    'show running-config',
    'clear bgp *',
    'show ip route',
    'show ip route 10.0.0.0/8 json\nclear bgp *',
    "show ip route 10.0.0.0/8 json'; reboot; '",
    'show ip route 10.0.0.1/8 json',
    'show ip route 010.0.0.0/8 json',
    'show ip route 10.0.0.0/8  json',
    'show ip route 10.0.0.0/8 json ',
    'show ip route {prefix} json',
    '',
  ])('refuses %j', (command) => {
    expect(commandAllowed(frr, command)).toBe(false);
  });
});

describe('batches', () => {
  const capture = (name: string) =>
    readFileSync(path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4/up', name), 'utf8');
  const five = [
    'show bgp ipv4 unicast 10.233.64.0/24 json',
    'show bgp ipv4 unicast 10.99.0.0/24 json',
    'show ip route 10.99.0.0/24 json',
    'show ip route 10.233.0.0/16 longer-prefixes json',
    'show bgp ipv4 unicast 10.99.0.0/24 longer-prefixes json',
  ];

  it('are cut into one answer a command', () => {
    const answers = frr.batch?.split(capture('batch.txt'), five) ?? [];
    const counts = five.map((command, i) => frr.parse(command, answers[i] ?? '').routes[0]?.rows.length);
    expect(counts).toEqual([2, 0, 0, 4, 0]);
  });

  it('are refused when a command in them failed', () => {
    const three = ['show ip route 10.1.0.0/30 json', 'show nonsense', 'show ip route 10.1.0.0/30 json'];
    expect(() => frr.batch?.split(capture('batch-error.txt'), three)).toThrow(
      'show nonsense: line 35: 2 answers to 3 commands, the device says: "% Unknown command: show nonsense"',
    );
  });

  it('are refused when they are cut off', () => {
    const text = capture('batch.txt');
    for (let length = 0; length < text.trimEnd().length; length += 101) {
      expect(() => frr.batch?.split(text.slice(0, length), five)).toThrow();
    }
  });

  it('are cut right whatever strings hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('', '\n', ' \n\n'),
        (values, gap) => {
          const documents = values.map((value) => JSON.stringify({ value }, undefined, 1));
          const found = pieces('x', documents.join(gap));
          expect(found.map((piece) => piece.text)).toEqual(documents);
          expect(found.every((piece) => piece.json)).toBe(true);
        },
      ),
    );
  });
});
