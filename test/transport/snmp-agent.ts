// An SNMPv2c agent for tests, on its own BER (X.690) so that it shares no code with what it tests: serves a sorted list of
// varbinds on an ephemeral port of 127.0.0.1 and can be told to be slow, silent, out of order, too big or plain wrong.
import { createSocket } from 'node:dgram';

export type Cell =
  | { readonly integer: number }
  | { readonly gauge: number }
  | { readonly octets: readonly number[] }
  | { readonly text: string }
  | { readonly address: string }
  | { readonly oid: string }
  | { readonly tag: number; readonly bytes: readonly number[] };

export interface AgentRow {
  readonly oid: readonly number[];
  readonly cell: Cell;
}

export interface AgentRequest {
  readonly kind: 'get' | 'getNext' | 'getBulk';
  readonly oids: readonly (readonly number[])[];
  readonly maxRepetitions: number;
  readonly community: string;
}

export interface AgentAnswer {
  readonly errorStatus?: number;
  readonly rows: readonly AgentRow[];
}

export interface TestAgent {
  readonly port: number;
  readonly requests: AgentRequest[];
  close(): Promise<void>;
}

const dotted = (text: string) => text.split('.').map(Number);

/** Tag, length and value. */
export function tlv(tag: number, ...parts: readonly (readonly number[])[]): number[] {
  const body = parts.flat();
  const { length } = body;
  if (length < 128) return [tag, length, ...body];
  return length < 256 ? [tag, 0x81, length, ...body] : [tag, 0x82, length >> 8, length & 255, ...body];
}

function integerBytes(value: number): number[] {
  const bytes = [value & 255];
  let rest = Math.floor(value / 256);
  while (!(rest === 0 && (bytes[0] ?? 0) < 128) && !(rest === -1 && (bytes[0] ?? 0) > 127)) {
    bytes.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function arcBytes(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128);
  return bytes;
}

function oidBytes([first = 1, second = 3, ...arcs]: readonly number[]): number[] {
  return [first * 40 + second, ...arcs.flatMap(arcBytes)];
}

function cellTlv(cell: Cell): number[] {
  if ('integer' in cell) return tlv(2, integerBytes(cell.integer));
  if ('gauge' in cell) return tlv(66, integerBytes(cell.gauge));
  if ('octets' in cell) return tlv(4, cell.octets);
  if ('text' in cell) return tlv(4, [...Buffer.from(cell.text)]);
  if ('address' in cell) return tlv(64, dotted(cell.address));
  if ('oid' in cell) return tlv(6, oidBytes(dotted(cell.oid)));
  return tlv(cell.tag, cell.bytes);
}

interface Node {
  readonly tag: number;
  readonly body: Buffer;
}

/** The elements of a constructed value. */
export function nodes(buffer: Buffer): Node[] {
  const found: Node[] = [];
  for (let i = 0; i < buffer.length; ) {
    const tag = buffer[i] ?? 0;
    const first = buffer[i + 1] ?? 0;
    const lengthOctets = first < 128 ? 0 : first - 128;
    const length = lengthOctets === 0 ? first : buffer.readUIntBE(i + 2, lengthOctets);
    const start = i + 2 + lengthOctets;
    found.push({ tag, body: buffer.subarray(start, start + length) });
    i = start + length;
  }
  return found;
}

function arcsOf(body: Buffer): number[] {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of body) {
    arc = arc * 128 + (octet & 127);
    if (octet < 128) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  return [Math.floor(first / 40), first % 40, ...rest];
}

const numberOf = (node: Node | undefined) =>
  node?.body.length ? node.body.readIntBE(0, node.body.length) : 0;

const kinds: Readonly<Record<number, AgentRequest['kind']>> = { 160: 'get', 161: 'getNext', 165: 'getBulk' };

function compare(x: readonly number[], y: readonly number[]): number {
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

const noSuchObject: Cell = { tag: 128, bytes: [] };
const endOfMibView: Cell = { tag: 130, bytes: [] };

/** What an agent that follows RFC 3416 answers from these rows; `most` rows at most in one answer. */
export function honestAnswer(rows: readonly AgentRow[], request: AgentRequest, most = 50): AgentAnswer {
  const sorted = rows.toSorted((x, y) => compare(x.oid, y.oid));
  const next = (oid: readonly number[]) => sorted.find((row) => compare(row.oid, oid) > 0);
  if (request.kind === 'get') {
    return {
      rows: request.oids.map(
        (oid) => sorted.find((row) => compare(row.oid, oid) === 0) ?? { oid, cell: noSuchObject },
      ),
    };
  }
  if (request.kind === 'getNext') {
    return { rows: request.oids.map((oid) => next(oid) ?? { oid, cell: endOfMibView }) };
  }
  const answer: AgentRow[] = [];
  let [oid = []] = request.oids;
  while (answer.length < Math.min(request.maxRepetitions, most)) {
    const row = next(oid) ?? { oid, cell: endOfMibView };
    answer.push(row);
    if (row.cell === endOfMibView) break;
    oid = row.oid;
  }
  return { rows: answer };
}

/** Starts an agent; `respond` gives its answer, raw bytes, or nothing to keep silent. */
export async function startAgent(
  respond: (request: AgentRequest, count: number) => AgentAnswer | Buffer | undefined,
  delayMs = 0,
): Promise<TestAgent> {
  const socket = createSocket('udp4');
  const requests: AgentRequest[] = [];
  socket.on('message', (message, from) => {
    const [outer] = nodes(message);
    const [, community, pdu] = nodes(outer?.body ?? Buffer.alloc(0));
    const [id, , repetitions, list] = nodes(pdu?.body ?? Buffer.alloc(0));
    const request: AgentRequest = {
      kind: kinds[pdu?.tag ?? 0] ?? 'get',
      oids: nodes(list?.body ?? Buffer.alloc(0)).map(({ body }) =>
        arcsOf(nodes(body)[0]?.body ?? Buffer.alloc(0)),
      ),
      maxRepetitions: numberOf(repetitions),
      community: community?.body.toString() ?? '',
    };
    requests.push(request);
    const answer = respond(request, requests.length);
    if (answer === undefined) return;
    const bytes = Buffer.isBuffer(answer)
      ? answer
      : Buffer.from(
          tlv(
            48,
            tlv(2, [1]),
            tlv(4, [...(community?.body ?? [])]),
            tlv(
              162,
              tlv(2, [...(id?.body ?? [])]),
              tlv(2, [answer.errorStatus ?? 0]),
              tlv(2, [0]),
              tlv(48, ...answer.rows.map(({ oid, cell }) => tlv(48, tlv(6, oidBytes(oid)), cellTlv(cell)))),
            ),
          ),
        );
    setTimeout(() => {
      // The test may be over before a slow answer is due.
      try {
        socket.send(bytes, from.port, from.address);
      } catch {}
    }, delayMs);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    requests,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
