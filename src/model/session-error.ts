// How much an error text of a BGP session tells. A wrong AS shows once as "Bad peer AS" and then for ever as refused or reset
// connections, since each attempt overwrites the reason of the one before: the most telling one is worth keeping.
// Texts: RFC 4271 section 4.5 and RFC 4486 as BIRD (proto/bgp/packets.c bgp_msg_table), FRR and vendors write them.

/** An error that a session has shown since it was last up. */
export interface KeptError {
  readonly text: string;
  /** When it was first read, in milliseconds since the epoch. */
  readonly at: number;
}

// Consequences first, causes last; what is in none of them is somewhere in between.
const ranks: readonly (readonly [RegExp, number])[] = [
  [/connection (?:closed|reset)|connection collision/i, 0],
  [/hold timer expired|neighbor lost/i, 3],
  [
    /\b(?:peer|remote) as\b|bgp identifier|router.?id|authentication|md5|number of prefixes|max.?prefix|route limit|hold time\b|capabilit|unsupported|de-?configured|administrative|malformed|attribute|invalid next hop|finite state/i,
    4,
  ],
  [/^socket:|refused|no route to host|unreachable|timed out/i, 1],
];

function rankOf(text: string): number {
  return ranks.find(([pattern]) => pattern.test(text))?.[1] ?? 2;
}

/** The error to keep of the one known and the one just read; the newer of two that tell as much. */
export function keptError(known: KeptError | undefined, text: string, at: number): KeptError {
  if (known && (known.text === text || rankOf(text) < rankOf(known.text))) return known;
  return { text, at };
}
