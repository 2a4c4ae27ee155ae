// What one end of a session says of why it is down, put to a cause. Texts: bird:proto/bgp/bgp.c (bgp_err_classes,
// bgp_msg_table), the NOTIFICATION names of RFC 4271 and RFC 4486 as switches print them, errno of the socket.
import type { SessionCauseId } from '../model/cause.ts';
import type { Session } from '../model/session.ts';

export interface Complaint {
  readonly cause: SessionCauseId;
  /** The more specific one of two ends' complaints counts: texts decay to the latest socket error. */
  readonly rank: number;
  /** The other end complained, and this one was told. */
  readonly told: boolean;
}

const rules: readonly (readonly [RegExp, SessionCauseId, number])[] = [
  [/bad peer as|wrong (?:peer )?as|remote as|as mismatch|peer as number/i, 'wrong-as', 90],
  [
    /number of prefixes|max(?:imum)?[- ]?prefix|pfx ?ct|prefix[- ](?:limit|count)|more prefixes than|route limit/i,
    'prefix-limit',
    90,
  ],
  [/md5|authentication|tcp-ao|password|bad digest/i, 'authentication', 88],
  [/\bttl\b|gtsm/i, 'ttl-security', 85],
  [/(?:bgp|router)[- ]?(?:identifier|id)\b/i, 'bad-identifier', 85],
  [
    /no neighbo|de-?configured|not configured|unconfigured|no such peer|connection rejected/i,
    'no-neighbour',
    80,
  ],
  [/administrative(?:ly)? (?:shut ?down|down|reset)|admin(?:istrative)?\.? (?:shut|down)/i, 'admin-down', 75],
  [
    /no route to host|unreachable|timed? ?out|neighbor lost|link down|interface down|bfd (?:session )?down|no path/i,
    'peer-unreachable',
    65,
  ],
  [/hold ?-?timer|hold time|keepalive/i, 'hold-timer', 60],
  [/refused|reset by peer|connection closed|closed the (?:session|connection)/i, 'connection-refused', 40],
];

/** The most telling error: texts decay to the latest socket error, and the exporter remembers the better one. */
export function errorOf({ keptError, lastError }: Session): string {
  return keptError?.text ?? lastError ?? '';
}

/** What this end says; undefined when it says nothing that points anywhere. */
export function complaintOf(session: Session): Complaint | undefined {
  if (session.adminDown) return { cause: 'admin-down', rank: 100, told: false };
  const text = errorOf(session);
  // "Hold timer expired" of a timeout rule would match twice: the order of the rules is that of how much each tells.
  const rule = /hold ?-?timer/i.test(text)
    ? rules.find(([, cause]) => cause === 'hold-timer')
    : rules.find(([pattern]) => pattern.test(text));
  if (rule) return { cause: rule[1], rank: rule[2], told: /received|reset by the peer/i.test(text) };
  if (session.passive) return { cause: 'passive-waits', rank: 10, told: false };
  return undefined;
}

/** The end's state and words: `active, last error: Hold Timer Expired`. */
export function sayingOf(session: Session): string {
  if (session.adminDown) return 'shut down by configuration';
  const state = session.passive ? 'waits for the peer to connect' : `${session.state ?? 'state unknown'}`;
  const kept = session.gracefulRestart ? ', its routes are kept for a graceful restart' : '';
  const { keptError, lastError } = session;
  if (!keptError || keptError.text === lastError)
    return `${state}${kept}${lastError ? `, last error: ${lastError}` : ''}`;
  return `${state}${kept}, error: ${keptError.text}${lastError ? ` (last error: ${lastError})` : ''}`;
}
