// A daemon that is read again and again: what is remembered of its blocks must never show in what is read.
import { describe, expect, it } from 'vitest';
import { blockMemory } from '../../../src/collectors/nodes/bird-protocols.ts';
import { type BlockSessions, sessionsReader } from '../../../src/collectors/nodes/bird-session.ts';
import { statusReader } from '../../../src/collectors/nodes/bird-status.ts';
import { ownCaptures, readAnswer, readOwn, readPlain } from './fixtures.ts';

const command = 'show protocols all';
const captures = ownCaptures().filter((capture) => readOwn(capture).includes(command));

function listing(capture: string, memory?: ReturnType<typeof blockMemory<BlockSessions>>) {
  const { serverTime } = readAnswer(capture, 'show status', statusReader(capture));
  return readAnswer(capture, command, sessionsReader({ source: capture, serverTime }, memory));
}

const readable = captures.filter((capture) => {
  try {
    return listing(capture).length > 0;
  } catch {
    return false;
  }
});

const block = (name: string, routes: number, hold = '197/240') => `${name} BGP master up 11:50:31 Established
  Routes:         ${routes} imported, 0 filtered, 1 exported, 20 preferred
  BGP state:          Established
    Neighbor address: 10.0.0.2
    Neighbor AS:      64512
    Hold timer:       ${hold}`;

const at = (clock: string) => Date.parse(`2026-11-26T${clock}Z`);

describe('the memory of a daemon', () => {
  it('gives what a first reading gives, whatever was read before', () => {
    expect(readable.length).toBeGreaterThan(3);
    for (const before of readable) {
      for (const after of readable) {
        const memory = blockMemory<BlockSessions>();
        listing(before, memory);
        expect(listing(after, memory)).toEqual(listing(after));
        expect(listing(after, memory)).toEqual(listing(after));
      }
    }
  });

  it('takes a block up again whose timers alone have run, with how long it is up by now', () => {
    const memory = blockMemory<BlockSessions>();
    const read = (text: string, clock: string) =>
      readPlain(text, sessionsReader({ source: 'x', serverTime: at(clock) }, memory));
    const [first] = read(block('Mesh_10_0_0_2', 20), '12:00:31');
    const made = [...memory.last.values()];
    const [second] = read(block('Mesh_10_0_0_2', 20, '12/240'), '12:00:46');
    expect([...memory.last.values()]).toEqual(made);
    expect([...memory.last.values()][0]).toBe(made[0]);
    expect([first?.establishedSeconds, second?.establishedSeconds]).toEqual([600, 615]);
    const [third] = read(block('Mesh_10_0_0_2', 21), '12:01:01');
    expect([third?.prefixesAccepted, third?.establishedSeconds]).toEqual([21, 630]);
  });

  it('holds one listing, and keeps it when the next one breaks off', () => {
    const memory = blockMemory<BlockSessions>();
    const read = (text: string) => readPlain(text, sessionsReader({ source: 'x' }, memory));
    read(`${block('Mesh_10_0_0_2', 1)}\n${block('Mesh_10_0_0_3', 1)}`);
    expect(memory.last.size).toBe(2);
    expect(() => read(`${block('Mesh_10_0_0_2', 2)}\n!`)).toThrow('is no line of a protocol listing');
    expect(memory.last.size).toBe(2);
    read(block('Mesh_10_0_0_2', 1));
    expect(memory.last.size).toBe(1);
  });
});
