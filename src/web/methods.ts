// Which methods each path takes, for those who ask with another one. RFC 9110 sections 9.3.2 (HEAD), 9.3.7 (OPTIONS) and
// 15.5.6 (405, with Allow).

/** A path and a method that it takes. */
export type Taken = readonly [path: string, method: 'GET' | 'POST' | 'PUT'];

/** By path, the methods it takes; what takes GET takes HEAD, too. */
export function methodsByPath(taken: readonly Taken[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [path, method] of taken)
    found.set(path, [...(found.get(path) ?? []), method, ...(method === 'GET' ? ['HEAD'] : [])]);
  return found;
}

/** What somebody is told who asks with another method, such as `only POST and PUT requests`. */
export function onlyThese(methods: readonly string[]): string {
  return `only ${methods.join(', ').replace(/, (?=[^,]*$)/, ' and ')} requests`;
}
