// Which of the numbers in a row of a BGP table is the metric, the local preference and the weight, and where the AS path
// starts. IOS, IOS-XR and NX-OS leave a column blank, so only the place of a number tells; EOS prints every column. A long
// prefix or next hop pushes the rest of its row to the right, all by the same distance.

export interface Columns {
  /** Where prefixes start. */
  readonly network: number;
  /** Where each number column ends, by its heading; empty when the heading's own blanks were squeezed. */
  readonly ends: readonly number[];
  /** The headings of those columns, lower case: metric, locprf, weight (EOS: also aigp). */
  readonly names: readonly string[];
  /** EOS: every column is there, a dash where it has no value. */
  readonly full: boolean;
}

/** Columns of a header such as `   Network  Next Hop  Metric LocPrf Weight Path`. */
export function columnsOf(header: string): Columns {
  const words = [...header.matchAll(/\S+/g)].filter(([word]) =>
    /^(?:Metric|AIGP|LocP\w+|Weight)$/.test(word),
  );
  const squeezed = /Network Next Hop Metric LocPrf Weight/.test(header);
  return {
    network: header.indexOf('Network'),
    ends: squeezed ? [] : words.map((match) => match.index + match[0].length),
    names: words.map(([word]) => (/^LocP/.test(word) ? 'locprf' : word.toLowerCase())),
    full: /\bLocPref\b/.test(header),
  };
}

interface Word {
  readonly text: string;
  readonly end: number;
  readonly start: number;
}

export interface RowNumbers {
  readonly localPref?: number;
  /** AS path with its origin code, as printed; absent when it cannot be told from the numbers before it. */
  readonly path?: string;
}

function fullRow(words: readonly Word[], { names }: Columns): RowNumbers | undefined {
  const values = words.slice(0, names.length).map(({ text }) => text);
  if (values.length < names.length || !values.every((value) => /^(?:\d+|-)$/.test(value))) return undefined;
  const localPref = values[names.indexOf('locprf')];
  const path = words
    .slice(names.length)
    .map(({ text }) => text)
    .join(' ');
  return { path, ...(localPref !== undefined && localPref !== '-' && { localPref: Number(localPref) }) };
}

/** Which columns can be filled: the weight always, the two before it or not. */
const choices = [[2], [0, 2], [1, 2], [0, 1, 2]] as const;

/** How badly the first numbers of a row fit into these columns: 0 is exactly. */
function misfit(words: readonly Word[], choice: readonly number[], ends: readonly number[]): number {
  const off = choice.map((column, i) => (words[i]?.end ?? 0) - (ends[column] ?? 0));
  const weight = words[choice.length - 1];
  const after = words[choice.length];
  // One blank stands between the weight and the path.
  const gap = weight && after ? after.start - weight.end - 1 : 0;
  return (
    Math.min(
      ...[0, ...off].map(
        (shift) => Math.abs(shift) + off.reduce((sum, one) => sum + 4 * Math.abs(one - shift), 0),
      ),
    ) + (gap > 0 ? 50 : 0)
  );
}

/** Reads what follows the next hop. `offset` is the place of `rest` in its line. Undefined: not the end of a row. */
export function numbersOf(rest: string, offset: number, columns: Columns): RowNumbers | undefined {
  const words = [...rest.matchAll(/\S+/g)].map((match): Word => {
    const start = offset + match.index;
    return { text: match[0], start, end: start + match[0].length };
  });
  if (columns.full) return fullRow(words, columns);
  if (columns.ends.length !== 3) return {};
  const numbers = words.findIndex(({ text }) => !/^\d+$/.test(text));
  const most = numbers < 0 ? words.length : numbers;
  const fitting = choices.filter((choice) => choice.length <= most);
  const scored = fitting
    .map((choice) => ({ choice, cost: misfit(words, choice, columns.ends) }))
    .sort((x, y) => x.cost - y.cost);
  const [best] = scored;
  if (!best) return undefined;
  const localPref = (best.choice as readonly number[]).indexOf(1);
  return {
    path: words
      .slice(best.choice.length)
      .map(({ text }) => text)
      .join(' '),
    ...(localPref >= 0 && { localPref: Number(words[localPref]?.text) }),
  };
}
