// Bounds how many devices are asked at the same time, for the whole process.
import pLimit from 'p-limit';

/** A function that runs at most `most` works at once and queues the others. */
export function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const limit = pLimit(most);
  return (work) => limit(work);
}
