// What the switch of the FRR benchmark holds: 10,000 blocks of the cluster among 490,000 routes of others.
import { type Prefix, parsePrefix } from '../../src/model/prefix.ts';

export const clusterRange = '10.224.0.0/12';
export const blocks = 10_000;
export const others = 490_000;

/** The i-th block of the cluster. */
export const block = (i: number): string => `10.${224 + (i >> 10)}.${(i >> 2) & 255}.${(i & 3) * 64}/26`;
/** The i-th of the others. */
export const other = (i: number): string => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`;

export const expectedBlocks = (): readonly Prefix[] =>
  Array.from({ length: blocks }, (_, i) => parsePrefix(block(i)));
