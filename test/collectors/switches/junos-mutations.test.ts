// Damaged answers of Junos, SR Linux, SR OS, OS10 and SONiC: whatever is cut, lost, doubled or garbled, a parser reads it or
// throws ParseError, soon; and what a cut took away is told, where the format has an end or a count to tell by.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import { ParseError } from '../../../src/model/parse-error.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const commands: Record<string, string> = {
  'juniper-junos/neighbor.txt': 'show bgp neighbor',
  'juniper-junos/received.txt': 'show route receive-protocol bgp fd00:20::11',
  'juniper-junos/route-brief.txt': 'show route table inet.0',
  'juniper-junos/route-terse.txt': 'show route 10.233.64.0/18 terse',
  'juniper-junos/summary-down.txt': 'show bgp summary',
  'juniper-junos/summary.xml': 'show bgp summary | display xml',
  'nokia-srlinux/neighbor.txt': 'show network-instance * protocols bgp neighbor',
  'nokia-srlinux/route-table.txt': 'show network-instance default route-table',
  'nokia-sros/advertised.txt': 'show router bgp neighbor 172.20.0.11 advertised-routes',
  'nokia-sros/neighbor.txt': 'show router bgp neighbor 172.20.0.11',
  'nokia-sros/route-table.txt': 'show router 10 route-table',
  'nokia-sros/summary-all.txt': 'show router bgp summary all',
  'dell-os10/bgp.txt': 'show ip bgp',
  'dell-os10/summary.txt': 'show ip bgp summary',
  'sonic/summary.txt': 'show ip bgp summary',
};
const cases = Object.entries(commands).map(([file, command]) => {
  const [name = ''] = file.split('/');
  const driver = drivers[name as keyof typeof drivers];
  return { file, command, driver, text: readFileSync(path.join(fixtures, file), 'utf8') };
});

/** How many sessions and routes were read and whether anything was said of them; undefined for a ParseError. */
function outcome({ driver, command }: (typeof cases)[number], text: string) {
  const start = performance.now();
  try {
    const { sessions, routes, notes } = driver.parse(command, text);
    return { count: sessions.length + routes.flatMap(({ rows }) => rows).length, told: notes.length > 0 };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return undefined;
  } finally {
    expect(performance.now() - start).toBeLessThan(1000);
  }
}

it('has a case for every file', () => {
  const folders = ['juniper-junos', 'nokia-srlinux', 'nokia-sros', 'dell-os10', 'sonic'];
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(fixtures, folder)).map((file) => `${folder}/${file}`),
  );
  expect(Object.keys(commands).sort()).toEqual(files.sort());
});

// Their last line looks like any other: nothing tells that more should follow.
const endless = /^(?:dell-os10|juniper-junos\/(?:received|route-terse|neighbor))/;

describe.each(cases)('$file', (each) => {
  it('cut anywhere: an error, a note, or all of it', () => {
    const whole = outcome(each, each.text);
    expect(whole?.count).toBeGreaterThan(0);
    for (let end = 0; end < each.text.length; end++) {
      const cut = outcome(each, each.text.slice(0, end));
      // Behind one network instance the next need not follow.
      const ended = /dynamic peers[\s-]*(?:B[^\n]*)?$/.test(each.text.slice(0, end));
      if (!endless.test(each.file) && cut && !cut.told && !ended) {
        expect(cut.count, `cut at ${end}: …${each.text.slice(Math.max(0, end - 60), end)}`).toBe(
          whole?.count,
        );
      }
    }
  });

  it('garbled anyhow: read or refused', () => {
    const lines = each.text.split('\n');
    const position = fc.nat({ max: lines.length - 1 });
    const junk = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.constantFrom(
        '',
        '|',
        '{',
        '[',
        '<a>',
        '-'.repeat(3000),
        ' '.repeat(3000),
        'a: '.repeat(600),
        '1 '.repeat(900),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('drop', 'double', 'swap', 'junk', 'join'),
        position,
        position,
        junk,
        (how, i, j, word) => {
          const copy = [...lines];
          if (how === 'drop') copy.splice(i, 1 + (j % 3));
          else if (how === 'double') copy.splice(i, 0, copy[i] ?? '');
          else if (how === 'swap') [copy[i], copy[j]] = [copy[j] ?? '', copy[i] ?? ''];
          else if (how === 'junk') copy.splice(i, 0, word);
          else copy.splice(i, 2, `${copy[i]}${copy[i + 1]}`);
          outcome(each, copy.join('\n'));
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
