// The commands that ask devices, against the demo fabric: real SNMP, SSH and BIRD sockets on loopback. audit finds what
// was broken and nothing else; demo serves, takes faults in and out, and ends when asked.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { cli, type Ran } from './io.ts';

describe('audit', () => {
  let demo: Demo;
  let folder = '';
  let config = '';
  beforeAll(async () => {
    demo = await startDemo({ now: Date.now });
    folder = mkdtempSync(path.join(tmpdir(), 'cli-audit-'));
    config = path.join(folder, 'config.yml');
    writeFileSync(config, demo.configText);
  });
  afterAll(async () => {
    await demo.stop();
    rmSync(folder, { recursive: true });
  });

  it('exits with 0 on a healthy fabric and says how much is right', async () => {
    const { code, out, err } = await cli(['audit', '--config', config]);
    expect(out).toBe('3 switches carry 7 of 7 expected prefixes; 24 of 24 session ends up.\nNo findings.\n');
    expect([code, err]).toEqual([0, '']);
  });

  it('exits with 1 and names the lost route, in a line per finding', async () => {
    demo.control.inject('withdraw-node3-block');
    const { code, out } = await cli(['audit', '--config', config]);
    const json = await cli(['audit', '--config', config, '--output', 'json']);
    demo.control.healAll();
    expect(code).toBe(1);
    for (const name of ['leaf01', 'leaf02', 'spine01']) {
      expect(out).toMatch(
        new RegExp(`^critical +${name} +route-missing +10\\.233\\.66\\.0/24 +.*node3`, 'm'),
      );
    }
    expect(out).toMatch(/^3 switches carry 6 of 7 expected prefixes each; 24 of 24 session ends up\.\n/m);
    expect(json.code).toBe(1);
    const { findings, summary } = JSON.parse(json.out);
    expect(findings).toHaveLength(3);
    expect(findings[0]).toMatchObject({
      check: 'route-missing',
      verdict: 'missing',
      subject: '10.233.66.0/24',
    });
    expect(summary).toMatchObject({ devices: 9, devicesUnknown: 0, expectedPrefixes: 7, missing: 3 });
  });

  it('exits with 1 when one device does not answer, and calls nothing there missing', async () => {
    demo.control.inject('snmp-silent-leaf01');
    const { code, out } = await cli(['audit', '--config', config]);
    demo.control.healAll();
    expect(code).toBe(1);
    expect(out).toMatch(/^warning +leaf01 +device-unreachable /m);
    expect(out).not.toMatch(/ missing /);
  });

  it('exits with 2 when not one device answers', async () => {
    const alone = path.join(folder, 'alone.yml');
    writeFileSync(
      alone,
      'datastore: { files: [objects.yaml] }\nnodes: [{ name: node1, bird: { socket: none.ctl } }]\n',
    );
    const node = 'metadata: { name: node1, annotations: { projectcalico.org/IPv4Address: 192.0.2.1/24 } }';
    writeFileSync(path.join(folder, 'objects.yaml'), `apiVersion: v1\nkind: Node\n${node}\n`);
    const { code, out, err } = await cli(['audit', '--config', alone]);
    expect([code, err]).toEqual([2, 'not one device answered: nothing could be audited\n']);
    expect(out).toMatch(/^warning +node1 +device-unreachable /m);
  });

  it('exits with 2 when the objects cannot be read', async () => {
    const broken = path.join(folder, 'broken.yml');
    writeFileSync(
      broken,
      'datastore: { files: [broken.yaml] }\nnodes: [{ name: node1, bird: { socket: none.ctl } }]\n',
    );
    writeFileSync(path.join(folder, 'broken.yaml'), 'kind: [\n');
    const { code, out, err } = await cli(['audit', '--config', broken]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^what should be there is not known: .*broken\.yaml:\d+/);
  });

  it('exits with 2 when the export is empty: nothing expected is not nothing wrong', async () => {
    const empty = path.join(folder, 'empty.yml');
    writeFileSync(
      empty,
      'datastore: { files: [empty.yaml] }\nnodes: [{ name: node1, bird: { socket: none.ctl } }]\n',
    );
    writeFileSync(path.join(folder, 'empty.yaml'), '');
    const { code, err } = await cli(['audit', '--config', empty]);
    expect(code).toBe(2);
    expect(err).toMatch(/^what should be there is not known: the objects hold no Node/);
  });

  it('shows progress on a terminal, and takes the line away again', async () => {
    const { err } = await cli(['audit', '--config', config], { columns: 120 });
    // How many lines come in between depends on the machine.
    const [before, first, ...lines] = err.split('\r\x1b[K');
    expect([before, first, lines.pop()]).toEqual(['', 'reading the objects …', '']);
    for (const line of lines) expect(line).toMatch(/^asked \d of 9 devices(, waiting for .+)? …$/);
  });
});

describe('trust', () => {
  let demo: Demo;
  let folder = '';
  let host = '';
  let fingerprint = '';
  beforeAll(async () => {
    demo = await startDemo({ now: Date.now });
    folder = mkdtempSync(path.join(tmpdir(), 'cli-trust-'));
    const leaf = parseConfig(demo.configText, 'demo.yml', {}).switches.find(({ ssh }) => ssh);
    host = `${leaf?.address}:${leaf?.ssh?.port}`;
    fingerprint = leaf?.ssh?.hostKeys[0] ?? 'none';
  });
  afterAll(async () => {
    await demo.stop();
    rmSync(folder, { recursive: true });
  });

  it('shows the fingerprint that the configuration trusts', async () => {
    const { code, out, err } = await cli(['trust', host]);
    expect(code).toBe(0);
    expect(out).toContain(fingerprint);
    expect(err).toMatch(/^Compare the fingerprints /);
  });

  it('records keys once, so that the switch can be read with them', async () => {
    const file = path.join(folder, 'known_hosts');
    writeFileSync(file, '# ours, without a line end');
    const first = await cli(['trust', host, '--known-hosts', file]);
    const again = await cli(['trust', host, '--known-hosts', file]);
    expect([first.code, again.code]).toEqual([0, 0]);
    expect(first.err).toMatch(/^(\d+) of \1 keys are new in /);
    expect(again.err).toMatch(/^0 of \d+ keys are new in /);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# ours, without a line end\n\[127\.0\.0\.1\]:\d+ \S+ \S+\n/);
    const config = path.join(folder, 'config.yml');
    const listed = demo.configText.replace(/hostKeys:\s*(\[[^\]]*\]|\n\s+- .*)/, `knownHosts: [${file}]`);
    expect(listed).toContain(`knownHosts: [${file}]`);
    writeFileSync(config, listed);
    expect(await cli(['audit', '--config', config])).toMatchObject({ code: 0 });
  });

  it('says that nobody answers', async () => {
    const { code, out, err } = await cli(['trust', '127.0.0.1:1']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('127.0.0.1:1');
  });
});

describe('demo and serve', () => {
  const stop = new AbortController();
  let done: Promise<Ran>;
  let url = '';
  let said = '';
  const usualTmp = process.env.TMPDIR;
  const tmp = mkdtempSync(path.join(tmpdir(), 'cli-demo-'));

  beforeAll(async () => {
    process.env.TMPDIR = tmp;
    url = await new Promise<string>((resolve) => {
      const onErr = (text: string) => {
        said = text;
        const found = /Look at (\S+)\//.exec(text)?.[1];
        if (found) resolve(found);
      };
      const argv = ['demo', '--web.listen-address', '127.0.0.1:0', '--log.level', 'error'];
      done = cli(argv, { signal: stop.signal, onErr, calledAs: 'npm start --' });
    });
  });

  afterAll(() => {
    if (usualTmp === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usualTmp;
    rmSync(tmp, { recursive: true });
  });

  const get = async (target: string) => (await fetch(`${url}${target}`)).text();

  it('serves metrics, health and the page', async () => {
    await expect
      .poll(() => get('/metrics'), { timeout: 15_000 })
      .toContain('calico_bgp_device_up{device="spine01"');
    expect(await get('/metrics')).toMatch(/^calico_bgp_build_info\{version="\d/m);
    expect(await get('/-/healthy')).toBe('healthy\n');
  });

  it('proposes a command that works as it was called itself', () => {
    expect(said).toMatch(
      /^Break something, in another terminal: {2}npm start -- demo inject withdraw-node3-block --url http:\S+$/m,
    );
  });

  it('takes faults in and out through the command line', async () => {
    const names = (await cli(['demo', 'faults', '--url', url])).out;
    expect(names).toMatch(/^STATE +FAULT +WHAT/);
    expect(names).toMatch(/^- +withdraw-node3-block +node3 /m);
    const injected = await cli(['demo', 'inject', 'withdraw-node3-block', '--url', url]);
    expect(injected.out).toMatch(/^ACTIVE +withdraw-node3-block /m);
    await expect
      .poll(() => get('/metrics'), { timeout: 15_000 })
      .toMatch(/^calico_bgp_route_missing\{.*10\.233\.66\.0\/24/m);
    expect((await cli(['demo', 'heal', 'withdraw-node3-block', '--url', url])).out).not.toContain('ACTIVE');
    await cli(['demo', 'inject', 'rogue-route', '--url', url]);
    expect((await cli(['demo', 'heal', '--url', url])).out).not.toContain('ACTIVE');
  });

  it('says which fault was probably meant', async () => {
    const { code, err } = await cli(['demo', 'inject', 'withdraw-node3-blok', '--url', url]);
    expect([code, err]).toEqual([
      2,
      'there is no fault "withdraw-node3-blok"; did you mean "withdraw-node3-block"?\n',
    ]);
  });

  it('ends when asked, and leaves nothing behind', async () => {
    stop.abort('SIGTERM');
    expect((await done).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('says that no demo answers', async () => {
    const { code, err } = await cli(['demo', 'faults', '--url', url]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^no demo answers at http:.*; start one with "calico-bgp-exporter demo", or say --url$/m,
    );
  });
});

describe('serve', () => {
  let taken: Server;
  let port = 0;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterAll(() => taken.close());

  const config = path.resolve(import.meta.dirname, '..', 'fixtures', 'config', 'good', 'minimal.yml');

  it('says in a sentence that the port is taken', async () => {
    const { code, err } = await cli([
      'serve',
      '--config',
      config,
      '--web.listen-address',
      `127.0.0.1:${port}`,
    ]);
    expect(code).toBe(2);
    expect(err).toBe(
      `cannot listen on 127.0.0.1:${port}: something else listens there already; stop it, or choose another with --web.listen-address\n`,
    );
  });

  it('says in a sentence that the address is none', async () => {
    const { code, err } = await cli(['serve', '--config', config, '--web.listen-address', '10179']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^--web\.listen-address must be an address with a port, such as :10179 .*, not "10179"\n/,
    );
  });

  it('logs JSON lines and stops when asked', async () => {
    const stop = new AbortController();
    const onErr = (text: string) => {
      if (text.includes('"serving"')) stop.abort('SIGTERM');
    };
    const argv = ['serve', '--config', config, '--web.listen-address', '127.0.0.1:0'];
    const { code, out, err } = await cli(argv, { signal: stop.signal, onErr });
    expect([code, out]).toEqual([0, '']);
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({
      level: 'info',
      message: 'serving',
      nodes: 1,
      switches: 0,
      url: expect.stringMatching(/^http:/),
    });
    expect(lines.at(-1)).toMatchObject({ message: 'stopping', reason: 'SIGTERM' });
  });
});
