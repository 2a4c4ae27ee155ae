// What became of the routes of a session, as BIRD counts since the protocol started (bird: nest/proto.c
// channel_show_stats, "Route change stats"): five columns of four rows, some of which do not apply.

export const changeResults = ['received', 'rejected', 'filtered', 'ignored', 'accepted'] as const;
export const changeKinds = ['importUpdates', 'importWithdraws', 'exportUpdates', 'exportWithdraws'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Numbers in the order of `changeResults`; null where the column does not apply. */
export type RouteChanges = Readonly<Partial<Record<ChangeKind, readonly (number | null)[]>>>;

/** Limits that a session can run into: BIRD "Receive limit", "Import limit", "Export limit". */
export const routeLimits = ['receive', 'import', 'export'] as const;
export type RouteLimit = (typeof routeLimits)[number];
