// Why something is not as it should be: one id for each cause, the same in findings, metrics, alerts, page and docs. What
// each means and what to do about it stands in catalogue/, and for people in docs/findings.

/** Of the node and of Calico's objects about it. */
export type NodeCauseId =
  | 'not-configured-on-node'
  | 'node-not-ready'
  | 'bird-down'
  | 'config-not-applied'
  | 'graceful-restart'
  | 'not-exported'
  | 'bgpfilter-reject'
  | 'pool-export-disabled'
  | 'mesh-left-on'
  | 'rr-misconfigured';

/** Of IPAM: who owns a block. */
export type IpamCauseId =
  | 'pending-affinity'
  | 'duplicate-affinity'
  | 'stale-affinity'
  | 'orphan-block'
  | 'borrowed-address-filtered';

/** Of a session: which one is down for a route, and what its ends say of it. */
export type SessionCauseId =
  | 'session-down'
  | 'admin-down'
  | 'wrong-as'
  | 'no-neighbour'
  | 'connection-refused'
  | 'peer-unreachable'
  | 'hold-timer'
  | 'prefix-limit'
  | 'authentication'
  | 'ttl-security'
  | 'bad-identifier'
  | 'passive-waits'
  | 'ends-disagree';

/** Of the way from switch to switch. */
export type WayCauseId =
  | 'not-received'
  | 'rejected-by-switch-policy'
  | 'as-path-loop'
  | 'next-hop-unreachable'
  | 'wrong-next-hop'
  | 'thin-ecmp'
  | 'lost-best-path'
  | 'not-installed'
  | 'covered-only'
  | 'default-only'
  | 'rogue-announcer'
  | 'unknown-device-unreachable';

export type CauseId = NodeCauseId | IpamCauseId | SessionCauseId | WayCauseId;
