// driver: auto where SNMP is configured beside SSH: the agent's sysDescr and sysObjectID tell (RFC 3418), and nothing has to be
// typed to find out; an agent that does not answer is no reason not to ask by SSH.
import { expect, it, onTestFinished } from 'vitest';
import { autoCollector } from '../../../src/collectors/switches/auto.ts';
import type { SnmpSystemOptions } from '../../../src/collectors/switches/snmp-identity.ts';
import { comwareReply } from '../../../src/demo/comware-replies.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { parseOid } from '../../../src/transport/snmp-value.ts';
import { viewOf } from '../../demo/view.ts';
import { type AgentRow, honestAnswer, startAgent } from '../../transport/snmp-agent.ts';
import { optionsFor, sshServer } from '../../transport/ssh-server.ts';
import { comwareShell } from './comware-shell.ts';

const text = (oid: string, value: string): AgentRow => ({ oid: parseOid(oid) ?? [], cell: { text: value } });
const system = (description: string, objectId: string): AgentRow[] => [
  text('1.3.6.1.2.1.1.1.0', description),
  { oid: parseOid('1.3.6.1.2.1.1.2.0') ?? [], cell: { oid: objectId } },
];

async function agent(rows: readonly AgentRow[] | undefined): Promise<SnmpSystemOptions> {
  const served = await startAgent((request) => rows && honestAnswer(rows, request));
  onTestFinished(() => served.close());
  const credentials = { version: '2c', community: 'public' } as const;
  return { host: '127.0.0.1', port: served.port, credentials, timeoutMs: 300, retries: 0 };
}

const commands = ['display bgp peer ipv4', 'display bgp routing-table ipv4', 'display ip routing-table'];
// It knows no `show version`, and its server calls itself as OpenSSH does: only the agent, or `display version`, tells.
const session = [...commands, 'display version']
  .map((command) => `<leaf01>${command}\n${comwareReply(viewOf('leaf01'), command)}`)
  .join('');

async function collect(snmp: SnmpSystemOptions) {
  const typed: string[] = [];
  const server = await sshServer({
    ident: 'OpenSSH_8.0',
    shell: (channel) => comwareShell({ session, typed, obeys: true })(channel),
  });
  onTestFinished(() => server.close());
  const collector = autoCollector({
    device: 'leaf01',
    connection: optionsFor(server.port),
    snmp,
    commandTimeoutMs: 10_000,
    maxOutputBytes: 1_000_000,
    now: () => 1_700_000_000_000,
  });
  onTestFinished(() => collector.close());
  const query = { prefixes: [], ranges: [parsePrefix('10.233.64.0/18')] };
  return { collected: await collector.collect(query, new AbortController().signal), typed };
}

it.each([
  ['its words', 'H3C Comware Platform Software, Software Version 7.1.070', '1.3.6.1.4.1.99999.1'],
  ['the number of its maker', 'S6850-56HF', '1.3.6.1.4.1.25506.1.2371'],
])('takes the driver from %s, and types nothing to find out', async (_, description, objectId) => {
  const { collected, typed } = await collect(await agent(system(description, objectId)));
  const { facts, sessions } = collected;
  expect(facts).toMatchObject({
    driver: 'h3c-comware',
    detectedBy: `SNMP: ${objectId} ${JSON.stringify(description)}`,
  });
  expect(sessions.ok && sessions.value.map(({ state }) => state)).toEqual([
    'established',
    'established',
    'established',
  ]);
  expect(typed).toEqual(['screen-length disable', ...commands]);
});

it.each([
  ['does not answer', undefined],
  ['names a system that nobody knows', system('Linux leaf01 6.1.0', '1.3.6.1.4.1.8072.3.2.10')],
])('asks by SSH when the agent %s', async (_, rows) => {
  const { collected, typed } = await collect(await agent(rows));
  expect(collected.facts).toMatchObject({
    driver: 'h3c-comware',
    detectedBy: 'answer to display version',
  });
  expect(typed.slice(0, 2)).toEqual(['show version', 'display version']);
});

it('does not guess between two systems', async () => {
  const { collected, typed } = await collect(
    await agent(system('Arista Networks EOS on Cisco NX-OS', '1.3.6.1.4.1.99999.1')),
  );
  expect(collected.sessions).toMatchObject({
    ok: false,
    error: {
      message: expect.stringMatching(/looks like cisco-nxos and arista-eos .*write which of them it is/),
    },
  });
  expect(typed).toEqual([]);
});
