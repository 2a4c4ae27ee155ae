// A process that takes little memory, for the agent on every node: V8 (Node.js: v8.setFlagsFromString) interprets and compiles
// plainly instead of optimizing, and collects garbage when told to. What the agent does every 15 s is too little to become
// faster by optimized code, which takes some 6 MB. The space for new objects stays as small as it starts: grown, it was a
// third of all memory after an answer of 10,000 routes. Flags that a later V8 does not know do nothing.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const flags = [
  '--no-opt',
  '--max-lazy',
  '--optimize-for-size',
  '--semi-space-growth-factor=1',
  '--expose-gc',
];

/** Makes this process a small one for good; gives what collects its garbage. */
export function smallProcess(): () => void {
  for (const flag of flags) setFlagsFromString(flag);
  const collect: unknown = runInNewContext('globalThis.gc');
  return () => {
    if (typeof collect === 'function') collect();
  };
}
