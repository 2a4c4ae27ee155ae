// What can go wrong when asking an SNMP agent, as typed errors with a sentence for a person: which agent, what came
// back, what to check (RFC 3414 for SNMPv3 reports, RFC 3416 for error-status). The library's own messages are never
// passed on: some hold the community or a digest made with the key.

export type SnmpErrorKind = 'timeout' | 'refused' | 'auth' | 'permission' | 'protocol' | 'internal';

/** noSuchName: SNMPv1 for an object that is absent, the end of the agent's objects included (RFC 1157). */
export type SnmpErrorStatus = 'tooBig' | 'noSuchName';

/** A failed SNMP request. `status` names the cases that a request can go on from. */
export class SnmpError extends Error {
  override name = 'SnmpError';
  readonly kind: SnmpErrorKind;
  readonly status: SnmpErrorStatus | undefined;

  constructor(kind: SnmpErrorKind, message: string, status?: SnmpErrorStatus) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** What is known when a request fails; holds no secret. */
export interface SnmpCircumstances {
  /** `192.0.2.1:161` */
  readonly agent: string;
  readonly version: '1' | '2c' | '3';
  readonly user?: string;
  readonly level?: 'noAuthNoPriv' | 'authNoPriv' | 'authPriv';
  readonly context?: string;
  readonly timeoutMs: number;
  readonly tries: number;
  /** Datagrams received so far, and requests answered in full. */
  readonly received: number;
  readonly answered: number;
  /** Datagrams that were no SNMP message. */
  readonly garbage: number;
}

const seconds = (ms: number) => `${ms / 1000} s`;

function timedOut(at: SnmpCircumstances): SnmpError {
  const tries = `${seconds(at.timeoutMs)} (${at.tries} ${at.tries === 1 ? 'try' : 'tries'})`;
  if (at.garbage > 0) {
    return new SnmpError(
      'protocol',
      `${at.agent} answers, but not with SNMP that can be read (${at.garbage} datagrams): check the port`,
    );
  }
  if (at.answered > 0) {
    return new SnmpError(
      'timeout',
      `${at.agent} answered earlier requests but not this one within ${tries}: the agent is busy or drops large ` +
        'answers; raise the timeout or lower maxRepetitions',
    );
  }
  if (at.version === '3' && at.received > 0) {
    // net-snmp and others keep silent instead of reporting usmStatsDecryptionErrors (observed with 5.9).
    const privacy = at.level === 'authPriv' ? 'the privacy password and protocol' : '';
    const context = at.context ? `the context "${at.context}"` : '';
    const check =
      [privacy, context].filter((part) => part !== '').join(' and ') || "the agent's access rules";
    return new SnmpError(
      'auth',
      `${at.agent} answers SNMPv3 discovery but not the request of user "${at.user}" within ${tries}: check ${check}`,
    );
  }
  const check =
    at.version !== '3'
      ? `that SNMPv${at.version} is enabled, the community (a wrong one looks the same as silence), the ACL and firewalls`
      : 'that SNMPv3 is enabled, the ACL and firewalls';
  return new SnmpError('timeout', `no answer from ${at.agent} within ${tries}: check ${check}`);
}

// Parts of the library's messages for RFC 3414 section 3.2's counters, and what each is about.
const usmReasons: readonly (readonly [RegExp, (at: SnmpCircumstances) => string])[] = [
  [
    /Unknown User/,
    (at) => `does not know the user "${at.user}" (usmStatsUnknownUserNames): check the user name`,
  ],
  [
    /digest/i,
    (at) =>
      `refuses the authentication of user "${at.user}" (usmStatsWrongDigests): check the authentication password ` +
      'and protocol',
  ],
  [
    /Decryption|decrypt/,
    (at) =>
      `cannot decrypt for user "${at.user}" (usmStatsDecryptionErrors): check the privacy password and protocol`,
  ],
  [
    /Security Level/,
    (at) =>
      `does not offer level ${at.level} to user "${at.user}" (usmStatsUnsupportedSecLevels): check the level`,
  ],
  [
    /time ?window/i,
    () => 'finds the request outside of its time window (usmStatsNotInTimeWindows): its clock jumps',
  ],
  [
    /Engine ID/,
    () => 'refuses its own engine ID (usmStatsUnknownEngineIDs): does another agent share the address?',
  ],
];

// ResponseInvalidCode of the library.
const authCodes = new Set([4, 5, 14]);

function invalidResponse(message: string, code: unknown, at: SnmpCircumstances): SnmpError {
  if (typeof code === 'number' && authCodes.has(code)) {
    const reason = usmReasons.find(([pattern]) => pattern.test(message))?.[1](at);
    return new SnmpError('auth', `${at.agent} ${reason ?? 'refuses the SNMPv3 credentials'}`);
  }
  if (code === 11) {
    const context = at.context ? `: check the context "${at.context}"` : '';
    return new SnmpError('protocol', `${at.agent} answers with an SNMPv3 report instead of values${context}`);
  }
  return new SnmpError('protocol', `${at.agent} sends an answer that does not belong to the request`);
}

const unreachable = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
  'EPERM',
  'EADDRNOTAVAIL',
]);

/** The typed error for whatever the library or the socket reported. */
export function snmpErrorFrom(error: unknown, at: SnmpCircumstances): SnmpError {
  if (error instanceof SnmpError) return error;
  if (!(error instanceof Error)) return new SnmpError('internal', `${at.agent}: the request failed`);
  const code = 'code' in error ? error.code : undefined;
  if (error.name === 'RequestTimedOutError') return timedOut(at);
  if (error.name === 'ResponseInvalidError') return invalidResponse(error.message, code, at);
  if (error.name === 'RequestFailedError') {
    const status = error.message.split(':')[0] ?? '';
    if (status === 'TooBig') {
      return new SnmpError('protocol', `${at.agent} says every answer is too big`, 'tooBig');
    }
    if (status === 'NoSuchName') {
      return new SnmpError('protocol', `${at.agent} has no such object`, 'noSuchName');
    }
    if (status === 'AuthorizationError' || status === 'NoAccess') {
      return new SnmpError(
        'permission',
        `${at.agent} denies access (${status}): check the view of the credentials`,
      );
    }
    return new SnmpError('protocol', `${at.agent} answers with the error ${status}`);
  }
  if (typeof code === 'string' && unreachable.has(code)) {
    const refused =
      code === 'ECONNREFUSED' ? 'nothing listens on that UDP port: is the agent running?' : code;
    return new SnmpError('refused', `${at.agent} cannot be reached: ${refused}`);
  }
  return new SnmpError(
    'internal',
    `${at.agent}: the request failed (${typeof code === 'string' ? code : error.name})`,
  );
}

/** The caller's deadline passed before the agent had answered everything. */
export function deadlineError(at: SnmpCircumstances): SnmpError {
  if (at.answered > 0) {
    return new SnmpError(
      'timeout',
      `${at.agent} had not answered everything when the deadline passed (${at.answered} requests answered)`,
    );
  }
  const early = timedOut(at);
  return new SnmpError(early.kind, early.message.replace(/ within [^:]*:/, ' before the deadline:'));
}
