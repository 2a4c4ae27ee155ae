// Switches that nobody has listed, in a running exporter: a BGPPeer names the address, `driver: auto` finds out that a Comware
// answers there, its prompt says its name; and the switch goes when the last BGPPeer that names it goes. Objects are in a file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { quietLog as log } from '../../src/cli/log.ts';
import { parseConfig } from '../../src/config/load.ts';
import { comwareManners, comwareReply } from '../../src/demo/comware-replies.ts';
import { demoObjectsText } from '../../src/demo/objects.ts';
import { startSshServer } from '../../src/demo/ssh-server.ts';
import { createExporter } from '../../src/exporter.ts';
import { viewOf } from '../demo/view.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'discovered-'));
afterAll(() => rmSync(folder, { recursive: true }));
const objects = path.join(folder, 'objects.yaml');

// Where the leaf answers here, in place of its address in the fabric. The other leaf stays where nobody may ask.
const leaf = '127.0.0.1';

it('reads a switch that a BGPPeer names, under its own name, and lets it go', async () => {
  writeFileSync(objects, demoObjectsText().replaceAll('172.20.0.254', leaf));
  const view = () => viewOf('leaf01');
  const server = await startSshServer({
    user: 'demo',
    password: 'secret',
    silent: () => false,
    system: {
      ident: 'Comware-7.1.070',
      manners: comwareManners('leaf01'),
      reply: (command) => comwareReply(view(), command),
    },
  });
  onTestFinished(() => server.stop());
  const config = parseConfig(
    `datastore: { files: [${objects}] }
collection: { interval: 5s, timeout: 5s }
discovery:
  within: [127.0.0.0/8]
  ssh: { port: ${server.port}, user: demo, password: secret, hostKeys: ['${server.hostKey}'] }
`,
    'config.yml',
    {},
  );
  const exporter = createExporter(config, { log, now: Date.now });
  onTestFinished(() => exporter.stop());
  await exporter.start();
  const known = () => (exporter.current()?.devices ?? []).filter(({ device }) => device.role === 'switch');
  const patience = { timeout: 30_000, interval: 100 };
  await expect.poll(() => known().map(({ device }) => device.name), patience).toEqual(['leaf01']);
  const [found] = known();
  expect(found?.device).toMatchObject({ address: leaf });
  expect(found?.facts).toMatchObject({ driver: 'h3c-comware', localAsn: 65009 });
  expect(found?.sessions.ok && found.sessions.value.map(({ peerAddress }) => peerAddress)).toEqual([
    '100.0.0.1',
    '172.20.0.11',
    '172.20.0.12',
  ]);
  // Nothing else was asked: the address of the other leaf is outside `within`.
  writeFileSync(objects, readFileSync(objects, 'utf8').replaceAll(leaf, '192.0.2.254'));
  await expect.poll(() => known().length, patience).toBe(0);
});
