// Durations as Prometheus writes them (prometheus.io, configuration, <duration>): 500ms, 15s, 1m30s, 1h; units from
// large to small, each once. A bare number is refused: nobody can tell seconds from milliseconds.
// In the program durations are milliseconds.

export const durationPattern = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

const milliseconds = [86_400_000, 3_600_000, 60_000, 1000, 1];
const units = ['d', 'h', 'm', 's', 'ms'];

/** Milliseconds of a duration such as `1m30s`; undefined when the text is not one. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  return milliseconds.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * unit, 0);
}

/** The shortest text of a duration in milliseconds: 90000 is `1m30s`, 0 is `0s`. */
export function formatDuration(duration: number): string {
  let rest = Math.round(duration);
  let text = '';
  for (const [i, unit] of milliseconds.entries()) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) text += `${count}${units[i]}`;
  }
  return text || '0s';
}
