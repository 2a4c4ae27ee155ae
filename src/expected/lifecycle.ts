// What Kubernetes says of a node's life: when it was made, whether it is ready, drained or being deleted, and whether a
// person has silenced it by annotation. The audit's grace times hang on these. Source: k8s.io/api/core/v1 NodeStatus.
import type { NodeLifecycle } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { fieldsOf, isRecord, type Report } from './fields.ts';

/** A timestamp of an object in ms since the epoch; undefined when it is none. */
export function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const annotation = {
  until: 'calico-bgp-exporter/silence-until',
  reason: 'calico-bgp-exporter/silence-reason',
};

/** Both annotations, or none: a silence without an end or a reason is no silence, and that is said. */
function silenceOf(object: ApiObject, report: Report): NodeLifecycle['silence'] {
  const given = object.metadata.annotations;
  // Nearly no node has them, and there may be thousands of nodes. What is no record at all is complained of elsewhere.
  if (!isRecord(given) || !(annotation.until in given || annotation.reason in given)) return undefined;
  const annotations = fieldsOf(object, report).child('metadata').child('annotations');
  const [text, reason] = [annotations.text(annotation.until), annotations.text(annotation.reason)];
  const until = timeOf(text);
  if (until === undefined) {
    const what = text === undefined ? 'is missing' : `"${text.slice(0, 40)}" is no RFC 3339 time`;
    annotations.problem('error', annotation.until, `${what}; the node is not silenced`);
    return undefined;
  }
  if (reason === undefined || reason.trim() === '') {
    annotations.problem('error', annotation.reason, 'is missing; the node is not silenced');
    return undefined;
  }
  return { until, reason: reason.trim().slice(0, 200) };
}

function readyOf({ status }: ApiObject): Pick<NodeLifecycle, 'ready' | 'readySince'> {
  const conditions = isRecord(status) ? status.conditions : undefined;
  if (!Array.isArray(conditions)) return {};
  const condition: unknown = conditions.find((each) => isRecord(each) && each.type === 'Ready');
  if (!isRecord(condition) || typeof condition.status !== 'string') return {};
  const { lastTransitionTime } = condition;
  const since = timeOf(typeof lastTransitionTime === 'string' ? lastTransitionTime : undefined);
  return { ready: condition.status === 'True', ...(since === undefined ? {} : { readySince: since }) };
}

/** What is known of a node's life; undefined when nothing is. `core` is the Kubernetes Node, where there is one. */
export function lifecycleOf(core: ApiObject | undefined, report: Report): NodeLifecycle | undefined {
  if (!core) return undefined;
  const [createdAt, deletingSince] = [
    timeOf(core.metadata.creationTimestamp),
    timeOf(core.metadata.deletionTimestamp),
  ];
  const silence = silenceOf(core, report);
  const lifecycle: NodeLifecycle = {
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(deletingSince === undefined ? {} : { deletingSince }),
    ...readyOf(core),
    ...(isRecord(core.spec) && core.spec.unschedulable === true ? { unschedulable: true } : {}),
    ...(silence && { silence }),
  };
  return Object.keys(lifecycle).length > 0 ? lifecycle : undefined;
}
