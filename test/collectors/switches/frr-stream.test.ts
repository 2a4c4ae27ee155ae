// FRR's answers read while they come, held against the reader of whole texts: every capture that is here, cut into chunks anywhere.
// What is cut off or malformed is an error that says where, and never a shorter table.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { sonic } from '../../../src/collectors/switches/sonic.ts';
import type { Packed, Parsed, SwitchDriver } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import { commandOf, type IndexEntry } from './cisco-capture-list.ts';

const own = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4');
const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const present = existsSync(path.join(shared, 'index.json'));
if (!present) console.log('frr-stream: the shared fixtures are not here');

/** What is read, or the error with what could be read. */
function outcome(read: () => Parsed) {
  try {
    return { read: read() };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { reason: error.reason, line: error.line, read: error.read };
  }
}

const unpacked = ({ routes, ...rest }: Packed): Parsed => ({
  ...rest,
  routes: routes.map(({ table, ...more }) => ({ ...more, rows: [...table.rows()] })),
});

/** Reads a text in chunks that end at these bytes. */
function streamed(
  command: string,
  text: string,
  cuts: readonly number[],
  driver: SwitchDriver = frr,
): Parsed {
  const bytes = Buffer.from(text);
  const stream = driver.stream?.(command);
  if (!stream) throw new Error(`${driver.name} reads no streams`);
  for (const [i, cut] of [...cuts, bytes.length].entries())
    stream.write(bytes.subarray(cuts[i - 1] ?? 0, cut));
  return unpacked(stream.end());
}

const every = (size: number, text: string) =>
  Array.from({ length: Math.floor(Buffer.byteLength(text) / size) }, (_, i) => (i + 1) * size);

function expectAlike(command: string, text: string, driver: SwitchDriver = frr) {
  const whole = outcome(() => driver.parse(command, text));
  for (const size of [65_536, 61]) {
    const seen = outcome(() => streamed(command, text, every(size, text), driver));
    expect(seen, `${command} in chunks of ${size}`).toEqual(whole);
  }
}

const states = readdirSync(own, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(states.map(({ name }) => name))('captures of our own lab: %s', (state) => {
  it('are read as by the reader of whole texts', () => {
    for (const name of readdirSync(path.join(own, state))) {
      const command = name.replace(/\.txt$/, '').replaceAll('_', ' ');
      expectAlike(command, readFileSync(path.join(own, state, name), 'utf8'));
    }
  });
});

describe.skipIf(!present)(
  because(!present, "other people's captures", 'needs the public captures in ../shared'),
  () => {
    const index = present
      ? (JSON.parse(readFileSync(path.join(shared, 'index.json'), 'utf8')) as IndexEntry[])
      : [];
    it.each([
      ['frr', frr],
      ['cumulus', frr],
      ['sonic', sonic],
    ])('of %s are read as by the reader of whole texts', (platform, driver) => {
      const files = index.filter((entry) => entry.platform === platform).map(({ file }) => file);
      expect(files.length).toBeGreaterThan(5);
      for (const file of files) {
        const name = commandOf(file);
        const command = /\bshow .*/.exec(name)?.[0] ?? name;
        expectAlike(command.replace(/'$/, ''), readFileSync(path.join(shared, file), 'utf8'), driver);
      }
    });
  },
);

const table = readFileSync(path.join(own, 'lab-up-leaf01', 'show_bgp_ipv4_unicast_json.txt'), 'utf8');
const rib = readFileSync(path.join(own, 'lab-up-leaf01', 'show_ip_route_json.txt'), 'utf8');
const [bgpCommand, ribCommand] = ['show bgp ipv4 unicast json', 'show ip route json'];
const peer = '{"valid":true,"bestpath":true,"path":"64512","nexthops":[{"ip":"10.0.0.1"}]}';

describe('any chunks', () => {
  const text = `{"default":{"vrfName":"default","routes":{"10.1.0.0/24":[${peer}],"10.2.0.0/24" : [ ] }, "localAS":1}
,"r\\u00e4ck \\"1\\"":{"odd":"]}{[\\\\","näme":"ä","routes":{}} , "red":{"routes":{"fd00::/64":[${peer},${peer}]}}}`;
  it.each([
    [bgpCommand, table],
    [ribCommand, rib],
    ['show bgp vrf all ipv4 unicast json', text],
  ])('of %s give the same', (command, whole) => {
    const wanted = frr.parse(command, whole);
    const cut = fc.integer({ min: 0, max: Buffer.byteLength(whole) });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 40 }), (places) => {
        expect(
          streamed(
            command,
            whole,
            places.toSorted((x, y) => x - y),
          ),
        ).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
    expect(streamed(command, whole, every(1, whole))).toEqual(wanted);
  });

  it('also when the VRF is named behind the routes, and with lines around', () => {
    const command = 'show bgp vrf blue ipv4 unicast json';
    const answer = `leaf01# ${command}\n\n{"routes":{"10.1.0.0/24":[${peer}]},"vrfName":"green"}\r\nleaf01# `;
    const [routes, ...more] = streamed(command, answer, every(3, answer)).routes;
    expect(more).toEqual([]);
    expect([routes?.vrf, routes?.rows.map((row) => [formatPrefix(row.prefix), row.vrf])]).toEqual([
      'green',
      [['10.1.0.0/24', 'green']],
    ]);
  });
});

describe('an answer that is not whole', () => {
  it.each([
    [bgpCommand, table],
    [ribCommand, rib],
  ])('of %s is an error wherever it is cut off', (command, whole) => {
    const text = whole.trim();
    const bytes = Buffer.from(text);
    for (let length = 1; length < bytes.length; length += 7) {
      const part = bytes.toString('utf8', 0, length);
      const { reason, read } = outcome(() => streamed(command, part, []));
      expect(read, part.slice(-40)).toBeUndefined();
      expect(reason).toBe(`the answer ends in the middle of its JSON, after ${length} bytes: it was cut off`);
    }
  });

  it('is an error when it says itself that prefixes are missing, with what was read', () => {
    const command = 'show bgp ipv4 unicast neighbors 10.0.0.9 advertised-routes json';
    const text = `{"advertisedRoutes":{"10.1.0.0/24":${peer}},"totalPrefixCounter":2}`;
    const { reason, read } = outcome(() => streamed(command, text, []));
    expect(reason).toBe('1 prefixes were read of 2: some are missing');
    expect(read?.routes.map(({ layer, peer: of, rows }) => [layer, of, rows.length])).toEqual([
      ['exported', '10.0.0.9', 1],
    ]);
  });

  it.each([
    [
      'a comma',
      `{"routes":{\n"10.1.0.0/24":[]\n"10.2.0.0/24":[]}}`,
      3,
      'a comma or the end of an object is missing',
    ],
    ['a colon', '{"routes":{"10.1.0.0/24" []}}', 1, 'a colon is missing'],
    ['a key', '{"routes":{"10.1.0.0/24":[],}}', 1, 'a key is missing'],
    ['a value', '{"routes":{"10.1.0.0/24":[]},\n"vrfId":}', 2, 'not valid JSON near ""'],
    ['quotes', '{"routes":{"10.1.0.0/24":[\n{"valid":ture}]}}', 2, 'not valid JSON near "ture}]"'],
    ['the right bracket', '{"routes":{"10.1.0.0/24":[{]}}}', 1, 'not valid JSON near "]}"'],
    ['a prefix', '{"routes":{"10.1.0.0/24":[],"default":[]}}', undefined, '"default" is not a prefix'],
    ['an object', '[1]', 1, 'a JSON object was expected, not a list'],
    ['sense', '{"10.1.0.0/24":[],"x":1}', undefined, '"x" stands among routes and is no prefix'],
    ['bgpd', '{"routes":{"10.1.0.0/24":[]}}\n% bgpd died', 2, 'the device says: "% bgpd died"'],
    ['all but a warning', '{"10.1.0.0/24":[],"warning":"too busy"}', undefined, 'the device says: too busy'],
  ])('is an error where %s is missing', (_, text, line, reason) => {
    const seen = outcome(() => streamed(bgpCommand, text, every(2, text)));
    expect(seen.read).toBeUndefined();
    expect([seen.line, seen.reason]).toEqual([line, expect.stringContaining(reason)]);
  });

  it('says the byte where it stops being JSON', () => {
    const text = '{"routes":{"10.1.0.0/24":[];}}';
    expect(() => streamed(bgpCommand, text, every(5, text))).toThrow('near ";}}" (byte 27)');
  });
});

describe('an answer without end', () => {
  const megabyte = Buffer.alloc(2 ** 20, 'x');
  const fill = (start: string) => {
    const stream = frr.stream?.(bgpCommand);
    stream?.write(Buffer.from(start));
    for (let i = 0; i < 80; i++) stream?.write(megabyte);
  };

  it.each([
    ['in one value', '{"routes":{"10.1.0.0/24":"', 'one value or line has more than 16777216 bytes'],
    ['in one line', '', 'one value or line has more than 16777216 bytes'],
  ])('is cut off %s', (_, start, reason) => {
    expect(() => fill(start)).toThrow(reason);
  });

  it('is cut off where it lists no routes', () => {
    const stream = frr.stream?.(bgpCommand);
    stream?.write(Buffer.from('{"a":"'));
    expect(() => {
      for (let i = 0; i < 80; i++) {
        stream?.write(megabyte);
        stream?.write(Buffer.from('","b":"'));
      }
    }).toThrow('more than 67108864 bytes beside routes: no listing of routes');
  });

  it('is cut off in lines of text', () => {
    const stream = frr.stream?.(bgpCommand);
    expect(() => {
      for (let i = 0; i < 80; i++) {
        stream?.write(megabyte);
        stream?.write(Buffer.from('\n'));
      }
    }).toThrow('more than 67108864 bytes of text that is no JSON');
  });
});
