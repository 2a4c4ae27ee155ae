// The part of BER (X.690) that SNMP uses: definite lengths, one-octet tags, integers, octet strings, object identifiers
// (RFC 3416 section 3, RFC 2578 section 7). Written for the demo's agent alone, so that the collector's library is
// tested against something else than itself.

export const tag = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** The octets are not BER as SNMP writes it. */
export class BerError extends Error {
  override name = 'BerError';
}

/** One element: tag, length, the parts one after another. */
export function element(tagged: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tagged, length]), content]);
  const head = length < 256 ? [tagged, 0x81, length] : [tagged, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

/** An integer of -2^31 to 2^32-1 in the fewest octets; the tag makes it a counter, gauge or time. */
export function integer(value: number, tagged: number = tag.integer): Buffer {
  const octets = [value & 255];
  let rest = Math.floor(value / 256);
  // Another octet is needed while the sign bit alone does not say the rest.
  while (!((rest === 0 && (octets[0] ?? 0) < 128) || (rest === -1 && (octets[0] ?? 0) >= 128))) {
    octets.unshift(rest & 255);
    rest = Math.floor(rest / 256);
  }
  return element(tagged, Buffer.from(octets));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(128 + (rest % 128));
  }
  return octets;
}

/** An object identifier of at least two arcs. */
export function objectId(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs;
  return element(tag.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Reads elements one after another. Every method throws BerError where the octets end or the tag is another. */
export class BerReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get done(): boolean {
    return this.#at >= this.#octets.length;
  }

  /** Tag of the next element. */
  peek(): number | undefined {
    return this.#octets[this.#at];
  }

  /** Contents of the next element; shares the memory of the message. */
  read(tagged: number): Buffer {
    const [found, short] = [this.#octets[this.#at], this.#octets[this.#at + 1]];
    if (found !== tagged || short === undefined) throw new BerError(`no element of tag ${tagged}`);
    const size = short < 128 ? 0 : short - 128;
    if (size > 2) throw new BerError(`a length of ${size} octets`);
    const start = this.#at + 2 + size;
    let length = short < 128 ? short : 0;
    for (const octet of this.#octets.subarray(this.#at + 2, start)) length = length * 256 + octet;
    if (start + length > this.#octets.length) throw new BerError('the message is cut');
    this.#at = start + length;
    return this.#octets.subarray(start, this.#at);
  }

  reader(tagged: number): BerReader {
    return new BerReader(this.read(tagged));
  }

  integer(): number {
    const octets = this.read(tag.integer);
    if (octets.length < 1 || octets.length > 5) throw new BerError('not a 32-bit integer');
    return octets.readIntBE(0, octets.length);
  }

  objectId(): number[] {
    const octets = this.read(tag.oid);
    const arcs: number[] = [];
    let arc = 0;
    for (const octet of octets) {
      arc = arc * 128 + (octet & 127);
      if (octet >= 128) continue;
      if (arcs.length === 0)
        arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
      else arcs.push(arc);
      arc = 0;
    }
    if (arcs.some((each) => each > 0xffffffff)) throw new BerError('an arc above 32 bits');
    return arcs;
  }
}
