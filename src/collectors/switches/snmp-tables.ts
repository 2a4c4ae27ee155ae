// Rows of an SNMP table from its cells. Agents answer column by column, leave columns out and drop rows in between, so a
// row is whatever cells share an index (RFC 2578 section 7.7); decoders take what is there.
import {
  formatOid,
  type Oid,
  type SnmpValue,
  type SnmpVarbind,
  startsWith,
} from '../../transport/snmp-value.ts';

export interface TableRow {
  /** Arcs behind the column number. */
  readonly index: Oid;
  /** Cells by column number. */
  readonly cells: ReadonlyMap<number, SnmpValue>;
}

/** Collects cells into rows, in the order in which indexes first appear. */
export class TableRows {
  readonly #rows = new Map<string, { readonly index: Oid; readonly cells: Map<number, SnmpValue> }>();

  add(column: number, index: Oid, value: SnmpValue): void {
    const key = formatOid(index);
    const row = this.#rows.get(key);
    if (row) row.cells.set(column, value);
    else this.#rows.set(key, { index, cells: new Map([[column, value]]) });
  }

  rows(): readonly TableRow[] {
    return [...this.#rows.values()];
  }
}

/** The rows of one table among saved varbinds; `entry` is the OID above the column numbers. */
export function rowsOf(varbinds: readonly SnmpVarbind[], entry: Oid): readonly TableRow[] {
  const table = new TableRows();
  for (const { oid, value } of varbinds) {
    const column = oid[entry.length];
    if (column !== undefined && startsWith(oid, entry)) table.add(column, oid.slice(entry.length + 1), value);
  }
  return table.rows();
}

/** The whole number in a cell, also where it comes as decimal text; undefined for a cell that is absent or of another type. */
export function integerAt(row: TableRow, column: number): number | undefined {
  const value = row.cells.get(column);
  if (value?.type === 'integer') return Number.isFinite(value.value) ? value.value : undefined;
  if (value?.type !== 'octets' || value.value.length > 20) return undefined;
  const text = Buffer.from(value.value).toString('latin1').trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
