// The small parts: BIRD's times, Calico's protocol names, reply framing, status, and the commands a query becomes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePeerName } from '../../../src/collectors/nodes/bird-name.ts';
import { maxCommandBytes } from '../../../src/collectors/nodes/bird-protocol.ts';
import { netQuestion, quoteName, routeCommands } from '../../../src/collectors/nodes/bird-query.ts';
import { replyFramer } from '../../../src/collectors/nodes/bird-reply.ts';
import { factsOf, statusReader } from '../../../src/collectors/nodes/bird-status.ts';
import { parseServerTime, secondsSince } from '../../../src/collectors/nodes/bird-time.ts';
import { contains, formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { readAnswer } from './fixtures.ts';

describe('times', () => {
  const server = parseServerTime('2026-11-22 23:01:18') ?? Number.NaN;

  it.each([
    ['23:00:55', 23], // own/out.txt: 23:01:18 - 23:00:55
    ['23:00:55.500', 22.5], // BIRD 2
    ['04:01:18', 19 * 3600],
    ['2026-11-22', 23 * 3600 + 78], // a date alone counts from its midnight
    ['2026-11-20', 2 * 86400 + 23 * 3600 + 78],
    ['2026-11-22 22:01:18', 3600],
    ['23:01:19', 0], // came up after the clock was read
  ])('since %s is %d s ago', (since, seconds) => {
    expect(secondsSince(since, server)).toBe(seconds);
  });

  it('takes a clock time ahead of the server by hours as yesterday', () => {
    const morning = parseServerTime('2026-11-22 01:00:00') ?? Number.NaN;
    expect(secondsSince('23:00:00', morning)).toBe(2 * 3600);
  });

  it.each(['', 'yesterday', '1d2h', '25', '2026-11', '12:30'])('does not guess at %j', (since) => {
    expect(secondsSince(since, server)).toBeUndefined();
  });
});

describe('names', () => {
  it.each([
    ['Mesh_10_0_0_2', 'mesh', '10.0.0.2', undefined],
    ['Global_10_0_0_254_port_1179', 'global', '10.0.0.254', 1179],
    ['Node_172_16_2_116_port_179', 'node', '172.16.2.116', 179],
    ['Node_fd80__2', 'node', 'fd80::2', undefined],
    ['Global_2001_20__8_port_179', 'global', '2001:20::8', 179],
    ['Node_fd00_1_2_3_4_5_6_7', 'node', 'fd00:1:2:3:4:5:6:7', undefined],
    ['Local_Workload_10_65_0_1', 'local-workload', '10.65.0.1', undefined],
    ['Node_leaf', 'node', undefined, undefined],
  ])('%s', (name, kind, address, port) => {
    expect(parsePeerName(name)).toEqual({ kind, address, port });
  });

  it.each(['static1', 'R194_42', 'Mesh_', 'mesh_10_0_0_2', 'uplink'])("%s is not Calico's", (name) => {
    expect(parsePeerName(name)).toBeUndefined();
  });
});

describe('framing', () => {
  it('repeats the code before for a leading blank, and ends at four digits and a blank', () => {
    const frame = replyFramer('x');
    expect(frame('2002-name proto')).toEqual({ code: 2002, text: 'name proto', number: 1, last: false });
    expect(frame('1002-a  BGP')).toMatchObject({ code: 1002, text: 'a  BGP', last: false });
    expect(frame('  b  BGP')).toMatchObject({ code: 1002, text: ' b  BGP', last: false });
    expect(frame('+2 Reconfigured')).toBe('async');
    expect(frame(' c')).toMatchObject({ code: 1002, text: 'c', number: 5, last: false });
    expect(frame('0000 ')).toMatchObject({ code: 0, text: '', last: true });
  });

  it.each(['', 'hello', '12 x', '1002', '1002:x', ' nothing before'])('%j is no line of a reply', (raw) => {
    expect(() => replyFramer('show x')(raw)).toThrow(
      /^show x: line 1: .* is no line of BIRD's control protocol$/,
    );
  });
});

describe('status', () => {
  it('tells version, router id, clock, start and reconfiguration', () => {
    const status = readAnswer('own/out.txt', 'show status', statusReader('x'));
    const serverTime = Date.UTC(2026, 10, 22, 23, 1, 18);
    expect(status).toEqual({
      version: '1.6.8',
      routerId: '10.0.0.1',
      serverTime,
      startedAt: serverTime - 25_000,
      reconfiguredAt: serverTime - 25_000,
      recovering: false,
    });
    // On our clock it is one minute past the epoch: 25 s earlier is second 35.
    expect(factsOf(status, 60_000)).toEqual({
      software: 'BIRD 1.6.8',
      routerId: '10.0.0.1',
      startedAt: 35,
      reconfiguredAt: 35,
      // Our clock says 1970 and BIRD's 2026: not one clock, so that an hour is in doubt.
      timesWithinSeconds: 3600,
      recovering: false,
    });
    expect(factsOf(status, serverTime + 2000)).toMatchObject({ timesWithinSeconds: 1 });
  });

  it('tells graceful-restart recovery while it lasts', () => {
    const at = (nth: number) => readAnswer('own/out2.txt', 'show status', statusReader('x'), nth).recovering;
    expect([at(0), at(1), at(2)]).toEqual([true, true, false]);
    expect(readAnswer('2.0/recovery.txt', 'show status', statusReader('x'))).toMatchObject({
      version: '2.0.12',
      recovering: true,
      recovery: { waitingFor: 2, remainingSeconds: 235.893, limitSeconds: 240 },
      serverTime: Date.UTC(2026, 10, 23, 2, 13, 37, 879),
    });
    expect(readAnswer('own/out2.txt', 'show status', statusReader('x'), 1).recovery).toEqual({
      waitingFor: 3,
      remainingSeconds: 216,
      limitSeconds: 240,
    });
  });

  it.each([
    // BIRD in Berlin (UTC+2 since that morning), we in UTC: three hours ago by its clock, one of them maybe skipped.
    ['2026-03-29 12:00:00', '2026-03-29 09:00:00', Date.UTC(2026, 2, 29, 10), Date.UTC(2026, 2, 29, 7), 3600],
    ['2026-11-22', '2026-11-20', Date.UTC(2026, 10, 22, 9), Date.UTC(2026, 10, 20, 9), 86_400],
  ])('takes times by their distance from %s, and says what is in doubt', (clock, boot, now, at, within) => {
    const reader = statusReader('x');
    const lines = ['BIRD 1.6.8', `Current server time is ${clock}`, `Last reboot on ${boot}`];
    for (const [i, text] of lines.entries()) reader.line({ code: undefined, text, number: i + 1 });
    expect(factsOf(reader.end(), now)).toMatchObject({ startedAt: at / 1000, timesWithinSeconds: within });
  });
});

describe('commands', () => {
  const query = (prefixes: string[], ranges: string[]) => ({
    prefixes: prefixes.map(parsePrefix),
    ranges: ranges.map(parsePrefix),
  });

  it('ask for ranges and for what lies outside them, one family at a time', () => {
    const asked = query(
      ['10.233.66.0/24', '192.0.2.1/32', '192.0.2.1/32', 'fd00:10::1/128'],
      ['10.233.64.0/18', '10.233.0.0/18', '10.233.64.0/20', 'fd00:20::/64'],
    );
    const v4 = netQuestion(asked, 4);
    expect(routeCommands(v4)).toEqual([
      'show route where net ~ [10.233.0.0/18+,10.233.64.0/18+,192.0.2.1/32] all',
    ]);
    expect(v4.scopes).toEqual([
      { kind: 'ranges', prefixes: [parsePrefix('10.233.0.0/18'), parsePrefix('10.233.64.0/18')] },
      { kind: 'exact', prefixes: [parsePrefix('192.0.2.1/32')] },
    ]);
    expect(routeCommands(netQuestion(asked, 6), "'Node_fd00__1'")).toEqual([
      "show route export 'Node_fd00__1' where net ~ [fd00:20::/64+,fd00:10::1/128] all",
    ]);
    expect(routeCommands(netQuestion(query([], []), 4))).toEqual([]);
  });

  it('quote names, and refuse what BIRD cannot quote', () => {
    expect(quoteName('Mesh_10_0_0_1')).toBe("'Mesh_10_0_0_1'");
    expect(quoteName('all')).toBe("'all'");
    for (const name of ['', "a'", 'a b', 'a\nconfigure', 'x'.repeat(65), 'ä'])
      expect(quoteName(name)).toBeUndefined();
  });

  it('stay under the length that kills BIRD and ask for everything exactly once', () => {
    const prefix = fc
      .tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: 8, max: 32 }), fc.boolean())
      .map(([a, length, six]) =>
        parsePrefix(
          six
            ? `fd00:${(a >>> 16).toString(16)}:${(a & 0xffff).toString(16)}::/64`
            : `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}/${length}`,
        ),
      );
    fc.assert(
      fc.property(
        fc.array(prefix, { maxLength: 300 }),
        fc.array(prefix, { maxLength: 30 }),
        (prefixes, ranges) => {
          for (const family of [4, 6] as const) {
            const question = netQuestion({ prefixes, ranges }, family);
            const commands = routeCommands(question, "'Node_10_0_0_1'");
            for (const command of commands) expect(command.length).toBeLessThanOrEqual(maxCommandBytes);
            const members = commands.flatMap((command) => /\[(.*)\]/.exec(command)?.[1]?.split(',') ?? []);
            expect(members).toEqual(question.members);
            expect(new Set(members).size).toBe(members.length);
            for (const one of prefixes.filter((p) => p.family === family)) {
              const covered = question.scopes.flatMap((scope) =>
                scope.prefixes.filter((asked) =>
                  scope.kind === 'exact' ? formatPrefix(asked) === formatPrefix(one) : contains(asked, one),
                ),
              );
              expect(covered).toHaveLength(1);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
