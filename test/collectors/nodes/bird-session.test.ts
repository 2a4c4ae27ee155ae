// Sessions out of `show protocols [all]`: our captures of BIRD 1.6.8 and 2.0.12 with what they say written out by hand.
import { describe, expect, it } from 'vitest';
import { type BirdSession, sessionsReader } from '../../../src/collectors/nodes/bird-session.ts';
import { statusReader } from '../../../src/collectors/nodes/bird-status.ts';
import { readAnswer, readPlain } from './fixtures.ts';

/** Sessions of one answer of a capture, timed by the capture's own clock. */
function sessions(capture: string, command: string, nth = 0): readonly BirdSession[] {
  const { serverTime } = readAnswer(capture, 'show status', statusReader(capture));
  return readAnswer(capture, command, sessionsReader({ source: capture, serverTime }), nth);
}

const plain = (text: string) => readPlain(text, sessionsReader({ source: 'x', serverTime: undefined }));

describe('BIRD 1.6, with details', () => {
  // The counters of routes have a test of their own: bird-traffic.test.ts.
  const all = sessions('own/out.txt', 'show protocols all').map(({ routeChanges: _, ...rest }) => rest);

  it('lists the BGP protocols and nothing else', () => {
    expect(all.map(({ name }) => name)).toEqual([
      'Mesh_10_0_0_2',
      'Mesh_10_0_0_9',
      'Global_10_0_0_254_port_1179',
      'Node_10_0_0_253',
      'Node_10_0_0_77',
    ]);
  });

  it('reads an established iBGP session', () => {
    expect(all[0]).toEqual({
      name: 'Mesh_10_0_0_2',
      kind: 'mesh',
      peerAddress: '10.0.0.2',
      peerAsn: 64512,
      localAsn: 64512, // "Session: internal"
      localAddress: '10.0.0.1',
      state: 'established',
      afi: 'ipv4',
      vrf: 'default',
      description: 'Connection to BGP peer',
      establishedSeconds: 23, // 23:01:18 - 23:00:55
      prefixesReceived: 2,
      prefixesAccepted: 2,
      prefixesAdvertised: 5,
      protocolState: 'up',
      routeReflectorClient: false,
    });
  });

  it('reads an eBGP session on another port; its own AS is not shown', () => {
    expect(all[2]).toMatchObject({
      kind: 'global',
      peerAddress: '10.0.0.254',
      peerAsn: 65001,
      localAsn: null,
      state: 'established',
      prefixesAdvertised: 6,
    });
  });

  it('takes Passive as idle and waiting, without counts', () => {
    expect(all[1]).toEqual({
      name: 'Mesh_10_0_0_9',
      kind: 'mesh',
      peerAddress: '10.0.0.9',
      peerAsn: 64512,
      localAsn: null,
      state: 'idle',
      passive: true,
      afi: 'ipv4',
      vrf: 'default',
      description: 'Connection to BGP peer',
      protocolState: 'start',
    });
  });

  it('keeps the last error of a session that does not come up', () => {
    expect(all[3]).toMatchObject({
      state: 'active',
      peerAsn: 65009,
      lastError: 'Socket: Connection reset by peer',
    });
    expect(all[3]).not.toHaveProperty('prefixesReceived');
    expect(all[3]).not.toHaveProperty('establishedSeconds');
  });

  it('takes a disabled protocol as idle and shut down', () => {
    expect(all[4]).toEqual({
      name: 'Node_10_0_0_77',
      kind: 'node',
      peerAddress: '10.0.0.77',
      peerAsn: 65009,
      localAsn: null,
      state: 'idle',
      adminDown: true,
      afi: 'ipv4',
      vrf: 'default',
      description: 'Connection to BGP peer',
      protocolState: 'down',
    });
  });

  it('shows a silent peer whose routes are held, without its counts', () => {
    const silent = sessions('1.6/stale-node1.txt', 'show protocols all')[1];
    expect(silent).toMatchObject({
      peerAddress: '172.20.0.12',
      state: 'active',
      gracefulRestart: true,
      lastError: 'Socket: Connection refused',
    });
    expect(silent).not.toHaveProperty('prefixesReceived');
  });

  it('shows recovery after a restart: established, but in state wait', () => {
    const waiting = sessions('own/out2.txt', 'show protocols all "Global_10_0_0_25*"');
    expect(
      waiting.map(({ state, protocolState, prefixesAdvertised }) => [
        state,
        protocolState,
        prefixesAdvertised,
      ]),
    ).toEqual([
      ['established', 'wait', 0],
      ['active', 'start', undefined],
      ['established', 'wait', 0],
    ]);
  });

  it('tells a wrong AS, a silent peer and an administrator apart', () => {
    const to = (capture: string) =>
      sessions(capture, 'show protocols all').find(({ peerAddress }) => peerAddress === '172.20.0.254');
    expect(to('1.6/wrong-as-node2.txt')).toMatchObject({ lastError: 'Received: Bad peer AS' });
    expect(to('1.6/node-shut-node1.txt')).toMatchObject({ state: 'idle', adminDown: true });
    expect(to('1.6/switch-shut-node2.txt')).toMatchObject({
      lastError: expect.stringMatching(/^(?:Socket|Received): /),
    });
    for (const capture of [
      '1.6/wrong-as-node2.txt',
      '1.6/node-shut-node1.txt',
      '1.6/switch-shut-node2.txt',
    ]) {
      expect(to(capture)?.state).not.toBe('established');
      expect(to(capture)).not.toHaveProperty('prefixesReceived');
    }
    expect(to('1.6/up-node1.txt')).toMatchObject({
      state: 'established',
      peerAsn: 65009,
      localAddress: '172.20.0.11',
    });
  });
});

describe('BIRD 1.6, without details', () => {
  it('takes the address from the name and everything else from the columns', () => {
    const short = sessions('own/out.txt', 'show protocols');
    expect(short.map(({ peerAddress, state, lastError }) => [peerAddress, state, lastError])).toEqual([
      ['10.0.0.2', 'established', undefined],
      ['10.0.0.9', 'idle', undefined],
      ['10.0.0.254', 'established', undefined],
      ['10.0.0.253', 'active', 'Socket: Connection reset by peer'],
      ['10.0.0.77', 'idle', undefined],
    ]);
    expect(short.map(({ passive, adminDown }) => [passive, adminDown])).toEqual([
      [undefined, undefined],
      [true, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, true],
    ]);
  });

  it.each([
    [
      'Node_10_0_0_1 BGP      master   down   2026-02-19  Error: No listening socket',
      'idle',
      true,
      'Error: No listening socket',
    ],
    [
      'Node_10_0_0_1 BGP master start 12:00:00 Idle          Received: Maximum number of prefixes reached',
      'idle',
      undefined,
      'Received: Maximum number of prefixes reached',
    ],
    [
      'Node_10_0_0_1 BGP master down 12:00:00 Automatic shutdown: Route limit exceeded',
      'idle',
      undefined,
      'Automatic shutdown: Route limit exceeded',
    ],
    [
      'Node_10_0_0_1 BGP master start 12:00:00.123 Connect       Socket: No route to host',
      'connect',
      undefined,
      'Socket: No route to host',
    ],
    ['Node_10_0_0_1 BGP master start 12:00:00 OpenConfirm   ', 'openconfirm', undefined, undefined],
    ['Node_10_0_0_1 BGP master stop 12:00:00 Close         ', 'idle', undefined, undefined],
    ['Node_10_0_0_1 BGP master start 12:00:00 Dreaming', null, undefined, 'Dreaming'],
    ['Node_10_0_0_1 BGP master up 2026-02-19 16:29:00  Established   ', 'established', undefined, undefined],
    ['Node_10_0_0_1 BGP master start', null, undefined, undefined],
  ])('%s', (row, state, adminDown, lastError) => {
    const [session] = plain(`name     proto    table    state  since       info\n${row}`);
    expect([session?.state, session?.adminDown, session?.lastError]).toEqual([state, adminDown, lastError]);
  });
});

describe('BIRD 2', () => {
  const all = sessions('2.0/sessions.txt', 'show protocols all');

  it('makes one session per family', () => {
    expect(all.map(({ name, afi, state }) => `${name} ${afi} ${state}`)).toEqual([
      'Node_127_0_0_2 ipv4 established',
      'Node_127_0_0_2 ipv6 established',
      'Node_127_0_0_3 ipv4 established',
      'Node_127_0_0_3 ipv6 idle',
      'Global_127_0_0_9 ipv4 idle',
      'Global_127_0_0_8 ipv4 idle',
      'we.ird-1 ipv4 active',
    ]);
  });

  it("reads each family's counts and the AS of both ends", () => {
    expect(all[0]).toMatchObject({
      peerAsn: 65009,
      localAsn: 64512,
      description: 'leaf one',
      localAddress: '127.0.0.1',
      prefixesReceived: 2,
      prefixesAdvertised: 3,
    });
    expect(all[1]).toMatchObject({ prefixesReceived: 1, prefixesAdvertised: 2 });
    expect(all[2]).toMatchObject({
      localAsn: 64512,
      prefixesReceived: 1,
      prefixesAccepted: 1,
      prefixesAdvertised: 7,
    });
    expect(all[4]).toMatchObject({ passive: true });
    expect(all[5]).toMatchObject({ adminDown: true });
  });

  it('does not take a family for up that the peer did not agree to', () => {
    expect(all[3]).toMatchObject({
      protocolState: 'down',
      lastError: 'channel ipv6 is down: the peer did not agree to ipv6',
    });
    expect(all[3]).not.toHaveProperty('establishedSeconds');
  });

  it('shows recovery of a channel as wait', () => {
    const recovering = sessions('2.0/recovery.txt', 'show protocols all Node_127_0_0_2');
    expect(
      recovering.map(({ protocolState, prefixesAdvertised }) => [protocolState, prefixesAdvertised]),
    ).toEqual([
      ['wait', 0],
      ['wait', 0],
    ]);
  });

  it('shows a silent peer whose routes are held', () => {
    const held = sessions('2.0/helper.txt', 'show protocols all Node_127_0_0_2');
    expect(held.map(({ state, gracefulRestart }) => [state, gracefulRestart])).toEqual([
      ['active', true],
      ['active', true],
    ]);
    expect(held[0]).not.toHaveProperty('prefixesReceived');
  });
});

describe('other forms', () => {
  const heading = 'name     proto    table    state  since       info';
  const up = `${heading}\nuplink   BGP      master   up     12:00:00    Established   \n  BGP state:          Established\n`;

  it('takes IPv6 neighbours, drops their zone, and tells the family', () => {
    expect(
      plain(
        `${up}    Neighbor address: fe80::0:1%eth0\n    Neighbor AS:      4200000701\n    VRF:              red`,
      )[0],
    ).toMatchObject({
      peerAddress: 'fe80::1',
      peerAsn: 4200000701,
      afi: 'ipv6',
      vrf: 'red',
    });
  });

  it('counts filtered routes as received', () => {
    expect(
      plain(
        `${up}    Neighbor address: 10.0.0.1\n  Routes:         710 imported, 7 filtered, 15 exported, 3 preferred`,
      )[0],
    ).toMatchObject({
      prefixesReceived: 717,
      prefixesAccepted: 710,
      prefixesAdvertised: 15,
    });
  });

  it('tolerates keys it does not know', () => {
    expect(plain(`${up}    Neighbor address: 10.0.0.1\n    Colour:  blue\n    Something new`)).toHaveLength(
      1,
    );
  });

  it('leaves out a template that makes sessions for a range of neighbours', () => {
    expect(
      plain(
        `${heading}\ndyn BGP --- start 12:00:00 Passive\n  BGP state: Passive\n    Neighbor range: 10.0.0.0/8`,
      ),
    ).toEqual([]);
  });

  it.each([
    ['name proto table state foo info', 1],
    [`${up}    Neighbor address: 10.0.0.300`, 2],
    [`${up}    Neighbor address: 10.0.0.1\n  Routes: many`, 2],
    [`${heading}\n???`, 2],
    ['  Neighbor AS: 5', 1],
  ])('refuses %j at line %d', (text, line) => {
    expect(() => plain(text)).toThrow(expect.objectContaining({ name: 'ParseError', line }));
  });
});
