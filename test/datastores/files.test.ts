// Objects from real files in a folder of their own: every form that kubectl and calicoctl print, and every way to be unreadable.
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatastoreError, loadFiles } from '../../src/datastores/files.ts';
import { parseDocuments } from '../../src/datastores/files-parse.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'objects-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const pool = (name: string, cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n`;

async function failure(...paths: string[]): Promise<string> {
  const error = await loadFiles(paths).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatastoreError);
  return error instanceof DatastoreError ? error.message.replaceAll(folder, 'DIR') : '';
}

const brief = async (...paths: string[]) =>
  (await loadFiles(paths)).objects.map(
    (o) => `${o.kind} ${o.metadata.name} ${o.origin?.replace(folder, 'DIR')}`,
  );

describe('loadFiles', () => {
  it('reads many documents, with the line of each; empty ones are nothing', async () => {
    const text = `# first\n---\n${pool('a', '10.0.0.0/8')}---\n---\n${pool('b', '10.1.0.0/16')}---\n`;
    expect(await brief(write('many.yaml', text))).toEqual([
      'IPPool a DIR/many.yaml:3',
      'IPPool b DIR/many.yaml:11',
    ]);
    expect(await brief(write('empty.yaml', ''))).toEqual([]);
    expect(await brief(write('comment.yaml', '# nothing\n'))).toEqual([]);
  });

  it('reads lists: of mixed kinds, and of one kind whose items leave it out', async () => {
    const items = '\n- metadata:\n    name: x\n- kind: BGPPeer\n  metadata:\n    name: z\n';
    const typed = `apiVersion: projectcalico.org/v3\nkind: BGPPeerList\nitems:${items}`;
    expect(await brief(write('typed.yaml', typed))).toEqual([
      'BGPPeer x DIR/typed.yaml:4',
      'BGPPeer z DIR/typed.yaml:6',
    ]);
    const mixed = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
        { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'p' } },
      ],
    };
    const json = write('mixed.json', `\n${JSON.stringify(mixed)}`);
    expect(await brief(json)).toEqual(['Node n DIR/mixed.json item 1', 'IPPool p DIR/mixed.json item 2']);
    const array = write('array.json', JSON.stringify([mixed, mixed.items[0]]));
    expect((await loadFiles([array])).objects.map((o) => o.metadata.name)).toEqual(['p', 'n']);
  });

  it('reads YAML as kubectl does: old booleans, labels as texts, addresses that are no numbers', async () => {
    const text = `kind: Node
apiVersion: projectcalico.org/v3
metadata:
  name: n
  labels: {rr: yes, on: off, num: 10, quoted: "yes", ver: 1.10}
spec:
  bgp: {ipv6Address: 10:11:12:13:14:15:16:17, flag: on, text: "no"}
`;
    const { objects } = await loadFiles([write('old.yaml', text)]);
    // A YAML 1.1 reader knows 1.10 as a number too: Kubernetes gets 1.1.
    expect(objects[0]?.metadata.labels).toEqual({
      rr: 'true',
      true: 'false',
      num: '10',
      quoted: 'yes',
      ver: '1.1',
    });
    expect(objects[0]?.spec).toEqual({
      bgp: { ipv6Address: '10:11:12:13:14:15:16:17', flag: true, text: 'no' },
    });
  });

  it('reads a directory: its YAML and JSON files in order, nothing below', async () => {
    const dir = join(folder, 'objects.d');
    mkdirSync(join(dir, 'below.yaml'), { recursive: true });
    rmSync(join(dir, 'below.yaml'), { recursive: true });
    mkdirSync(join(dir, 'below'));
    writeFileSync(join(dir, 'below', 'no.yaml'), pool('no', '10.9.0.0/16'));
    writeFileSync(join(dir, 'b.yml'), pool('b', '10.1.0.0/16'));
    writeFileSync(join(dir, 'a.json'), '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}');
    writeFileSync(join(dir, 'notes.txt'), 'no object');
    const loaded = await loadFiles([dir]);
    expect(loaded.objects.map((o) => o.metadata.name)).toEqual(['n', 'b']);
    expect(loaded.files).toEqual([join(dir, 'a.json'), join(dir, 'b.yml')]);
  });

  it('keeps the last of two with the same kind and name, and says so', async () => {
    const first = write('dup1.yaml', `${pool('p', '10.0.0.0/16')}---\n${pool('other', '10.3.0.0/16')}`);
    const second = write('dup2.yaml', pool('p', '10.2.0.0/16'));
    const { objects, problems } = await loadFiles([first, second]);
    expect(objects.map((o) => [o.metadata.name, o.spec])).toEqual([
      ['other', { cidr: '10.3.0.0/16' }],
      ['p', { cidr: '10.2.0.0/16' }],
    ]);
    expect(problems).toEqual([
      {
        severity: 'warning',
        object: 'IPPool p',
        message: `stands at ${first}:1 and again at ${second}:1; the last one counts`,
      },
    ]);
  });

  it('holds a Kubernetes Node and a Calico Node of one name apart', async () => {
    const core = 'apiVersion: v1\nkind: Node\nmetadata: {name: n}\n---\n';
    const path = write(
      'nodes.yaml',
      `${core}apiVersion: projectcalico.org/v3\nkind: Node\nmetadata: {name: n}\n`,
    );
    expect(await loadFiles([path])).toMatchObject({ objects: [{}, {}], problems: [] });
  });

  it('names the place of what is no object, and goes on', async () => {
    const text = `kind: IPPool\napiVersion: v1\n---\n${pool('good', '10.0.0.0/8')}---\n- 5\n---\nmetadata: {name: x}\n---\nkind: X\nmetadata: {name: x}\n`;
    const path = write('bad-objects.yaml', text);
    const { objects, problems } = await loadFiles([path]);
    expect(objects.map((o) => o.metadata.name)).toEqual(['good']);
    expect(problems.map((p) => [p.object, p.message.replace(path, 'FILE')])).toEqual([
      ['IPPool', 'FILE:1: has no metadata.name'],
      ['document', expect.stringContaining('is not an object')],
      ['object', 'FILE:13: has no kind'],
      ['X', 'FILE:15: has no apiVersion'],
    ]);
  });
});

describe('a file that cannot be read whole is an error', () => {
  it.each([
    ['missing.yaml', undefined, 'DIR/missing.yaml: no such file or directory'],
    ['tab.yaml', 'a:\n\t- b\n', 'DIR/tab.yaml:2:1: '],
    ['open.yaml', 'kind: Node\nmetadata: {name: n\nspec: {}\n', 'DIR/open.yaml:3:1: '],
    ['twice.yaml', 'kind: Node\nkind: Pod\n', 'DIR/twice.yaml:2:1: Map keys must be unique'],
    ['cut.json', '{"kind": "List", "items": [{"kind": "No', 'DIR/cut.json:1:40: '],
    ['latin1.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xe4, 0x0a), 'DIR/latin1.yaml: is not UTF-8 text'],
  ])('%s', async (name, content, message) => {
    const good = write('good.yaml', pool('good', '10.0.0.0/8'));
    const path = content === undefined ? join(folder, name) : write(name, content);
    expect(await failure(good, path)).toContain(message);
  });

  it('also when it is too big, or an empty directory', async () => {
    const big = write('big.yaml', '#');
    truncateSync(big, 33 * 1024 * 1024);
    expect(await failure(big)).toContain('write it as JSON');
    truncateSync(big, 257 * 1024 * 1024);
    expect(await failure(big)).toContain('are the most');
    mkdirSync(join(folder, 'nothing.d'));
    expect(await failure(join(folder, 'nothing.d'))).toContain('holds no *.yaml');
  });

  it('also when its aliases would eat the memory', async () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? 'l0: &l0 [x, x, x, x, x, x, x, x]'
        : `l${i}: &l${i} [${new Array(8).fill(`*l${i - 1}`).join(', ')}]`,
    );
    expect(await failure(write('bomb.yaml', levels.join('\n')))).toContain('Excessive alias count');
  });
});

it('reads any JSON value the same through the YAML reader', () => {
  // Strings that YAML 1.1 readers take for something else stay quoted in JSON, so they must survive.
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = JSON.stringify(value);
      const yaml = parseDocuments('x', `# a comment\n${text}`)[0]?.value;
      expect(yaml ?? null).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});
