// The agent of the SNMP benchmark, in a process of its own: 100,000 rows of inetCidrRouteProto in memory, answered over UDP
// (RFC 3416) from bytes that are made once, so that it costs little beside what it is asked by. Not for anything else.
import { createSocket } from 'node:dgram';
import { countOfRows, rowIndex } from './table.ts';

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), body]);
  if (length < 256) return Buffer.concat([Buffer.of(tag, 0x81, length), body]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 255), body]);
}

function oidBytes(arcs: readonly number[]): Buffer {
  const bytes = [43];
  for (const arc of arcs.slice(2)) {
    if (arc < 128) bytes.push(arc);
    else if (arc < 16384) bytes.push((arc >> 7) | 128, arc & 127);
    else bytes.push((arc >> 14) | 128, ((arc >> 7) & 127) | 128, arc & 127);
  }
  return Buffer.from(bytes);
}

function arcsOf(bytes: Buffer): number[] {
  const arcs = [1, 3];
  let arc = 0;
  for (const octet of bytes.subarray(1)) {
    arc = arc * 128 + (octet & 127);
    if (octet < 128) {
      arcs.push(arc);
      arc = 0;
    }
  }
  return arcs;
}

function compare(x: readonly number[], y: readonly number[]): number {
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

const integer = (value: number) => tlv(2, Buffer.of(value));
const scalars: readonly (readonly [string, Buffer])[] = [
  ['1.3.6.1.2.1.1.1.0', tlv(4, Buffer.from('a switch of the benchmark'))],
  ['1.3.6.1.2.1.1.2.0', tlv(6, oidBytes([1, 3, 6, 1, 4, 1, 99999, 1].map((arc) => Math.min(arc, 16383))))],
  ['1.3.6.1.2.1.4.24.6.0', tlv(66, Buffer.of(0x01, 0x86, 0xa0))],
];
const peer = '192.0.2.1';
const rows: { readonly oid: readonly number[]; readonly bytes: Buffer }[] = [];
const add = (oid: readonly number[], value: Buffer) =>
  rows.push({ oid, bytes: tlv(48, tlv(6, oidBytes(oid)), value) });
for (const [oid, value] of scalars) add(oid.split('.').map(Number), value);
for (let i = 0; i < countOfRows; i++) add([1, 3, 6, 1, 2, 1, 4, 24, 7, 1, 9, ...rowIndex(i)], integer(14));
add([1, 3, 6, 1, 2, 1, 15, 2, 0], tlv(2, Buffer.of(0x00, 0xfd, 0xe9)));
add([1, 3, 6, 1, 2, 1, 15, 3, 1, 2, ...peer.split('.').map(Number)], integer(6));
add([1, 3, 6, 1, 2, 1, 15, 3, 1, 9, ...peer.split('.').map(Number)], tlv(2, Buffer.of(0x00, 0xfc, 0x00)));

/** Index of the first row at or behind the OID. */
function place(oid: readonly number[], after: boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(rows[middle]?.oid ?? [], oid);
    if (after ? order <= 0 : order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const absent = (oid: Buffer, tag: number) => tlv(48, tlv(6, oid), tlv(tag));

function next(oid: Buffer, count: number): Buffer[] {
  const start = place(arcsOf(oid), true);
  const found = rows.slice(start, start + count).map(({ bytes }) => bytes);
  return found.length > 0 ? found : [absent(oid, 130)];
}

function exact(oid: Buffer): Buffer {
  const arcs = arcsOf(oid);
  const row = rows[place(arcs, false)];
  return row && compare(row.oid, arcs) === 0 ? row.bytes : absent(oid, 128);
}

/** Tag, and where the value begins and ends. */
function element(from: Buffer, at: number): readonly [tag: number, start: number, end: number] {
  const first = from[at + 1] ?? 0;
  const more = first < 128 ? 0 : first - 128;
  const length = more === 0 ? first : from.readUIntBE(at + 2, more);
  return [from[at] ?? 0, at + 2 + more, at + 2 + more + length];
}

function answer(message: Buffer): Buffer {
  const [, inside] = element(message, 0);
  const [, , versionEnd] = element(message, inside);
  const [, , communityEnd] = element(message, versionEnd);
  const [kind, pdu] = element(message, communityEnd);
  const [, , idEnd] = element(message, pdu);
  const [, , firstEnd] = element(message, idEnd);
  const [, repetitionsStart, secondEnd] = element(message, firstEnd);
  const repetitions = message.readUIntBE(repetitionsStart, secondEnd - repetitionsStart);
  const [, listStart, listEnd] = element(message, secondEnd);
  const found: Buffer[] = [];
  for (let at = listStart; at < listEnd; ) {
    const [, start, end] = element(message, at);
    const [, oidStart, oidEnd] = element(message, start);
    const oid = message.subarray(oidStart, oidEnd);
    if (kind === 160) found.push(exact(oid));
    else found.push(...next(oid, kind === 165 ? repetitions : 1));
    at = end;
  }
  const zero = Buffer.of(2, 1, 0);
  const body = tlv(162, message.subarray(pdu, idEnd), zero, zero, tlv(48, ...found));
  return tlv(48, message.subarray(inside, communityEnd), body);
}

let packets = 0;
let bytes = 0;
const socket = createSocket('udp4');
socket.on('message', (message, from) => {
  const reply = answer(message);
  packets += 2;
  bytes += message.length + reply.length;
  socket.send(reply, from.port, from.address);
});
// The benchmark asks for the counts of one measurement, and then they begin anew.
process.on('message', () => {
  process.send?.({ packets, bytes });
  packets = 0;
  bytes = 0;
});
process.on('disconnect', () => process.exit(0));
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }));
