// parse of a file too large to be held whole: the same output as of a small one, and none of a file that is cut off.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { printPacked } from '../../src/cli/parse-large.ts';
import { type RouteRow, RouteTable } from '../../src/model/route-table.ts';
import { cli } from './io.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-parse-large-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const routes = 4000;
const prefixOf = (i: number) => `10.${i >> 8}.${i & 255}.0/24`;
// What FRR may add to a path is not read; here it fills the file.
const filling = 'x'.repeat(2 ** 24 / routes);
const listing = (remark: string) => {
  const lines = Array.from({ length: routes }, (_, i) => {
    const nexthops = [{ ip: `10.255.0.${i % 7}` }];
    const route = { valid: true, bestpath: true, path: '64512', peerId: '10.255.0.9', nexthops, remark };
    return `${JSON.stringify(prefixOf(i))}: [${JSON.stringify(route)}]`;
  });
  return `{"vrfName":"default",\n"routes": {\n${lines.join(',\n')}\n}}\n`;
};

const parse = (file: string) =>
  cli(['parse', '--driver', 'frr', '--command', 'show bgp ipv4 unicast json', '--device', 'leaf01', file]);

function file(name: string, text: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
}

it('prints what it prints of a small file', async () => {
  const small = await parse(file('small', listing('')));
  const large = await parse(file('large', `\ufeff${listing(filling)}`));
  expect([large.code, large.err]).toEqual([0, '']);
  expect(large.out).toBe(small.out);
  const rows = JSON.parse(large.out).routes;
  expect(rows).toHaveLength(routes);
  expect(rows[300]).toEqual({
    device: 'leaf01',
    prefix: '10.1.44.0/24',
    nextHops: [{ address: '10.255.0.6' }],
    protocol: 'bgp',
    best: true,
    asPath: '64512',
    from: '10.255.0.9',
    vrf: 'default',
  });
});

it('waits for a reader that is slower', async () => {
  const prefix = { family: 4, b: 0, c: 0, d: 0, length: 32 } as const;
  const rows = Array.from({ length: 2000 }, (_, a): RouteRow => {
    return { prefix: { ...prefix, a }, nextHops: [], protocol: 'bgp', best: true, vrf: 'default' };
  });
  const table = RouteTable.of(rows);
  const routes = [{ layer: 'bgp', vrf: 'default', table, allNextHops: true } as const];
  let text = '';
  let [writes, early, full] = [0, 0, false];
  const stdout = {
    write(more: string) {
      writes++;
      if (full) early++;
      text += more;
      full = true;
      return false;
    },
    once(_: 'drain', listener: () => void) {
      setImmediate(() => {
        full = false;
        listener();
      });
    },
  };
  await printPacked({ sessions: [], routes, notes: [] }, 'leaf01', { stdout } as unknown as Io);
  expect(JSON.parse(text).routes).toHaveLength(2000);
  expect(writes).toBeGreaterThan(3);
  expect(early).toBe(0);
});

it('prints the same empty lists', async () => {
  const command = ['parse', '--driver', 'frr', '--command', 'show ip route json', '--device', 'leaf01'];
  const small = await cli([...command, file('none', '{}')]);
  const large = await cli([...command, file('nothing', `{\n${' \n'.repeat(2 ** 23)}}`)]);
  expect(small.out).toContain('"routes": []');
  expect(large).toEqual(small);
});

it('prints no routes of a file that is cut off, but says where it ends', async () => {
  const cut = file('cut', listing(filling).slice(0, -4));
  const { code, out, err } = await parse(cut);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(
    new RegExp(`^${cut}:${routes + 2}: the answer ends in the middle of its JSON, after \\d+ bytes`),
  );
});
