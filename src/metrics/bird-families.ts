// Metrics of what only the device itself knows of its sessions and routes, foremost BIRD on a node: what it holds back, whose
// routes it keeps, what became of the routes (RFC 4724; bird: nest/proto.c, proto/bgp/bgp.c). Mesh sessions: mesh-families.ts.
import { changeKinds, changeResults } from '../model/route-changes.ts';
import { exportsWait, isEstablished } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Family } from './family.ts';
import { each } from './session-families.ts';
import { freshValue, sessionLabels } from './view.ts';

/** How each row of BIRD's counters is labelled. */
const changeLabels = {
  importUpdates: ['import', 'update'],
  importWithdraws: ['import', 'withdraw'],
  exportUpdates: ['export', 'update'],
  exportWithdraws: ['export', 'withdraw'],
} as const;

const recoveryOf = ({ facts }: DeviceSnapshot) => (facts.recovering ? (facts.recovery ?? {}) : {});

function recoveryFamily(name: string, field: 'remainingSeconds' | 'waitingFor', help: string): Family {
  return {
    name,
    type: 'gauge',
    help: `${help}, from BIRD "show status"; absent when there is no recovery.`,
    labels: ['device', 'role'],
    *collect({ fabric }) {
      for (const snapshot of fabric.devices) {
        const value = recoveryOf(snapshot)[field];
        if (value !== undefined) yield [[snapshot.device.name, snapshot.device.role], value];
      }
    },
  };
}

export const birdFamilies: readonly Family[] = [
  recoveryFamily(
    'calico_bgp_device_recovery_remaining_seconds',
    'remainingSeconds',
    'How long until BIRD ends its graceful-restart recovery and announces its routes, whoever is still away, in seconds',
  ),
  recoveryFamily(
    'calico_bgp_device_recovery_waiting_sessions',
    'waitingFor',
    'Sessions (BIRD 2: channels) that graceful-restart recovery still waits for',
  ),
  {
    name: 'calico_bgp_device_routes_unusable',
    type: 'gauge',
    help: 'Best routes in the node\'s own BIRD table whose next hop cannot be resolved, or that the kernel refused, among the routes asked for (BIRD "show route").',
    labels: ['device', 'role'],
    *collect({ fabric, maxAgeMs }) {
      for (const { device, routes } of fabric.devices) {
        const views = freshValue(routes, fabric.at, maxAgeMs(device.name))?.value ?? [];
        const local = views.filter(({ layer, scopes }) => layer === 'local' && scopes.length > 0);
        if (local.length === 0) continue;
        const bad = local.map(({ table }) => table.count(({ best, unusable }) => best && unusable === true));
        yield [[device.name, device.role], bad.reduce((sum, count) => sum + count, 0)];
      }
    },
  },
  {
    name: 'calico_bgp_session_exports_waiting',
    type: 'gauge',
    help: 'Whether the session is Established but this device announces nothing on it, or not yet everything (1), or exports as it should (0): BIRD protocol state wait or feed.',
    labels: sessionLabels,
    collect: (view) =>
      each(view, ({ session }) =>
        isEstablished(session) && session.protocolState !== undefined
          ? Number(exportsWait(session))
          : undefined,
      ),
  },
  {
    name: 'calico_bgp_session_graceful_restart',
    type: 'gauge',
    help: 'Always 1: this device keeps the routes of a silent peer for its graceful restart (RFC 4724 helper; BIRD "Neighbor graceful restart active").',
    labels: sessionLabels,
    collect: (view) => each(view, ({ session }) => (session.gracefulRestart ? 1 : undefined)),
  },
  {
    name: 'calico_bgp_session_restart_remaining_seconds',
    type: 'gauge',
    help: 'How long until this device drops the routes that it keeps for a silent peer\'s graceful restart, in seconds as of the reading (BIRD "Restart timer").',
    labels: sessionLabels,
    collect: (view) => each(view, ({ session }) => session.restartRemainingSeconds),
  },
  {
    name: 'calico_bgp_session_limit_hit',
    type: 'gauge',
    help: 'Always 1: the session has reached this limit of routes (receive, import, export; BIRD "[HIT]"), so that some are refused or the session goes down.',
    labels: [...sessionLabels, 'limit'],
    *collect({ sessions }) {
      for (const { session, labels } of sessions) {
        for (const limit of session.limitsHit ?? []) yield [labels, 1, [limit]];
      }
    },
  },
  {
    name: 'calico_bgp_session_route_changes_total',
    type: 'counter',
    help: 'Routes that came in (import) or were to go out (export) on the session since BIRD started it, as updates or withdrawals, by what became of them: received, then rejected, filtered, ignored or accepted (BIRD "Route change stats").',
    labels: [...sessionLabels, 'direction', 'change', 'result'],
    *collect({ sessions }) {
      for (const { session, labels } of sessions) {
        for (const kind of changeKinds) {
          const numbers = session.routeChanges?.[kind] ?? [];
          for (const [i, value] of numbers.entries()) {
            if (value !== null) yield [labels, value, [...changeLabels[kind], changeResults[i] ?? '']];
          }
        }
      }
    },
  },
  {
    name: 'calico_bgp_session_error_info',
    type: 'info',
    help: 'The most telling error of a session that is not up, of those it has shown since it was last up, as the device words it: a wrong AS stays although later attempts end in socket errors.',
    labels: [...sessionLabels, 'error'],
    *collect({ sessions }) {
      for (const { session, labels } of sessions) {
        const error = session.keptError?.text ?? session.lastError;
        if (error !== undefined && !isEstablished(session)) yield [labels, 1, [error]];
      }
    },
  },
  {
    name: 'calico_bgp_session_error_timestamp_seconds',
    type: 'gauge',
    help: 'When the exporter first read the error in calico_bgp_session_error_info, in seconds since the epoch.',
    labels: sessionLabels,
    collect: (view) =>
      each(view, ({ session }) =>
        session.keptError && !isEstablished(session) ? Math.round(session.keptError.at / 1000) : undefined,
      ),
  },
];
