// What a scenario of the campaign is: a fault (or a harmless change) as steps on real daemons and objects, and beside it,
// as data, what the audit has to say. A finding is written in four words, `check device subject cause`; in a word
// `{a,b}` means both, `a|b` means either, `!a` anything but, `*` any text, and `-` stands for no cause.
import type { Config } from './exporter.ts';
import type { World } from './world.ts';

/** One change and how it is undone. Undoing restores and waits for nothing. */
export interface Step {
  /** As a person would say it; shows in `--list` and in errors. */
  readonly says: string;
  apply(world: World): Promise<void>;
  undo(world: World): Promise<void>;
}

/** True when the devices themselves, asked past the exporter, show what the scenario expects to be found. */
export type Probe = (world: World) => Promise<boolean>;

export type Via = 'snmp' | 'ssh';

export interface Scenario {
  /** Unique; the name on the command line. */
  readonly id: string;
  readonly topology: string;
  /** One line for the table. */
  readonly says: string;
  /** Must give no finding at all. */
  readonly harmless?: true;
  /** Done before the exporter has to be clean: the state from which the change starts. */
  readonly prepare?: readonly Step[];
  readonly steps: readonly Step[];
  /** Findings that must all be there, each with its cause. */
  readonly expects: readonly string[];
  /** Findings that may be there besides: what follows from the fault. */
  readonly allows?: readonly string[];
  /** Since when the fault can be seen: the time to detect counts from here. Absent: from the last step on. */
  readonly shows?: Probe;
  /** How long the daemons may take to show it (hold timers), in milliseconds; 30 s unless said. */
  readonly showsWithinMs?: number;
  /** Time that the audit gives on purpose after a change of objects, in milliseconds; the time to detect counts from its end. */
  readonly graceMs?: number;
  /** How long is watched after everything was found, or after a harmless change; 6 s and 12 s unless said. */
  readonly watchMs?: number;
  /**
   * How long the fabric rests after healing, in milliseconds: a node that was gone and is back has its time, in which nothing
   * about it is a finding.
   */
  readonly restMs?: number;
  /** Only this source can show it; else the campaign takes turns. */
  readonly via?: Via;
  /** Part of the quick subset that the lab's tests run. */
  readonly quick?: true;
  /** What the exporter is configured with besides. */
  readonly config?: (config: Config, world: World) => Config;
}

/** A finding as the API shows it. */
export interface Said {
  readonly state: string;
  readonly check: string;
  readonly device: string;
  readonly subject: string;
  readonly cause?: string;
  readonly severity?: string;
  readonly verdict?: string;
  readonly detail?: string;
  /** Of a session: the other end, and its address. */
  readonly peer?: string;
  readonly peerAddress?: string;
}

/** One finding that is expected or allowed. */
export interface Pattern {
  readonly text: string;
  readonly check: string;
  readonly device: string;
  readonly subject: string;
  readonly cause: string;
}

function braces(text: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/.exec(text);
  if (found === null) return [text];
  const [, before = '', inside = '', after = ''] = found;
  return inside.split(',').flatMap((each) => braces(before + each + after));
}

/** Reads `check device subject cause`; braces make several of one. A missing cause means any. */
export function patterns(texts: readonly string[]): Pattern[] {
  return texts.flatMap(braces).map((text) => {
    const [check, device, subject, cause = '*', ...rest] = text.trim().split(/\s+/);
    if (check === undefined || device === undefined || subject === undefined || rest.length > 0)
      throw new Error(`not \`check device subject cause\`: ${text}`);
    return { text, check, device, subject, cause };
  });
}

function word(pattern: string, text: string): boolean {
  if (pattern.startsWith('!')) return !word(pattern.slice(1), text);
  return pattern.split('|').some((choice) => {
    if (choice === '-') return text === '';
    const parts = choice.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(text);
  });
}

/** True when the pattern's address, if it is one, is of the family of the session. */
function sameFamily(pattern: string, { peerAddress = '' }: Said): boolean {
  return !/[.:]/.test(pattern) || pattern.includes(':') === peerAddress.includes(':');
}

/**
 * Whether a finding is about what the pattern names, whatever its cause. A subject with blanks is one word: `_`. A session
 * has two ends: the subject is the other end's address, and the pattern may be written from either end.
 */
export function isAbout(pattern: Pattern, said: Said): boolean {
  if (!word(pattern.check, said.check)) return false;
  const subjects = [said.subject.replaceAll(' ', '_'), said.peerAddress ?? ''];
  if (word(pattern.device, said.device) && subjects.some((subject) => word(pattern.subject, subject)))
    return true;
  const session = said.check.startsWith('session-') && said.peer !== undefined;
  return session && word(pattern.device, said.peer ?? '') && sameFamily(pattern.subject, said);
}

export function hasCause(pattern: Pattern, said: Said): boolean {
  return word(pattern.cause, said.cause ?? '');
}
