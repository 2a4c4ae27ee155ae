// What BIRD says of a session's routes beside their number, from our captures, written out by hand.
import { describe, expect, it } from 'vitest';
import { sessionsReader } from '../../../src/collectors/nodes/bird-session.ts';
import { trafficOf } from '../../../src/collectors/nodes/bird-traffic.ts';
import { exportsWait } from '../../../src/model/session.ts';
import { readAnswer } from './fixtures.ts';

function sessions(capture: string, command: string) {
  const read = readAnswer(capture, command, sessionsReader({ source: capture }));
  return read.map((session) => ({ ...session, device: 'node1' }));
}

const left = (capture: string, command: string) =>
  sessions(capture, command).flatMap(({ restartRemainingSeconds }) => restartRemainingSeconds ?? []);

describe('BIRD 1.6', () => {
  const [recovering, refused, limited] = sessions('own/out2.txt', 'show protocols all "Global_10_0_0_25*"');

  it('counts what became of the routes; a dash is no zero', () => {
    expect(recovering?.routeChanges).toEqual({
      importUpdates: [2, 0, 0, 0, 2],
      importWithdraws: [1, 0, null, 1, 0],
      exportUpdates: [0, 0, 0, null, 0],
      exportWithdraws: [0, null, null, null, 0],
    });
  });

  it('says which limit was hit', () => {
    expect(limited?.limitsHit).toEqual(['import']);
    expect(recovering).not.toHaveProperty('limitsHit');
  });

  it('holds exports back while it recovers', () => {
    const waits = [recovering, refused, limited].map((session) => session && exportsWait(session));
    expect(waits).toEqual([true, false, true]);
  });

  it("tells how long a silent peer's routes are kept", () => {
    expect(left('1.6/stale-node1.txt', 'show protocols all')).toEqual([116]);
  });
});

it("BIRD 2 tells how long a silent peer's routes are kept, in every family", () => {
  expect(left('2.0/helper.txt', 'show protocols all Node_127_0_0_2')).toEqual([117.873, 117.873]);
});

it.each(['1 2 3 4', '1 2 3 4 5 6', '1 2 3 4 x', ''])(
  'columns %j that cannot be told are left out',
  (text) => {
    expect(trafficOf(new Map([['Import updates', text]]))).toEqual({});
  },
);
