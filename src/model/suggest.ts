// "Did you mean": the known word nearest to a mistyped one, by edit distance with swapped neighbours counted once
// (Damerau-Levenshtein, optimal string alignment). Used for keys and values of the configuration, commands and flags.

function distance(x: string, y: string): number {
  const rows: number[][] = [Array.from({ length: y.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= x.length; i++) {
    const row = [i];
    const above = rows[i - 1] ?? [];
    for (let j = 1; j <= y.length; j++) {
      const same = x[i - 1] === y[j - 1];
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return rows[x.length]?.[y.length] ?? 0;
}

const plain = (word: string) => word.toLowerCase().replace(/[-_. ]/g, '');

/** The candidate that was probably meant; undefined when none is near (a third of the letters may differ). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const meant = plain(word.slice(0, 64));
  let best: string | undefined;
  let least = Math.max(1, Math.floor(meant.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const prefix = meant.length >= 3 && (other.startsWith(meant) || meant.startsWith(other));
    const cost = prefix ? Math.min(1, distance(meant, other)) : distance(meant, other);
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best;
}

/** `; did you mean "x"?`, or with `list` all the candidates, or nothing. */
export function hint(word: string, candidates: readonly string[], list?: string): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return list === undefined || candidates.length === 0 ? '' : `; ${list} ${candidates.join(', ')}`;
}
