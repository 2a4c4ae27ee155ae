// Makes a view of one layer of one VRF from the answers of several commands, of which some may have failed.
import type { PackedRoutes, ParsedRoutes } from '../../model/driver.ts';
import { type PrefixKey, prefixKey } from '../../model/prefix.ts';
import { RouteTableBuilder } from '../../model/route-table.ts';
import type { RouteLayer, RouteScope, RouteView } from '../../model/route-view.ts';

/** Rows of one layer of one VRF, gathered over the answers. */
export class ViewBuilder {
  readonly #table = new RouteTableBuilder();
  readonly #seen = new Set<PrefixKey>();
  readonly #scopes: RouteScope[] = [];
  readonly #failed: string[] = [];
  #asked = 0;
  #allNextHops = true;

  /** Look-ups overlap (many addresses have one covering route): a prefix counts from the first answer that has it. */
  add(routes: readonly ParsedRoutes[], scope: RouteScope | undefined): void {
    this.#asked++;
    if (scope) this.#scopes.push(scope);
    const fresh = new Set<PrefixKey>();
    for (const { rows, allNextHops } of routes) {
      this.#allNextHops &&= allNextHops;
      for (const row of rows) {
        const key = prefixKey(row.prefix);
        if (this.#seen.has(key)) continue;
        fresh.add(key);
        this.#table.add(row);
      }
    }
    for (const key of fresh) this.#seen.add(key);
  }

  /** Whole tables: no two answers have the same prefix. */
  addPacked(routes: readonly PackedRoutes[], scope: RouteScope | undefined): void {
    this.#asked++;
    if (scope) this.#scopes.push(scope);
    for (const { table, allNextHops } of routes) {
      this.#allNextHops &&= allNextHops;
      this.#table.addAll(table);
    }
  }

  fail(message: string, scope: RouteScope | undefined): void {
    this.#asked++;
    // It was asked for, in vain: a partial view is no proof of absence, and its reason names the command.
    if (scope) this.#scopes.push(scope);
    this.#failed.push(message);
  }

  /** True when no command was answered. */
  get silent(): boolean {
    return this.#failed.length === this.#asked;
  }

  build(layer: RouteLayer, vrf: string): RouteView {
    const partial = `${this.#failed.length} of ${this.#asked} commands failed, the first: ${this.#failed[0]}`;
    return {
      layer,
      vrf,
      table: this.#table.build(),
      scopes: this.#scopes,
      allNextHops: this.#allNextHops,
      ...(this.#failed.length > 0 && { partial }),
    };
  }
}
