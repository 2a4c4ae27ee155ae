// What the four Cisco-like drivers share: taking terminal, pager, prompts and log lines off a capture; several commands in
// one text; never a shorter list in place of an error; and the plan of commands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRoutes } from '../../../src/collectors/switches/cisco-plan.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { iosxr } from '../../../src/collectors/switches/iosxr.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { contains, formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

const row = (i: number) =>
  ` *>   10.233.${64 + i}.0/24   172.20.0.${11 + i}              0             0 64512 i`;
const head = '     Network          Next Hop            Metric LocPrf Weight Path';
const table = (lines: readonly string[]) =>
  ['BGP table version is 5, local router ID is 192.0.2.1', head, ...lines, ''].join('\n');
const expected = [0, 1, 2].map(
  (i) => `bgp default 10.233.${64 + i}.0/24 best to 172.20.0.${11 + i} path "64512"`,
);

describe('a capture as people take it', () => {
  it.each([
    ['carriage returns', table([0, 1, 2].map(row)).replaceAll('\n', '\r\n')],
    [
      'a pager with its backspaces',
      table([row(0), ` --More-- ${'\b'.repeat(10)}${' '.repeat(10)}${'\b'.repeat(10)}${row(1)}`, row(2)]),
    ],
    ['a pager wiped by ANSI codes', table([row(0), `\x1b[7m--More--\x1b[m\r\x1b[K${row(1)}`, row(2)])],
    ['a pager whose codes were lost', table([row(0), ` --More--         ${row(1).slice(1)}`, row(2)])],
    ['a pager line of its own', table([row(0), '--More--(45%)--', row(1), row(2)])],
    [
      'an echo, prompts, a banner and a clock',
      `*** Authorised users only ***\nR1#terminal length 0\nR1#show ip bgp\nLoad for five secs: 2%/0%; one minute: 10%; five minutes: 9%\n${table([0, 1, 2].map(row))}R1#\nR1#exit\n`,
    ],
    [
      'log messages between the rows',
      table([row(0), '*Mar  1 00:01:02.003: %BGP-5-ADJCHANGE: neighbor 172.20.0.9 Up', row(1), row(2)]),
    ],
    ['an indented paste', table([0, 1, 2].map(row)).replaceAll(/^(?=.)/gm, '        ')],
    ['colours', table([0, 1, 2].map((i) => `\x1b[32m${row(i)}\x1b[0m`))],
  ])('is read the same: %s', (_, text) => {
    expect(routesRead(ios, 'show ip bgp', text)).toEqual(expected);
  });

  it('may hold several commands: each echo says what follows', () => {
    const text = `R1#show bgp vrf tenant-a ipv4 unicast
${table([row(0)])}R1#show ip route vrf tenant-b
B        10.233.64.0/24 [20/0] via 172.20.0.11, 00:50:38
R1#`;
    expect(routesRead(ios, 'saved', text)).toEqual([
      'bgp tenant-a 10.233.64.0/24 best to 172.20.0.11 path "64512"',
      'installed tenant-b 10.233.64.0/24 best to 172.20.0.11 by bgp',
    ]);
  });

  it('names the command and the line it cannot read', () => {
    const text = table([row(0), 'something else', row(1)]);
    try {
      ios.parse('show ip bgp', text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect((error as ParseError).message).toMatch(/^show ip bgp: line 4: not a row of a BGP table/);
    }
  });
});

describe('columns', () => {
  it('tells metric, preference and weight apart by their place, also in rows pushed to the right', () => {
    const pushed = ' *>   10.233.111.128/26 172.20.100.111          5    100      0 64512 65001 i';
    const text = table([
      ' *>   10.233.64.0/24   172.20.0.11             20             0 64512 i',
      ' *>i  10.233.65.0/24   172.20.0.12                  100      0 100 200 i',
      ' *>   10.233.66.0/24   172.20.0.13                            0 7 8 9 i',
      ' *>i  10.233.67.0/24   172.20.0.14             20    100  32768 i',
      pushed,
    ]);
    expect(routesRead(ios, 'show ip bgp', text).map((line) => line.replace(/.* path/, 'path'))).toEqual([
      'path "64512"',
      'path "100 200" pref 100',
      'path "7 8 9"',
      'path "" pref 100',
      'path "64512 65001" pref 100',
    ]);
  });

  it('leaves AS paths out where the columns were squeezed together, and says so', () => {
    const text = 'Network Next Hop Metric LocPrf Weight Path\n*>e10.0.0.0/24 10.1.1.1 0 0 65001 i\n';
    const { routes, notes } = drivers['cisco-nxos'].parse('show ip bgp', text);
    expect(routes[0]?.rows[0]?.asPath).toBeUndefined();
    expect(notes).toHaveLength(1);
  });
});

describe('a damaged capture', () => {
  const summary = `BGP router identifier 192.0.2.1, local AS number 65009

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
${[1, 2, 3, 4].map((i) => `172.20.0.${i}      4        64512     100     101       12    0    0 01:02:03       ${i}`).join('\n')}
`;
  const rib = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP

B        10.233.64.0/24 [20/0] via 172.20.0.11, 00:50:38
                        [20/0] via 172.20.0.12, 00:50:38
B        10.233.65.0/24 [20/0] via 172.20.0.12, 00:50:38
`;
  const texts = [
    ['show ip bgp', table([0, 1, 2].map(row))],
    ['show ip bgp summary', summary],
    ['show ip route', rib],
  ] as const;

  it('cut at any place gives rows from its beginning, or an error', () => {
    const whole = routesRead(ios, 'show ip bgp', texts[0][1]);
    const peers = sessionsRead(ios, 'show ip bgp summary', summary);
    for (const [command, text] of texts) {
      for (let at = 0; at < text.length; at++) {
        try {
          const { routes, sessions } = ios.parse(command, text.slice(0, at));
          if (command === 'show ip bgp') {
            const read = routes.flatMap(({ rows }) => rows.map(({ prefix }) => formatPrefix(prefix)));
            expect(read).toEqual(whole.slice(0, read.length).map((line) => line.split(' ')[2]));
          }
          if (command === 'show ip bgp summary') expect(sessions.length).toBeLessThanOrEqual(peers.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }
    }
  });

  it('never makes a parser throw anything but ParseError, whatever was done to it', () => {
    const damaged = fc.constantFrom(...texts).chain(([command, text]) => {
      const lines = text.split('\n');
      return fc.record({
        command: fc.constant(command),
        at: fc.nat(lines.length - 1),
        change: fc.constantFrom('drop', 'double', 'halve', 'swap', 'narrow', 'random'),
        noise: fc.string({ maxLength: 40 }),
        lines: fc.constant(lines),
      });
    });
    const apply = (lines: readonly string[], at: number, change: string, noise: string) =>
      lines.flatMap((line, i) => {
        if (change === 'narrow') return line.match(/.{1,60}/g) ?? [''];
        if (i !== at) return [line];
        if (change === 'drop') return [];
        if (change === 'double') return [line, line];
        if (change === 'halve') return [line.slice(0, line.length / 2)];
        return [change === 'swap' ? line.split(' ').reverse().join(' ') : noise];
      });
    fc.assert(
      fc.property(damaged, ({ command, at, change, noise, lines }) => {
        const text = apply(lines, at, change, noise).join('\n');
        for (const name of ['cisco-nxos', 'cisco-ios', 'cisco-iosxr', 'arista-eos'] as const) {
          try {
            drivers[name].parse(command, text);
          } catch (error) {
            if (!(error instanceof ParseError)) throw error;
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('does not hang on long lines and large tables', () => {
    const before = performance.now();
    const many = table(
      Array.from(
        { length: 20_000 },
        (_, i) => ` *>   10.${i >> 8}.${i & 255}.0/24     172.20.0.11              0             0 64512 i`,
      ),
    );
    expect(ios.parse('show ip bgp', many).routes[0]?.rows).toHaveLength(20_000);
    for (const char of [' ', '1', ':', '.', 'a', '*', '(']) {
      for (const start of [`${head}\n`, 'Codes: B - BGP\n', summary]) {
        try {
          ios.parse('show ip bgp', start + char.repeat(20_000));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }
    }
    expect(performance.now() - before).toBeLessThan(8000);
  });
});

describe('the plan', () => {
  const query = {
    prefixes: ['10.233.64.0/24', '192.0.2.1/32', 'fd00:10:244::/64'].map(parsePrefix),
    ranges: ['10.233.64.0/18', 'fd00:10:244::/48'].map(parsePrefix),
  };
  const forms = {
    range: (layer: string, prefix: Parameters<typeof formatPrefix>[0]) =>
      `${layer} in ${formatPrefix(prefix)}`,
    exact: (layer: string, prefix: Parameters<typeof formatPrefix>[0]) => `${layer} ${formatPrefix(prefix)}`,
  };

  it('asks for each range, for what is outside all ranges, and for what may cover them', () => {
    const plan = planRoutes(query, forms);
    const commands = plan.map(({ command }) => command);
    expect(commands).toEqual(
      expect.arrayContaining(['bgp in 10.233.64.0/18', 'installed in fd00:10:244::/48']),
    );
    expect(commands).toEqual(
      expect.arrayContaining(['bgp 192.0.2.1/32', 'bgp 0.0.0.0/0', 'installed 10.0.0.0/8']),
    );
    expect(commands).not.toContain('bgp 10.233.64.0/24');
    expect(new Set(commands).size).toBe(commands.length);
    expect(commands.length).toBeLessThan(120);
    for (const prefix of query.prefixes) {
      const asked = plan.filter(
        ({ layer, scope }) =>
          layer === 'installed' &&
          scope?.prefixes.some(
            (one) => contains(one, prefix) && (scope.kind === 'ranges' || one.length === prefix.length),
          ),
      );
      expect(asked, formatPrefix(prefix)).not.toHaveLength(0);
    }
  });

  it('writes masks for IOS, lengths for the others', () => {
    const commands = ios.routeCommands(query).map(({ command }) => command);
    expect(commands).toContain('show ip route 10.233.64.0 255.255.192.0 longer-prefixes');
    expect(commands).toContain('show ip route 0.0.0.0 0.0.0.0');
    expect(commands).toContain('show ipv6 route fd00:10:244::/48 longer-prefixes');
    expect(iosxr.routeCommands(query).map(({ command }) => command)).toContain(
      'show route ipv4 10.233.64.0/18 longer-prefixes',
    );
  });
});
