// Lines that come again and again: a table of 10,000 routes has some 500 kinds of them, one for each peer, and each route
// of a kind has the same lines behind and below its net. A tree of the lines as they were first seen lets the reader of a
// listing go along it by comparing texts, and make of each kind what it is only once.

/** A line as it was first seen, and the lines that have come after it. */
export interface Step<T> {
  readonly text: string;
  /** Its number in the reply then. */
  readonly number: number;
  readonly before: Step<T> | undefined;
  /** The first line that came after it, and others since. */
  next?: Step<T>;
  others?: Map<string, Step<T>>;
  /** What the lines up to here came to. */
  value?: T;
}

/** The beginning of a tree. */
export function firstStep<T>(): Step<T> {
  return { text: '', number: 0, before: undefined };
}

/** Split and joined, a text no longer keeps the whole chunk alive that it was cut from. */
export const ownCopy = (text: string) => text.split(' ').join(' ');

/** The line after `step`: the one that is known, or a new one. `added` is told of the latter. */
export function stepAfter<T>(step: Step<T>, text: string, number: number, added: () => void): Step<T> {
  const { next } = step;
  if (next?.text === text) return next;
  const known = step.others?.get(text);
  if (known) return known;
  const made: Step<T> = { text: ownCopy(text), number, before: step };
  added();
  if (next) {
    step.others ??= new Map();
    step.others.set(made.text, made);
  } else step.next = made;
  return made;
}

/** The lines that led here, in order, without the beginning. */
export function stepsTo<T>(last: Step<T>): readonly Step<T>[] {
  const steps: Step<T>[] = [];
  for (let step = last; step.before; step = step.before) steps.push(step);
  return steps.reverse();
}
