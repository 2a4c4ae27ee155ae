// When each session end and each route of the demo fabric last changed, and how often a session has come up: the only
// memory the fabric has. Fed with every new state; times are milliseconds since the epoch of the clock passed in.
import type { DeviceState, FabricState, Path } from './fabric.ts';
import type { SessionEnd } from './sessions.ts';

interface Mark {
  readonly value: string;
  readonly at: number;
}

export interface History {
  /** When this end entered its state. */
  sessionSince(end: SessionEnd): number;
  /** Times this end has been established. */
  transitions(end: SessionEnd): number;
  /** When this path took its present form. */
  routeSince(device: string, path: Path): number;
  /** When the device's BGP daemon started. */
  startedAt(device: string): number;
  /** Takes note of what is new in this state. */
  record(state: FabricState, at: number): void;
}

const sessionKey = (end: SessionEnd) => `session ${end.device} ${end.peerAddress}`;
const routeKey = (device: string, path: Path) =>
  `route ${device} ${path.prefix} ${path.from?.peerAddress ?? ''}`;

const routeValue = (path: Path) =>
  [path.nextHop, path.asPath.join(' '), path.originatorId, path.clusterList.join(' ')].join('|');

/** An empty history that begins at `start`. */
export function createHistory(start: number): History {
  let marks = new Map<string, Mark>();
  const comeUp = new Map<string, number>();

  const recordDevice = (next: Map<string, Mark>, state: DeviceState, at: number) => {
    const mark = (key: string, value: string): boolean => {
      const known = marks.get(key);
      next.set(key, known?.value === value ? known : { value, at });
      return known?.value !== value;
    };
    if (!state.running) return;
    mark(`device ${state.device.name}`, 'running');
    for (const end of state.sessions) {
      const key = sessionKey(end);
      if (mark(key, end.state) && end.state === 'established') comeUp.set(key, (comeUp.get(key) ?? 0) + 1);
    }
    for (const paths of state.table.values()) {
      for (const path of paths) mark(routeKey(state.device.name, path), routeValue(path));
    }
  };

  return {
    sessionSince: (end) => marks.get(sessionKey(end))?.at ?? start,
    transitions: (end) => comeUp.get(sessionKey(end)) ?? 0,
    routeSince: (device, path) => marks.get(routeKey(device, path))?.at ?? start,
    startedAt: (device) => marks.get(`device ${device}`)?.at ?? start,
    record(state, at) {
      // What is gone is forgotten: when it returns, it is new.
      const next = new Map<string, Mark>();
      for (const device of state.values()) recordDevice(next, device, at);
      marks = next;
    },
  };
}
