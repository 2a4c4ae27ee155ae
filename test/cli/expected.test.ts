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
    const { sessions, prefixes, announcements, problems, ...rest } = JSON.parse(out);
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
    // A client tells its own to both reflectors, with itself as next hop, and passes on nothing.
    const to = { node: 'node3', peerAsn: 64512, origin: 'node3', nextHop: '172.20.0.13', communities: [] };
    const [first, second] = ['172.20.0.11', '172.20.0.12'].map((peerAddress) => ({
      ...to,
      peerAddress,
      session: `Node_${peerAddress.replaceAll('.', '_')}`,
    }));
    const block = { prefix: '10.233.66.0/24', kind: 'block', because: '10.233.66.0/24 is a block of node3' };
    const service = {
      prefix: '10.233.0.0/18',
      kind: 'service-cluster',
      because: 'inside the service route 10.233.0.0/18',
    };
    expect(announcements).toEqual([
      { ...first, ...block },
      { ...second, ...block },
      { ...first, ...service },
      { ...second, ...service },
    ]);
  });

  it('shows what a route reflector passes on to the switch, and for whom', async () => {
    const { out } = await cli(['expected', '--datastore', objects, '--node', 'node1']);
    expect(out).toMatch(
      /^node1 +172\.20\.0\.254 +10\.233\.66\.0\/24 +block +node3 +172\.20\.0\.11 +- +inside IPPool /m,
    );
    // From a client to the other client's reflector: the next hop stays the origin.
    expect(out).toMatch(
      /^node1 +172\.20\.0\.12 \(node2\) +10\.233\.66\.0\/24 +block +node3 +172\.20\.0\.13 /m,
    );
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

describe('expected, of objects that are no cluster', () => {
  it.each([
    [
      'neither nodes nor Calico',
      'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: {}\n',
      [
        /^Calico object: there is none \(apiVersion projectcalico\.org\/v3 or .*not known$/,
        /^Node: there is none among the objects, so that no session and no prefix is expected; /,
      ],
      ['warning Calico object', 'error Node'],
    ],
    [
      'no nodes',
      'apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata: { name: default }\nspec: {}\n',
      [/^Node: there is none/],
      ['error Node'],
    ],
    [
      'no Calico',
      'apiVersion: v1\nkind: Node\nmetadata: { name: node1, annotations: { projectcalico.org/IPv4Address: 10.0.0.1/24 } }\n',
      [/^Calico object: there is none/],
      ['warning Calico object'],
    ],
  ])('%s: says so on stderr and as a problem', async (_, text, remarks, listed) => {
    const file = path.join(folder, 'no-cluster.yaml');
    writeFileSync(file, text);
    const { code, out, err } = await cli(['expected', '--datastore', file, '--output', 'json']);
    expect(code).toBe(0);
    const lines = err.trimEnd().split('\n');
    expect(lines).toHaveLength(remarks.length);
    for (const [i, line] of lines.entries()) expect(line).toMatch(remarks[i] ?? /^$/);
    const { problems } = JSON.parse(out) as { problems: { severity: string; object: string }[] };
    expect(problems.map(({ severity, object }) => `${severity} ${object}`)).toEqual(listed);
  });
});

it('expected writes prefixes of problems in CIDR notation and times in RFC 3339', async () => {
  const file = path.join(folder, 'pending.yaml');
  writeFileSync(
    file,
    `apiVersion: v1
kind: Node
metadata: { name: node1, annotations: { projectcalico.org/IPv4Address: 10.0.0.1/24 } }
---
apiVersion: crd.projectcalico.org/v1
kind: BlockAffinity
metadata: { name: kept, creationTimestamp: "2026-01-02T03:04:05Z" }
spec: { cidr: 10.233.64.0/26, node: node1, state: confirmed }
---
apiVersion: crd.projectcalico.org/v1
kind: BlockAffinity
metadata: { name: claimed, creationTimestamp: "2026-01-02T03:04:05Z" }
spec: { cidr: 10.233.64.64/26, node: node1, state: pending }
`,
  );
  const { out } = await cli(['expected', '--datastore', file, '--output', 'json']);
  const { prefixes, problems } = JSON.parse(out);
  expect(prefixes).toMatchObject([{ prefix: '10.233.64.0/26', since: '2026-01-02T03:04:05.000Z' }]);
  expect(problems).toMatchObject([
    {
      object: 'BlockAffinity claimed',
      cause: 'pending-affinity',
      prefix: '10.233.64.64/26',
      since: '2026-01-02T03:04:05.000Z',
    },
  ]);
});

describe('expected --diff', () => {
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const filtered = `apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata: { name: keep }
spec:
  exportV4: [{ action: Reject, matchOperator: Equal, cidr: 10.233.66.0/24 }]
`;

  it('finds no difference between a file and itself, and exits with 0', async () => {
    const { code, out, err } = await cli(['expected', '--diff', objects, objects]);
    expect([code, err]).toEqual([0, '']);
    expect(out.match(/^.*: no difference$/gm)).toEqual([
      'Sessions: no difference',
      'Prefixes: no difference',
      'Announcements: no difference',
      'Problems: no difference',
    ]);
  });

  it('says what a lost node takes along, and exits with 1', async () => {
    const text = demoObjectsText();
    const documents = text.split(/^---$/m);
    const without = documents.filter((document) => !/^ {2}name: node3$/m.test(document)).join('---');
    expect(without).not.toBe(text);
    const newer = write('without-node3.yaml', without);
    const { code, out } = await cli(['expected', '--diff', objects, newer, '--output', 'json']);
    expect(code).toBe(1);
    const { sessions, prefixes, announcements, problems, ...rest } = JSON.parse(out);
    expect(rest).toEqual({});
    const names = sessions.removed.map(({ node, name }: { node: string; name: string }) => `${node} ${name}`);
    // Both ends of the sessions with the two reflectors of its rack.
    expect(names.sort()).toEqual([
      'node1 Node_172_20_0_13',
      'node2 Node_172_20_0_13',
      'node3 Node_172_20_0_11',
      'node3 Node_172_20_0_12',
    ]);
    expect([sessions.added, sessions.changed]).toEqual([[], []]);
    expect(prefixes.added).toEqual([]);
    expect(prefixes.removed).toMatchObject([{ prefix: '10.233.66.0/24', kind: 'block', origins: ['node3'] }]);
    expect(prefixes.changed).toMatchObject([
      {
        fields: ['origins'],
        before: { prefix: '10.233.0.0/18', origins: ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'] },
        after: { prefix: '10.233.0.0/18', origins: ['node1', 'node2', 'node4', 'node5', 'node6'] },
      },
    ]);
    expect(announcements.added).toEqual([]);
    expect(
      announcements.removed.every(({ origin, peerAddress }: Record<string, string>) => {
        return origin === 'node3' || peerAddress === '172.20.0.13';
      }),
    ).toBe(true);
    // Its block is still there, but nobody announces it.
    expect(problems.added).not.toEqual([]);
  });

  it('says what applying single objects would do', async () => {
    const peer = write(
      'peer.yaml',
      `${filtered}---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: { name: new-switch }
spec: { node: node3, peerIP: 172.20.0.253, asNumber: 65009, filters: [keep] }
`,
    );
    const { code, out } = await cli(['expected', '--datastore', objects, '--diff', peer]);
    expect(code).toBe(1);
    expect(out).toMatch(/^Sessions: 1 added, 0 removed, 0 changed$/m);
    expect(out).toMatch(
      /^\+ node3 +64512 +172\.20\.0\.253 +65009 +node +Node_172_20_0_253 +- +BGPPeer new-switch/m,
    );
    // The block of node3 is kept back by the filter, all else goes out.
    expect(out).toMatch(/^\+ node3 +172\.20\.0\.253 +10\.233\.64\.0\/24 /m);
    expect(out).not.toMatch(/^\+ node3 +172\.20\.0\.253 +10\.233\.66\.0\/24 /m);
  });

  it('names what changes where no column of the table shows it', async () => {
    const peering = demoObjectsText()
      .split(/^---$/m)
      .find((document) => /^kind: BGPPeer$/m.test(document));
    const changed = peering?.trimEnd().replace(/^spec:$/m, 'spec:\n  filters: [keep]');
    const file = write('with-filter.yaml', `${filtered}---\n${changed}\n`);
    const args = ['expected', '--datastore', objects, '--diff', file];
    const table = (await cli(args)).out;
    expect(table).toMatch(/^ {2}NODE .* WHAT CHANGES +BECAUSE$/m);
    expect(table).toMatch(/^> node\d .* filters: - → keep +BGPPeer /m);
    expect(table).not.toMatch(/^< .*→/m);
    expect((await cli([...args, '--output', 'markdown'])).out).toMatch(
      /^\| after \| node\d .*\| filters: - → keep \|/m,
    );
  });

  it('is about one node where one is named', async () => {
    const peer = write(
      'other.yaml',
      filtered
        .replace('BGPFilter', 'BGPPeer')
        .replace(/spec:[\s\S]*/, 'spec: { node: node3, peerIP: 172.20.0.253, asNumber: 65009 }\n'),
    );
    const [of1, of3] = await Promise.all(
      ['node1', 'node3'].map((node) =>
        cli(['expected', '--datastore', objects, '--diff', peer, '--node', node]),
      ),
    );
    expect(of1?.code).toBe(0);
    expect(of3?.code).toBe(1);
  });

  it.each([
    [['--diff', '/nonexistent.yaml', 'OBJECTS'], /^\/nonexistent\.yaml: no such file/],
    [['--diff', 'OBJECTS'], /--diff OLD NEW/],
    [['--diff', 'OBJECTS', 'OBJECTS', 'OBJECTS'], /--diff OLD NEW/],
    [['--datastore', 'OBJECTS', '--diff', 'OBJECTS', 'OBJECTS'], /--diff OLD NEW/],
    [['--diff', 'OBJECTS', 'OBJECTS', '--node', 'node9'], /there is no node node9/],
  ])('exits with 2 on %j', async (args, message) => {
    const { code, out, err } = await cli([
      'expected',
      ...args.map((arg) => (arg === 'OBJECTS' ? objects : arg)),
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});
