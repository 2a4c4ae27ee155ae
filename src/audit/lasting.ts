// What is made of a fabric once for an audit, and stays true for the next one where nothing has changed but prefixes of the
// objects and routes of switches (surroundings.ts): graphs of sessions, what nodes have and send.
import type { Context } from './context.ts';

const lasting: WeakMap<Context, object>[] = [];

/** Makes it when it is first asked for. */
export function lastingly<T extends object>(make: (context: Context) => T): (context: Context) => T {
  const made = new WeakMap<Context, T>();
  lasting.push(made);
  return (context) => {
    const known = made.get(context);
    if (known) return known;
    const fresh = make(context);
    made.set(context, fresh);
    return fresh;
  };
}

/** Takes over what was made for the audit before. */
export function takeOver(before: Context, context: Context): void {
  for (const made of lasting) {
    const known = made.get(before);
    if (known) made.set(context, known);
  }
}
