// The title of tests that may be skipped: it says why and what enables them, and only when they are.

/** `title`, with the reason behind it when the tests are skipped. */
export function because(skipped: boolean, title: string, reason: string): string {
  return skipped ? `${title} (skipped: ${reason})` : title;
}
