// A demo node's control socket against a raw client: replies in the form of BIRD 1.6.8's own transcripts, and what a
// stopped and a hanging daemon look like. Reply lines are written out by hand in the layout of the captures.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { birdReply } from '../../src/demo/bird-server.ts';
import { deriveFabric } from '../../src/demo/fabric.ts';
import { faults } from '../../src/demo/faults.ts';
import { createHistory } from '../../src/demo/history.ts';
import { referenceTopology } from '../../src/demo/topology.ts';
import { askBird } from './clients.ts';
import { type RunningDemo, runDemo } from './running.ts';

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A node's answer 65 seconds after the start; faults come at the start. */
function ask(node: string, command: string, fault?: string): string {
  const effects = faults.find(({ name }) => name === fault)?.effects ?? [];
  const fabric = deriveFabric(referenceTopology, effects);
  const history = createHistory(start);
  history.record(fabric, start);
  const state = fabric.get(node);
  if (!state) throw new Error(`no ${node}`);
  return birdReply({ state, history, now: start + 65_000 }, command);
}

describe('replies', () => {
  test('show status', () => {
    expect(ask('node1', 'show status')).toBe(
      `1000-BIRD 1.6.8
1011-Router ID is 172.20.0.11
 Current server time is 2026-01-02 03:05:10
 Last reboot on 2026-01-02 03:04:05
 Last reconfiguration on 2026-01-02 03:04:05
0013 Daemon is up and running
`,
    );
  });

  test('show protocols', () => {
    expect(ask('node3', 'show protocols')).toBe(
      `2002-name     proto    table    state  since       info
1002-static1  Static   master   up     03:04:05    
 kernel1  Kernel   master   up     03:04:05    
 device1  Device   master   up     03:04:05    
 direct1  Direct   master   up     03:04:05    
 Node_172_20_0_11 BGP      master   up     03:04:05    Established   
 Node_172_20_0_12 BGP      master   up     03:04:05    Established   
0000 
`,
    );
  });

  test('a refused session: state start, BGP state Idle, who said what', () => {
    const reply = ask('node6', 'show protocols all Node_173_20_0_11', 'wrong-as-node6');
    expect(reply).toContain(
      '1002-Node_173_20_0_11 BGP      master   start  03:04:05    Idle          Received: Bad peer AS\n1006-',
    );
    expect(reply).toContain('     Neighbor AS:      64513\n');
    expect(reply).toContain('     Last error:       Received: Bad peer AS\n \n0000 \n');
  });

  test('show protocols all has the lines of a real transcript, in order', () => {
    // The labels of one established internal session as BIRD 1.6.8 printed them (add-path and llgr apart).
    const labels = [
      'Description:',
      'Preference:',
      'Input filter:',
      'Output filter:',
      'Routes:',
      'Route change stats:',
      'Import updates:',
      'Import withdraws:',
      'Export updates:',
      'Export withdraws:',
      'BGP state:',
      'Neighbor address:',
      'Neighbor AS:',
      'Neighbor ID:',
      'Neighbor caps:',
      'Session:',
      'Source address:',
      'Hold timer:',
      'Keepalive timer:',
    ];
    const reply = ask('node1', 'show protocols all Node_172_20_0_12');
    expect([...reply.matchAll(/^(?:1006-| ) +([A-Z][A-Za-z ]+:)/gm)].map((match) => match[1])).toEqual(
      labels,
    );
    expect(reply).toContain('   Routes:         6 imported, 6 exported, 1 preferred\n');
    expect(reply).toContain(
      '     Import updates:              6          0          0          0          6\n',
    );
    expect(reply).toContain('     Session:          internal multihop route-reflector AS4\n');
  });

  test('show route of exactly the prefixes asked', () => {
    expect(ask('node1', 'show route where net ~ [ 10.233.66.0/24 ]')).toBe(
      `1007-10.233.66.0/24     via 172.20.0.13 on eth0 [Node_172_20_0_13 03:04:05] * (100/0) [i]
                    via 172.20.0.13 on eth0 [Node_172_20_0_12 03:04:05 from 172.20.0.12] (100/0) [i]
0000 
`,
    );
    expect(ask('node1', 'show route where net ~ [ 9.9.9.0/24 ]')).toBe('0000 \n');
  });

  test('show route export … all: attributes as they are sent', () => {
    const reply = ask(
      'node1',
      "show route export 'Node_172_20_0_254' where net ~ [10.233.65.0/24,10.233.64.0/24] all",
    );
    expect(reply).toBe(
      `1007-10.233.64.0/24     blackhole [static1 03:04:05] * (200)
1008-	Type: static unicast univ
1012-	BGP.origin: IGP
 	BGP.as_path: 64512
 	BGP.next_hop: 172.20.0.11
 	BGP.local_pref: 100
1007-10.233.65.0/24     via 172.20.0.12 on eth0 [Node_172_20_0_12 03:04:05] * (100/0) [AS64512i]
1008-	Type: BGP unicast univ
1012-	BGP.origin: IGP
 	BGP.as_path: 64512
 	BGP.next_hop: 172.20.0.11
 	BGP.local_pref: 100
0000 
`,
    );
  });

  test.each([
    ['show route 10.233.66.0/24', /^1007-10\.233\.66\.0\/24 /],
    ['show route for 10.233.66.9', /^1007-10\.233\.66\.0\/24 /],
    [
      'show route where net ~ 10.233.66.0/23 && source = RTS_BGP',
      /^1007-10\.233\.66\.0\/24 [\s\S]*10\.233\.67\.0\/24/,
    ],
    ['show route where net ~ [ 10.233.0.0/16{18,18} ]', /^1007-10\.233\.0\.0\/18 +blackhole/],
    ['show route primary where net ~ [10.233.0.0/17+]', /^1007-10\.233\.64\.2\/32 +dev cali/],
    ['show route count', /^0014 16 of 16 routes for 10 networks\n$/],
  ])('%s', (command, expected) => {
    expect(ask('node1', command)).toMatch(expected);
  });

  // Each of these lines was seen from BIRD 1.6.8.
  test.each([
    ['show route 1.2.3.0/24', '8001 Network not in table\n'],
    ['show route export Nope', '9001 Nope is not a protocol\n'],
    ['show route protocol Nope', '9001 Nope is not a protocol\n'],
    ['show protocols Nope', '9002 Nope is not a protocol\n'],
    ['show protocols "Nope*"', '8003 No protocols match\n'],
    ['bogus cmd', '9001 syntax error\n'],
    ['show', '9001 syntax error\n'],
    ['show route where net ~ [', '9001 syntax error\n'],
    ['', '9001 syntax error\n'],
    ['restrict', '0016 Access restricted\n'],
    ['configure', '8007 Access denied\n'],
    ['disable Node_172_20_0_254', '8007 Access denied\n'],
  ])('%j -> %j', (command, expected) => {
    expect(ask('node1', command)).toBe(expected);
  });

  test('a session that is down exports nothing: 8005', () => {
    expect(ask('node4', 'show route export Node_173_20_0_12', 'stop-bird-node5')).toBe(
      '8005 Protocol is down\n',
    );
  });

  test('a since older than 20 hours is a date', () => {
    const fabric = deriveFabric(referenceTopology, []);
    const history = createHistory(start);
    history.record(fabric, start);
    const state = fabric.get('node3');
    if (!state) throw new Error('no node3');
    const reply = birdReply(
      { state, history, now: start + 20 * 3600_000 },
      'show protocols Node_172_20_0_11',
    );
    expect(reply).toContain('up     2026-01-02  Established');
  });
});

describe('the socket', () => {
  let running: RunningDemo;
  beforeAll(async () => {
    running = await runDemo();
  });
  afterAll(() => running.stop());

  test('greets, answers several commands on one connection, ends each reply', async () => {
    const commands = ['restrict', 'show status', 'show protocols', 'show route'];
    const replies = await askBird(running.socketOf('node1'), commands);
    expect(replies).toHaveLength(5);
    expect(replies[0]).toBe('0001 BIRD 1.6.8 ready.\n');
    expect(replies[1]).toBe('0016 Access restricted\n');
    expect(replies[2]).toMatch(/0013 Daemon is up and running\n$/);
    expect(replies[4]).toMatch(/\n0000 \n$/);
  });

  test('stop-bird-node5: the socket is gone, and back when healed', async () => {
    const path = running.socketOf('node5');
    running.demo.control.inject('stop-bird-node5');
    await expect.poll(() => existsSync(path)).toBe(false);
    await expect(askBird(path, [])).rejects.toMatchObject({ code: 'ENOENT' });
    running.demo.control.heal('stop-bird-node5');
    await expect.poll(() => existsSync(path)).toBe(true);
    expect(await askBird(path, [])).toHaveLength(1);
  });

  test('freeze-bird-node2: accepts and never greets; who waited is greeted when it is healed', async () => {
    const path = running.socketOf('node2');
    running.demo.control.inject('freeze-bird-node2');
    await expect(askBird(path, [], 200)).rejects.toThrow('no answer in time');
    const waiting = askBird(path, ['show status'], 5000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running.demo.control.heal('freeze-bird-node2');
    expect(await waiting).toHaveLength(2);
  });

  test('stop and heal in quick succession leave the socket open', async () => {
    const path = running.socketOf('node5');
    for (let i = 0; i < 5; i++) {
      running.demo.control.inject('stop-bird-node5');
      running.demo.control.heal('stop-bird-node5');
    }
    await expect
      .poll(() =>
        askBird(path, []).then(
          (replies) => replies.length,
          () => 0,
        ),
      )
      .toBe(1);
  });

  test('a line without end is cut off at 4096 bytes, as by BIRD', async () => {
    const socket = connect({ path: running.socketOf('node1') });
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('x'.repeat(5000));
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});
