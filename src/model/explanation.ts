// What `explain` says of a prefix, an address, a node or a switch: a verdict in one sentence, the evidence it rests on, and
// what to do. Made by audit/explain, shown by the command line, the API and the page.
import type { CauseId } from './cause.ts';
import type { Finding } from './finding.ts';
import type { RouteLayer } from './route-view.ts';
import type { Afi } from './session.ts';

/** good: as it should be; bad: lost, down or wrong; warn: there, with a fault; unknown: could not look. */
export type ExplainTone = 'good' | 'bad' | 'warn' | 'unknown';

/** One look at one table: a step of the way of a prefix. */
export interface Hop {
  readonly device: string;
  readonly role: 'node' | 'switch';
  /** `intent`: the objects. */
  readonly layer: 'intent' | RouteLayer;
  /** For exported and received: the device behind the session, or its address. */
  readonly peer?: string;
  /** has: a route that counts; lacks: none, or only one that leads nowhere (see `answer`); unknown: could not look. */
  readonly state: 'has' | 'lacks' | 'unknown';
  /** False where having it is not demanded: another node, a session that need not carry it, a switch by rule. */
  readonly needed: boolean;
  /** The step at which the way ends. */
  readonly lost: boolean;
  /** It has what a finding is about: a route to the wrong place, to too few places, or one that must not be there. */
  readonly wrong?: true;
  /** What the table answered, in words. */
  readonly answer: string;
  /** How it was read: `bird`, `snmp`, `ssh` …; `objects` for the intent; empty where nobody looks. */
  readonly source: string;
  /** The command or OID that was asked, where the source says. */
  readonly asked?: string;
  /** When it was read, in ms since the epoch; absent when never. */
  readonly at?: number;
}

/** One forwarding decision on the way of a packet to an address. */
export interface Turn {
  readonly device: string;
  /** The route that it takes, in words; absent where there is none or it is not known. */
  readonly route?: string;
  /** The device behind the next hop, where the way goes on to it. */
  readonly next?: string;
  /** How the way ends here; absent where it goes on. */
  readonly end?: 'arrives' | 'lost' | 'loop' | 'unknown';
  /** Why it ends, in words. */
  readonly note?: string;
  readonly asked?: string;
  readonly at?: number;
}

/** The way of a packet from one device; where traffic is shared, all its branches one after the other. */
export interface Path {
  readonly from: string;
  readonly tone: ExplainTone;
  /** The end of each branch in one sentence. */
  readonly verdict: string;
  readonly turns: readonly Turn[];
}

/** What one end of a session says. */
export interface SessionSide {
  readonly device: string;
  readonly says: string;
  readonly at?: number;
}

/** A session that the node or switch has or should have, seen from both ends. */
export interface SessionLine {
  readonly peer: string;
  readonly peerAddress: string;
  readonly afi: Afi;
  readonly vrf: string;
  readonly tone: ExplainTone;
  /** Why it must exist; absent where no object calls for it. */
  readonly because?: string;
  readonly own: SessionSide;
  readonly other: SessionSide;
}

/** An expected prefix of a node (announced by it) or at a switch (carried by it). */
export interface PrefixLine {
  readonly prefix: string;
  readonly what: string;
  readonly tone: ExplainTone;
  readonly says: string;
}

/** The last reading of one part of a device. */
export interface ReadingLine {
  readonly part: 'sessions' | 'routes';
  readonly source: string;
  readonly ok: boolean;
  /** The time of the value that counts; absent when there never was one. */
  readonly at?: number;
  readonly says: string;
}

/** What to do about one cause. */
export interface Advice {
  readonly cause?: CauseId;
  readonly title: string;
  readonly meaning: string;
  readonly users: string;
  /** On Calico's side, and on the switch; empty where there is nothing. */
  readonly calico: string;
  readonly network: string;
}

export interface Explanation {
  readonly kind: 'prefix' | 'address' | 'node' | 'switch';
  readonly target: string;
  /** The device that was asked about alone. */
  readonly device?: string;
  /** When the audit was made, in ms since the epoch. */
  readonly at: number;
  readonly tone: ExplainTone;
  /** One sentence. */
  readonly verdict: string;
  /** What it is, as name and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly hops: readonly Hop[];
  readonly paths: readonly Path[];
  readonly sessions: readonly SessionLine[];
  readonly prefixes: readonly PrefixLine[];
  readonly readings: readonly ReadingLine[];
  /** Findings that concern it, worst first, those within their grace time last. */
  readonly findings: readonly Finding[];
  readonly advice: readonly Advice[];
  /** Lists that were cut, in words. */
  readonly notes: readonly string[];
}

/** An explanation, or why there is none: a sentence, with names that may have been meant. */
export type Explained =
  | { readonly ok: true; readonly explanation: Explanation }
  | { readonly ok: false; readonly message: string };

/** What each layer is called towards people. */
export function layerName({ layer, peer, role }: Pick<Hop, 'layer' | 'peer' | 'role'>): string {
  switch (layer) {
    case 'intent':
      return 'should announce it';
    case 'local':
      return "BIRD's own table";
    case 'exported':
      return peer === undefined ? 'what it sends' : `what it sends to ${peer}`;
    case 'received':
      return peer === undefined ? 'what it received' : `what it received from ${peer}`;
    case 'bgp':
      return 'BGP table';
    case 'installed':
      return role === 'node' ? 'kernel table' : 'routing table';
  }
}

/** How a step stands; quiet: it lacks the prefix and need not have it. */
export function hopTone({
  state,
  needed,
  wrong,
}: Pick<Hop, 'state' | 'needed' | 'wrong'>): ExplainTone | 'quiet' {
  if (wrong) return 'warn';
  if (state === 'unknown') return 'unknown';
  if (state === 'has') return 'good';
  return needed ? 'bad' : 'quiet';
}

/** How the end of a packet's way stands. */
export const endTones = { arrives: 'good', lost: 'bad', loop: 'bad', unknown: 'unknown' } as const;
