// expected: the reference fabric's objects, with what they call for worked out by hand from Calico's rules: node3 is a
// client of the two route reflectors of its rack and peers with nobody else; node1 reflects, and peers with leaf01.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoObjectsText } from '../../src/demo/objects.ts';
import { cli } from './io.ts';

let folder = '';
let objects = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-expected-'));
  objects = path.join(folder, 'objects.yaml');
  writeFileSync(objects, demoObjectsText());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('expected', () => {
  it('prints sessions and prefixes of one node as JSON', async () => {
    const { code, out, err } = await cli([
      'expected',
      '--datastore',
      objects,
      '--node',
      'node3',
      '--output',
      'json',
    ]);
    expect([code, err]).toEqual([0, '']);
    const { sessions, prefixes, problems, ...rest } = JSON.parse(out);
    expect(rest).toEqual({});
    expect(problems).toEqual([]);
    const common = {
      node: 'node3',
      peerAsn: 64512,
      localAsn: 64512,
      afi: 'ipv4',
      kind: 'node',
      passive: false,
      rrClient: false,
      nextHopKeep: false,
      because: expect.stringMatching(/^BGPPeer /),
    };
    expect(sessions).toMatchObject([
      { ...common, name: 'Node_172_20_0_11', peerAddress: '172.20.0.11' },
      { ...common, name: 'Node_172_20_0_12', peerAddress: '172.20.0.12' },
    ]);
    expect(prefixes).toMatchObject([
      {
        prefix: '10.233.0.0/18',
        kind: 'service-cluster',
        origins: ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'],
      },
      { prefix: '10.233.66.0/24', kind: 'block', origins: ['node3'], because: expect.any(String) },
    ]);
  });

  it('prints a table for people, the reason included', async () => {
    const { code, out } = await cli(['expected', '--datastore', objects]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Sessions: 16\n/);
    expect(out).toMatch(
      /^node1 +64512 +172\.20\.0\.254 +65009 +node +Node_172_20_0_254 +- +BGPPeer .*172\.20\.0\.254$/m,
    );
    expect(out).toMatch(/^node1 .* Node_172_20_0_13 +rr-client /m);
    expect(out).toMatch(/^Prefixes: 7\n/m);
    expect(out).toMatch(/^10\.233\.64\.0\/24 +block +node1 /m);
    expect(out).not.toContain('Problems');
  });

  it('takes the datastore of a configuration', async () => {
    const config = path.join(folder, 'config.yml');
    writeFileSync(config, 'datastore: { files: [objects.yaml] }\nnodes: [{ name: node1, bird: {} }]\n');
    const fromConfig = await cli(['expected', '--config', config, '--output', 'json']);
    const fromFile = await cli(['expected', '--datastore', objects, '--output', 'json']);
    expect(fromConfig).toEqual(fromFile);
  });

  it('shows what is wrong with single objects, and still exits with 0', async () => {
    const file = path.join(folder, 'bad-object.yaml');
    writeFileSync(
      file,
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: p }\nspec: { cidr: 10.0.0.0/99 }\n',
    );
    const { code, out } = await cli(['expected', '--datastore', objects, '--datastore', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Problems: 1\n.*\nerror +IPPool p, spec\.cidr +.*10\.0\.0\.0\/99/m);
  });

  it.each([
    ['there is no file', ['/nonexistent.yaml'], /^\/nonexistent\.yaml: no such file or directory\n$/],
    ['there is no such node', [], /^there is no node node9 among the objects; nodes are node1, node2, /],
  ])('exits with 2 when %s', async (_, more, message) => {
    const files = [objects, ...more].flatMap((file) => ['--datastore', file]);
    const { code, out, err } = await cli(['expected', ...files, '--node', 'node9']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});
