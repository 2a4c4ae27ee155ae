// A switch driver: data and pure functions for one network operating system. Which commands to type, text in, values
// out; it never opens a socket. One file per driver in collectors/switches/, one line in drivers.ts.
import type { SeenVrfs } from './capabilities.ts';
import type { CollectQuery } from './collector.ts';
import type { RouteRow, RouteTable } from './route-table.ts';
import type { RouteLayer, RouteScope } from './route-view.ts';
import type { Afi, Session } from './session.ts';

/** A command that may be typed: read-only, with places for validated values and nothing else. */
export interface CommandTemplate {
  /** E.g. `show bgp ipv4 unicast {prefix} json`; places are {prefix}, {address} and {vrf} (also `{vrf}.inet.0`). */
  readonly template: string;
  /** What it is for, in the driver's documentation. */
  readonly purpose: string;
}

/** Routes of one table that a command's output holds. */
export interface ParsedRoutes {
  readonly layer: RouteLayer;
  readonly vrf: string;
  readonly peer?: string;
  readonly rows: readonly RouteRow[];
  readonly allNextHops: boolean;
}

/** What one saved answer says. `notes` tell what in it was left unread and why. */
export interface Parsed {
  readonly sessions: readonly Omit<Session, 'device'>[];
  readonly routes: readonly ParsedRoutes[];
  readonly notes: readonly string[];
}

/** Routes of one table, packed. */
export interface PackedRoutes extends Omit<ParsedRoutes, 'rows'> {
  readonly table: RouteTable;
}

/** What an answer says whose routes are too many for a list. */
export interface Packed extends Omit<Parsed, 'routes'> {
  readonly routes: readonly PackedRoutes[];
}

/** Reads one answer while it comes. Both throw ParseError; after that it is of no more use. */
export interface AnswerStream {
  /** The next bytes of it, cut anywhere. */
  write(chunk: Uint8Array): void;
  /** All of it has come. Also throws where it is not whole. */
  end(): Packed;
}

/** One command of a plan, and what its answer (or its absence of rows) is about. */
export interface PlannedCommand {
  readonly command: string;
  readonly layer?: RouteLayer;
  readonly vrf?: string;
  readonly scope?: RouteScope;
  /** Its answer may be of any length: it is read while it comes. */
  readonly streamed?: true;
  /**
   * Of sessions: which release spells it so, e.g. `v7`. It is enough that all commands of one release are understood; what
   * the others answer then says nothing. Commands without a release must all be understood.
   */
  readonly release?: string;
}

/** Several commands in one exec request, where the device's shell allows it. */
export interface DriverBatch {
  readonly separator: string;
  /** Most commands in one request. */
  readonly most: number;
  /** Cuts the joined output into one text per command. Throws ParseError when the count does not fit. */
  split(output: string, commands: readonly string[]): readonly string[];
}

/** How rights are raised in a shell: only where an `enable` secret is configured. */
export interface DriverEnable {
  /** E.g. `enable`; the device then asks for the secret. */
  readonly command: string;
  /** What the device's answer or its new prompt looks like when it agreed. */
  readonly granted: RegExp;
}

export interface SwitchDriver {
  readonly name: string;
  /** The system's name for people, e.g. `FRRouting (vtysh)`. */
  readonly title: string;
  /** exec: one channel per command; shell: an interactive session with prompts. */
  readonly channel: 'exec' | 'shell';
  /** Typed first in a shell: paging off, terminal width. */
  readonly preamble: readonly string[];
  /** What its prompt looks like, the whole last line, where the usual forms (transport/cli-session.ts) are not enough. */
  readonly prompt?: RegExp;
  /** What ends a line typed into its shell; `\n` where absent. */
  readonly newline?: string;
  /** It reads the VRFs of `CollectQuery.vrfs` beside the default one; where `sessionVrfs` is not all, their sessions too. */
  readonly readsVrfs?: true;
  /** Its command for more rights, where it has one that a configured secret may open; used in a shell. */
  readonly enable?: DriverEnable;
  /** How many commands one exec request may carry, and what joins them; absent where one is the limit. */
  readonly batch?: DriverBatch;
  /**
   * Ways to hand commands to the CLI where the account's login shell is a Unix shell, tried in this order when the plain
   * command is not understood, e.g. `vtysh -c {command}`; {command} becomes one quoted word.
   */
  readonly viaShell?: readonly string[];
  /** The whole list of what this driver may type. */
  readonly commands: readonly CommandTemplate[];
  /** Families of addresses that its commands show; absent: both. What it does not ask for is unknown, never missing. */
  readonly families?: readonly Afi[];
  /** VRFs that the session commands show; absent: all of them. */
  readonly sessionVrfs?: SeenVrfs;
  /** Commands that show all sessions. */
  sessionCommands(query: CollectQuery): readonly PlannedCommand[];
  /** Commands that show the prefixes and ranges in question. */
  routeCommands(query: CollectQuery): readonly PlannedCommand[];
  /** Reads the answer of one command, its own or another usual form. Throws ParseError, never anything else. */
  parse(command: string, output: string): Parsed;
  /** The same without holding the whole text; absent where it cannot, and then it has no plan for whole tables. */
  stream?(command: string): AnswerStream;
}
