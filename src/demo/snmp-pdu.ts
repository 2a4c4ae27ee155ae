// SNMPv2 protocol operations on a sorted list of objects (RFC 3416 section 4.2): GET, GETNEXT, GETBULK; SET is refused.
// Pure: the PDU's octets in, the response PDU's octets out. A bulk answer ends where the next row would not fit into
// one Ethernet frame, as agents do.
import { BerError, type BerReader, element, integer, objectId, tag } from './ber.ts';
import { compareOids, type MibObject } from './mib.ts';

const pduTag = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  set: 0xa3,
  getBulk: 0xa5,
  report: 0xa8,
} as const;

/** Octets of variable bindings in one bulk answer. */
const bulkOctets = 1300;
const mostRepetitions = 200;
const mostBindings = 128;

const notWritable = 17;

interface RequestPdu {
  readonly type: number;
  readonly requestId: number;
  readonly nonRepeaters: number;
  readonly maxRepetitions: number;
  readonly oids: readonly (readonly number[])[];
}

function readPdu(reader: BerReader): RequestPdu {
  const type = reader.peek();
  if (type === undefined) throw new BerError('no PDU');
  const pdu = reader.reader(type);
  const [requestId, nonRepeaters, maxRepetitions] = [pdu.integer(), pdu.integer(), pdu.integer()];
  const list = pdu.reader(tag.sequence);
  const oids: number[][] = [];
  while (!list.done) {
    oids.push(list.reader(tag.sequence).objectId());
    if (oids.length > mostBindings) throw new BerError('too many variable bindings');
  }
  return { type, requestId, nonRepeaters, maxRepetitions, oids };
}

const binding = (oid: readonly number[], value: Buffer) => element(tag.sequence, objectId(oid), value);

function responsePdu(requestId: number, bindings: readonly Buffer[], status = 0, index = 0): Buffer {
  return element(
    pduTag.response,
    integer(requestId),
    integer(status),
    integer(index),
    element(tag.sequence, ...bindings),
  );
}

/** A report of one counter (RFC 3412, RFC 3414): why a message was not processed. */
export function reportPdu(requestId: number, oid: readonly number[], count: number): Buffer {
  const list = element(tag.sequence, binding(oid, integer(count, tag.counter32)));
  return element(pduTag.report, integer(requestId), integer(0), integer(0), list);
}

function successor(objects: readonly MibObject[], oid: readonly number[]): MibObject | undefined {
  let [low, high] = [0, objects.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const object = objects[middle];
    if (object && compareOids(object.oid, oid) <= 0) low = middle + 1;
    else high = middle;
  }
  return objects[low];
}

function nextBinding(
  objects: readonly MibObject[],
  oid: readonly number[],
): { oid: readonly number[]; octets: Buffer } {
  const next = successor(objects, oid);
  return next
    ? { oid: next.oid, octets: binding(next.oid, next.value) }
    : { oid, octets: binding(oid, element(tag.endOfMibView)) };
}

function bulkBindings(objects: readonly MibObject[], pdu: RequestPdu): Buffer[] {
  const single = Math.max(0, Math.min(pdu.nonRepeaters, pdu.oids.length));
  const bindings = pdu.oids.slice(0, single).map((oid) => nextBinding(objects, oid).octets);
  let at = pdu.oids.slice(single);
  let size = bindings.reduce((sum, octets) => sum + octets.length, 0);
  const repetitions = at.length === 0 ? 0 : Math.min(pdu.maxRepetitions, mostRepetitions);
  for (let i = 0; i < repetitions; i++) {
    const row = at.map((oid) => nextBinding(objects, oid));
    size += row.reduce((sum, { octets }) => sum + octets.length, 0);
    if (size > bulkOctets && bindings.length > 0) break;
    bindings.push(...row.map(({ octets }) => octets));
    if (row.every(({ oid }, j) => oid === at[j])) break;
    at = row.map(({ oid }) => oid);
  }
  return bindings;
}

/** Answers one PDU; undefined for what an agent does not answer. Throws BerError when it is none. */
export function answerPdu(reader: BerReader, objects: () => readonly MibObject[]): Buffer | undefined {
  const pdu = readPdu(reader);
  const { requestId, oids } = pdu;
  if (pdu.type === pduTag.get) {
    const found = objects();
    const value = (oid: readonly number[]) =>
      found.find((object) => compareOids(object.oid, oid) === 0)?.value ?? element(tag.noSuchInstance);
    return responsePdu(
      requestId,
      oids.map((oid) => binding(oid, value(oid))),
    );
  }
  if (pdu.type === pduTag.getNext) {
    return responsePdu(
      requestId,
      oids.map((oid) => nextBinding(objects(), oid).octets),
    );
  }
  if (pdu.type === pduTag.getBulk) return responsePdu(requestId, bulkBindings(objects(), pdu));
  if (pdu.type === pduTag.set) {
    return responsePdu(
      requestId,
      oids.map((oid) => binding(oid, element(tag.null))),
      notWritable,
      1,
    );
  }
  return undefined;
}
