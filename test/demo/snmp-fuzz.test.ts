// Datagrams that are nearly SNMP: the demo's agents drop or answer them, and still answer a good one afterwards.
import { createSocket, type Socket } from 'node:dgram';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BerReader, element, integer, objectId, tag } from '../../src/demo/ber.ts';
import type { Snmp2c } from './clients.ts';
import { type RunningDemo, runDemo } from './running.ts';

const sysName = [1, 3, 6, 1, 2, 1, 1, 5, 0];
const text = (value: string) => element(tag.octets, Buffer.from(value));
const none = element(tag.octets);

/** GET of sysName with this PDU tag. */
const pdu = (type: number) =>
  element(
    type,
    ...[integer(7), integer(0), integer(0)],
    element(tag.sequence, element(tag.sequence, objectId(sysName), element(tag.null))),
  );

const v2c = (community: string, type = 0xa0) => element(tag.sequence, integer(1), text(community), pdu(type));

/** An SNMPv3 discovery: no engine, no user, reportable. */
const discovery = element(
  tag.sequence,
  integer(3),
  element(tag.sequence, integer(9), integer(65507), element(tag.octets, Buffer.from([4])), integer(3)),
  element(tag.octets, element(tag.sequence, none, integer(0), integer(0), none, none, none)),
  element(tag.sequence, none, none, pdu(0xa0)),
);

let running: RunningDemo;
let socket: Socket;
beforeAll(async () => {
  running = await runDemo();
  socket = createSocket('udp4');
});
afterAll(async () => {
  socket.close();
  await running.stop();
});

function ask(port: number, octets: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    socket.once('message', resolve);
    socket.send(octets, port, '127.0.0.1');
  });
}

const mutations = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });

function mutated(
  good: Buffer,
  changes: readonly (readonly [at: number, value: number])[],
  cut: number,
): Buffer {
  const octets = Buffer.from(good);
  for (const [at, value] of changes) octets[at % octets.length] = value;
  return octets.subarray(0, octets.length - (cut % octets.length));
}

test.each(['spine01', 'leaf01'])('%s survives damaged messages', async (name) => {
  const access = running.snmpOf(name);
  const good = 'community' in access ? v2c(access.community) : discovery;
  const datagrams = fc.sample(
    fc
      .tuple(mutations, fc.oneof(fc.constant(0), fc.nat(60)))
      .map(([changes, cut]) => mutated(good, changes, cut)),
    500,
  );
  const damaged = createSocket('udp4');
  for (const [i, datagram] of datagrams.entries()) {
    damaged.send(datagram, access.port, '127.0.0.1');
    // The agent must get its turn, or its socket's buffer overflows and the good message is lost with the bad.
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  const answer = new BerReader(await ask(access.port, good)).reader(tag.sequence);
  expect(answer.integer()).toBe('community' in access ? 1 : 3);
  damaged.close();
});

test('a good GET is answered with the name', async () => {
  const { port, community } = running.snmpOf('spine01') as Snmp2c;
  expect((await ask(port, v2c(community))).toString('latin1')).toContain('spine01');
});
