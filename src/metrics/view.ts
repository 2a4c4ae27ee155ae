// The fabric as the metrics show it, computed once per render: sessions of fresh readings with their labels, mesh
// sessions as counts, audits that could be judged, and the bounded list of missing routes.
import type { Fabric } from '../model/fabric.ts';
import type { DeviceAudit } from '../model/finding.ts';
import { lastGood, type Reading } from '../model/reading.ts';
import { bgpStates, exportsWait, isEstablished, type Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { tally } from '../model/verdicts.ts';
import type { MetricOptions } from './family.ts';
import { type MissingRoutes, missingRoutesInParts } from './missing.ts';
import { sessionKinds } from './session-kind.ts';
import { type GiveTurn, inTurns } from './turns.ts';

export const sessionLabels = ['device', 'role', 'peer_address', 'peer', 'kind', 'afi', 'vrf'] as const;

export interface SessionSeries {
  readonly session: Session;
  /** When the device said so, in milliseconds since the epoch. */
  readonly at: number;
  readonly snapshot: DeviceSnapshot;
  /** Values of `sessionLabels`. */
  readonly labels: readonly string[];
}

/** Sums over the mesh sessions of one node. */
export interface MeshCount {
  readonly device: string;
  sessions: number;
  established: number;
  /** Established, but exports nothing or not yet everything. */
  waiting: number;
  /** Down, with the routes kept for the peer's graceful restart. */
  held: number;
  accepted: number;
  advertised: number;
}

export interface JudgedDevice {
  readonly snapshot: DeviceSnapshot;
  readonly audit: DeviceAudit;
  /** Its sessions were read recently enough to say what is missing. */
  readonly sessionsKnown: boolean;
  /** Expected prefixes apply here at all: a switch, or any device with verdicts. */
  readonly carriesRoutes: boolean;
  /** At least one prefix could be judged; otherwise only the unknown count means anything. */
  readonly routesKnown: boolean;
}

export interface MetricView {
  readonly fabric: Fabric;
  readonly sessions: readonly SessionSeries[];
  readonly mesh: readonly MeshCount[];
  readonly judged: readonly JudgedDevice[];
  readonly missing: MissingRoutes;
  readonly maxAgeMs: MetricOptions['maxAgeMs'];
  readonly thresholds: Readonly<Record<string, number>>;
  /** Series rendered so far, by family: filled by the renderer as it goes. */
  readonly seriesOf: Map<string, number>;
}

/** The value of a reading unless it is older than `maxAgeMs`; a failed one counts by its last good value. */
export function freshValue<T>(
  reading: Reading<T>,
  now: number,
  maxAgeMs: number,
): { readonly at: number; readonly value: T } | undefined {
  const good = lastGood(reading);
  return good && now - good.at <= maxAgeMs ? good : undefined;
}

// Among sessions with the same labels (link-local peers on several interfaces, two ports of one address) the worst one
// counts: a broken session must not hide behind a healthy one. One that was shut down on purpose is no fault.
function badness({ state, adminDown }: Session): number {
  if (adminDown) return 0;
  if (state === null) return 2;
  return state === 'established' ? 1 : 2 + bgpStates.length - bgpStates.indexOf(state);
}

function noMesh(device: string): MeshCount {
  return { device, sessions: 0, established: 0, waiting: 0, held: 0, accepted: 0, advertised: 0 };
}

/** Adds a session to the counts of its node. */
function countMesh(count: MeshCount, session: Session): void {
  count.sessions++;
  if (session.gracefulRestart && !isEstablished(session)) count.held++;
  if (!isEstablished(session)) return;
  count.established++;
  if (exportsWait(session)) count.waiting++;
  count.accepted += session.prefixesAccepted ?? 0;
  count.advertised += session.prefixesAdvertised ?? 0;
}

function* collectSessions(
  fabric: Fabric,
  options: MetricOptions,
): Generator<void, Pick<MetricView, 'sessions' | 'mesh'>> {
  const kindOf = sessionKinds(fabric);
  const series = new Map<string, SessionSeries>();
  const mesh = new Map<string, MeshCount>();
  for (const snapshot of fabric.devices) {
    const { name, role } = snapshot.device;
    const reading = freshValue(snapshot.sessions, fabric.at, options.maxAgeMs(name));
    for (const session of reading?.value ?? []) {
      const kind = kindOf(snapshot, session);
      if (kind === 'mesh') {
        const count = mesh.get(name) ?? noMesh(name);
        countMesh(count, session);
        mesh.set(name, count);
        if (!options.meshDetail) continue;
      }
      const { peerAddress, afi, vrf } = session;
      const peer = fabric.deviceByAddress.get(peerAddress) ?? '';
      const labels = [name, role, peerAddress, peer, kind, afi, vrf];
      const key = labels.join('\0');
      const other = series.get(key);
      if (other && badness(other.session) >= badness(session)) continue;
      series.set(key, { session, at: reading?.at ?? fabric.at, snapshot, labels });
    }
    yield;
  }
  return { sessions: [...series.values()], mesh: [...mesh.values()] };
}

function* judgedDevices(fabric: Fabric, options: MetricOptions): Generator<void, JudgedDevice[]> {
  // Without objects nothing is expected of anybody, and a zero would claim that all is well.
  if (!lastGood(fabric.expected)) return [];
  const judged: JudgedDevice[] = [];
  for (const snapshot of fabric.devices) {
    const { name, role } = snapshot.device;
    const audit = fabric.audit.devices.get(name);
    if (!audit) continue;
    const { verdicts, routesSeen } = audit;
    judged.push({
      snapshot,
      audit,
      sessionsKnown: freshValue(snapshot.sessions, fabric.at, options.maxAgeMs(name)) !== undefined,
      carriesRoutes: role === 'switch' || verdicts.length > 0,
      routesKnown:
        verdicts.length === 0 ? routesSeen !== undefined : tally(verdicts).unknown < verdicts.length,
    });
    yield;
  }
  return judged;
}

/** Prepares what the families read, one part after the other. */
export async function buildView(
  fabric: Fabric,
  options: MetricOptions,
  giveTurn: GiveTurn,
): Promise<MetricView> {
  const sessions = await inTurns(collectSessions(fabric, options), giveTurn);
  const judged = await inTurns(judgedDevices(fabric, options), giveTurn);
  const missing = await inTurns(missingRoutesInParts(fabric, options.maxMissingSeries), giveTurn);
  const { maxAgeMs, thresholds = {} } = options;
  return { fabric, ...sessions, judged, missing, maxAgeMs, thresholds, seriesOf: new Map() };
}
