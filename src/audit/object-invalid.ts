// What is wrong with the Kubernetes and Calico objects themselves, as the expectation found it while computing.
import { formatPrefix } from '../model/prefix.ts';
import type { Check } from './check.ts';

export const objectInvalid: Check = (context) => {
  const { expected } = context.input;
  const failed = expected.ok
    ? []
    : [
        {
          severity: 'critical' as const,
          device: '',
          subject: 'datastore',
          verdict: 'unknown' as const,
          detail: `The objects cannot be read, so what should be there is not known: ${expected.error.message}`,
        },
      ];
  const problems = (context.expected?.problems ?? []).map(
    ({ severity, object, field, message, notJudged, cause, prefix, nodes }) => ({
      // What takes part of the expectation away makes the audit blind there: worse than a wrong object.
      severity: notJudged
        ? ('critical' as const)
        : severity === 'error'
          ? ('warning' as const)
          : ('info' as const),
      device: '',
      subject: field ? `${object} ${field}` : object,
      verdict: notJudged ? ('unknown' as const) : ('unexpected' as const),
      detail: `${object}${field ? `, ${field}` : ''}: ${message}`,
      ...(cause && { cause }),
      ...(prefix && { prefix: formatPrefix(prefix) }),
      ...(nodes && { nodes }),
    }),
  );
  if (!expected.ok && expected.error.kind === 'pending') return { findings: problems, unknown: failed };
  return { findings: [...failed, ...problems] };
};
