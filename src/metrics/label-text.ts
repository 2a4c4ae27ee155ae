// Labels as text, as both formats want them (Prometheus text format 0.0.4, OpenMetrics 1.0.0), and a store of such texts: the
// seven labels of a session stand in front of most samples, and are made into text once a rendering.

/** Escapes a label value: both formats know these three escapes. */
function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`)) : value;
}

/** `a="x",b="y"`. Labels with an empty value are kept: Prometheus drops them itself. */
export function labelPairs(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${name}="${escapeLabel(values[i] ?? '')}"`).join(',');
}

/** The same in braces, or nothing without labels. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  return names.length === 0 ? '' : `{${labelPairs(names, values)}}`;
}

/** Label values as text; the same object for equal texts. */
export interface LabelList {
  readonly text: string;
  /** The last family that showed a series with these labels, alone or with those behind them: so twice is noticed. */
  shownBy: object | undefined;
  shownWith: Set<LabelList>;
}

/** Gives the text of values for certain names; the same array must hold the same values at each call. */
export type LabelListOf = (values: readonly string[]) => LabelList;

/** Notes that a family shows these labels, `more` behind them; false when it did so before. */
export function showOnce(list: LabelList, more: LabelList | undefined, family: object): boolean {
  const isFirst = list.shownBy !== family;
  list.shownBy = family;
  if (!more) return isFirst;
  if (isFirst) list.shownWith = new Set();
  const { shownWith } = list;
  return !shownWith.has(more) && shownWith.add(more) === shownWith;
}

/** An empty store, for one rendering. Gives the texts for a list of names. */
export function labelLists(): (names: readonly string[]) => LabelListOf {
  const stores = new Map<string, LabelListOf>();
  return (names) => {
    const key = names.join();
    const known = stores.get(key) ?? listsOf(names);
    stores.set(key, known);
    return known;
  };
}

const noLists = new Set<LabelList>();

function listsOf(names: readonly string[]): LabelListOf {
  const byValues = new Map<readonly string[], LabelList>();
  const byText = new Map<string, LabelList>();
  return (values) => {
    const known = byValues.get(values);
    if (known) return known;
    const text = labelPairs(names, values);
    const list = byText.get(text) ?? { text, shownBy: undefined, shownWith: noLists };
    byText.set(text, list);
    byValues.set(values, list);
    return list;
  };
}
