// Changes of the small fabric of fabric.ts: takes routes out of one layer of a device, or changes its sessions.
import { parsePrefix } from '../../src/model/prefix.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { RouteLayer, RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, view } from './fabric.ts';

/** node2's block. */
export const block = '10.1.0.64/26';

export type Fabric = Record<string, DeviceSnapshot>;

export const addresses: Record<string, readonly string[]> = {
  leaf01: ['192.0.2.254', '198.51.100.2'],
  spine01: ['198.51.100.1'],
};

const viewsOf = (snapshot: DeviceSnapshot | undefined) => (snapshot?.routes.ok ? snapshot.routes.value : []);
const sessionsOf = (snapshot: DeviceSnapshot | undefined) =>
  snapshot?.sessions.ok ? snapshot.sessions.value : [];

/** The device with other views and sessions. */
export function change(
  fabric: Fabric,
  name: string,
  views: (old: readonly RouteView[]) => readonly RouteView[],
  sessions: (old: readonly Session[]) => readonly Session[] = (old) => old,
  facts: DeviceSnapshot['facts'] = {},
): Fabric {
  const old = fabric[name];
  const made = device(name, sessions(sessionsOf(old)), views(viewsOf(old)), addresses[name] ?? []);
  return { ...fabric, [name]: { ...made, facts } };
}

export const rebuilt = (old: RouteView, rows: readonly RouteRow[]): RouteView => ({
  ...old,
  table: view(old.layer, rows).table,
});

/** Takes a prefix out of one layer of a device, or changes its rows. */
export const edit =
  (layer: RouteLayer, prefix: string, to: (row: RouteRow) => readonly RouteRow[]) =>
  (views: readonly RouteView[]) =>
    views.map((old) =>
      old.layer === layer
        ? rebuilt(
            old,
            [...old.table.rows()].flatMap((row) =>
              row.prefix.a === parsePrefix(prefix).a && row.prefix.length === parsePrefix(prefix).length
                ? to(row)
                : [row],
            ),
          )
        : old,
    );

export const drop = (layer: RouteLayer, prefix: string) => edit(layer, prefix, () => []);

/** node2's block is gone on both switches. */
export const lostAtBoth = () => {
  const leaf = change(healthy(), 'leaf01', drop('installed', block));
  return change(leaf, 'spine01', drop('installed', block));
};
