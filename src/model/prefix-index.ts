// Where a prefix stands in a long list: a hash table of row numbers beside the columns that hold the prefixes (open addressing,
// linear probing; Knuth, TAOCP volume 3, 6.4). A Map of a million keys takes 100 MB and a second; this takes 8 MB and a tenth.
import { maxLength, type Prefix } from './prefix.ts';

/** Prefixes as columns. */
export interface PrefixColumns {
  readonly size: number;
  readonly a: Uint32Array;
  /** Words b, c and d of each row; absent while every row is IPv4. */
  readonly rest: Uint32Array | undefined;
  /** 0 to 32 for IPv4, and from `firstIpv6` on for IPv6: it tells the family. */
  readonly length: Uint8Array;
}

/** What is added to the length of an IPv6 prefix in the column of lengths. */
export const firstIpv6 = 33;

/** The prefixes of a list as columns. */
export function columnsOf<T>(list: readonly T[], prefixOf: (item: T) => Prefix): PrefixColumns {
  const size = list.length;
  const a = new Uint32Array(size);
  const length = new Uint8Array(size);
  let rest: Uint32Array | undefined;
  for (let i = 0; i < size; i++) {
    const prefix = prefixOf(list[i] as T);
    a[i] = prefix.a;
    length[i] = prefix.family === 4 ? prefix.length : firstIpv6 + prefix.length;
    if (prefix.family === 4) continue;
    rest ??= new Uint32Array(size * 3);
    rest[i * 3] = prefix.b;
    rest[i * 3 + 1] = prefix.c;
    rest[i * 3 + 2] = prefix.d;
  }
  return { size, a, rest, length };
}

// Multiplications carry low bits up only, and networks have zeros below: the high half is folded down in between.
function hash(a: number, b: number, c: number, d: number, length: number): number {
  let h = Math.imul(a ^ (a >>> 16) ^ Math.imul(length, 0x9e3779b1), 0x45d9f3b);
  if (length >= firstIpv6)
    h = Math.imul(h ^ b ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35), 0x27d4eb2d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

/** True for IPv4 prefixes in order, each once: what most devices show. */
function isAscending({ size, a, rest, length }: PrefixColumns): boolean {
  if (rest) return false;
  for (let i = 1; i < size; i++) {
    const [before, word] = [a[i - 1] as number, a[i] as number];
    if (before > word || (before === word && (length[i - 1] as number) >= (length[i] as number)))
      return false;
  }
  return true;
}

/** Finds rows by prefix, the first one of several with the same prefix, and from it the others in order. */
export class PrefixIndex {
  readonly #columns: PrefixColumns;
  // Row number plus one; zero is free. Absent while rows are in order and few were looked for: those are searched for.
  #slots: Int32Array | undefined;
  #mask = 0;
  #searches = 0;
  // Absent while no prefix is there twice.
  #next: Int32Array | undefined;
  readonly #used = new Uint8Array(firstIpv6 + maxLength(6) + 1);
  #lengths: { readonly 4: readonly number[]; readonly 6: readonly number[] } | undefined;
  /** How many different prefixes there are. */
  readonly distinct: number;

  constructor(columns: PrefixColumns) {
    this.#columns = columns;
    const { size, length } = columns;
    for (let i = 0; i < size; i++) this.#used[length[i] as number] = 1;
    this.distinct = isAscending(columns) ? size : this.#build();
  }

  /** Fills the hash table; gives back how many different prefixes there are. */
  #build(): number {
    const { size, a, rest, length } = this.#columns;
    let room = 16;
    while (room < size * 1.5) room *= 2;
    this.#mask = room - 1;
    const slots = new Int32Array(room);
    this.#slots = slots;
    let distinct = 0;
    // From the end, so that the first of several comes last and stays in the slot.
    for (let i = size - 1; i >= 0; i--) {
      const coded = length[i] as number;
      const slot = rest
        ? this.#slotOf(
            slots,
            a[i] as number,
            rest[i * 3] as number,
            rest[i * 3 + 1] as number,
            rest[i * 3 + 2] as number,
            coded,
          )
        : this.#slotOf(slots, a[i] as number, 0, 0, 0, coded);
      const other = (slots[slot] as number) - 1;
      if (other >= 0) {
        this.#next ??= new Int32Array(size).fill(-1);
        this.#next[i] = other;
      } else distinct++;
      slots[slot] = i + 1;
    }
    return distinct;
  }

  /** Lengths that prefixes of a family have, longest first. */
  lengths(family: 4 | 6): readonly number[] {
    const used = this.#used;
    const among = (from: number, to: number) =>
      [...used.subarray(from, to).keys()].filter((n) => used[from + n] === 1).reverse();
    this.#lengths ??= { 4: among(0, firstIpv6), 6: among(firstIpv6, used.length) };
    return this.#lengths[family];
  }

  /** The first row with this prefix; -1 when there is none. */
  first({ family, a, b, c, d, length }: Prefix): number {
    return this.#find(a, b, c, d, family === 4 ? length : firstIpv6 + length);
  }

  /** The first row with the prefix that stands in row `i` of other columns; -1 when there is none. */
  firstLike({ a, rest, length }: PrefixColumns, i: number): number {
    if (!rest) return this.#find(a[i] as number, 0, 0, 0, length[i] as number);
    const [b, c, d] = [rest[i * 3] as number, rest[i * 3 + 1] as number, rest[i * 3 + 2] as number];
    return this.#find(a[i] as number, b, c, d, length[i] as number);
  }

  #find(a: number, b: number, c: number, d: number, coded: number): number {
    if (this.#slots === undefined) {
      // A search takes some twenty steps: for many of them the hash table is worth its making.
      if (this.#searches++ < this.#columns.size >> 3) return coded < firstIpv6 ? this.#search(a, coded) : -1;
      this.#build();
    }
    const slots = this.#slots as unknown as Int32Array;
    return (slots[this.#slotOf(slots, a, b, c, d, coded)] as number) - 1;
  }

  /** The row of an IPv4 prefix among rows in order; -1 when there is none. */
  #search(a: number, coded: number): number {
    const columns = this.#columns;
    let [from, to] = [0, columns.size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const word = columns.a[middle] as number;
      if (word < a || (word === a && (columns.length[middle] as number) < coded)) from = middle + 1;
      else to = middle;
    }
    return columns.a[from] === a && columns.length[from] === coded ? from : -1;
  }

  /** The same as `firstLike`, where it is likely that this is row `guess`: lists in the same order need no search. */
  near(other: PrefixColumns, i: number, guess: number): number {
    const { size, a, rest, length } = this.#columns;
    const isGuessed =
      this.#next === undefined &&
      guess < size &&
      a[guess] === other.a[i] &&
      length[guess] === other.length[i] &&
      rest === undefined;
    return isGuessed ? guess : this.firstLike(other, i);
  }

  /** The next row with the same prefix; -1 after the last one. */
  next(i: number): number {
    return this.#next === undefined ? -1 : (this.#next[i] as number);
  }

  /** The slot of the prefix, or the free one where it would be. */
  #slotOf(slots: Int32Array, a: number, b: number, c: number, d: number, coded: number): number {
    const columns = this.#columns;
    let slot = hash(a, b, c, d, coded) & this.#mask;
    for (;;) {
      const i = (slots[slot] as number) - 1;
      if (i < 0 || (columns.a[i] === a && columns.length[i] === coded && this.#sameRest(i, b, c, d, coded)))
        return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #sameRest(i: number, b: number, c: number, d: number, coded: number): boolean {
    if (coded < firstIpv6) return true;
    const { rest } = this.#columns;
    return rest !== undefined && rest[i * 3] === b && rest[i * 3 + 1] === c && rest[i * 3 + 2] === d;
  }
}
