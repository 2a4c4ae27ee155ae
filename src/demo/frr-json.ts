// Forms shared by FRR's JSON answers: json-c's layout and the uptimes of lib/frrtime.h, `00:00:11`, `1d02h03m`,
// `01w2d03h`. Layout matters to nobody who parses JSON, but a capture of the demo should look like one of FRR 8.4.
// Pure.

/** JSON as json-c prints it: two blanks deep, none behind a colon. */
export const pretty = (value: object) =>
  JSON.stringify(value, null, 2).replaceAll(/^(\s*"[^"]*"): /gm, '$1:');

/** A time span as FRR prints it. */
export function uptime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const [day, week] = [86400, 604800];
  if (seconds >= week) {
    const rest = seconds % week;
    return `${two(seconds / week)}w${Math.floor(rest / day)}d${two((rest % day) / 3600)}h`;
  }
  if (seconds >= day) {
    return `${Math.floor(seconds / day)}d${two((seconds % day) / 3600)}h${two((seconds % 3600) / 60)}m`;
  }
  return `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/** A peer's hostname field: BIRD sends no hostname capability, other FRR switches do. */
export const hostnameOf = (peer: string) => (peer.startsWith('node') ? {} : { hostname: peer });
