// What a terminal puts around FRR's answers: codes, pages turned, the clock, prompts and echoed commands, of vtysh and of the
// Unix shell of a Cumulus or SONiC switch. A capture of several commands is cut at their echoes.
import { cleanLines, clockLine, textOfLines } from './cli-capture.ts';

/** The answer of one command; blank lines in front keep the numbers of the capture's lines. */
export interface FrrPart {
  readonly command: string;
  readonly text: string;
}

const recorded = /[\x1b\b]|\r[^\n]|-- ?More ?--/i;

/**
 * `leaf1# show …`, `admin@sonic:~$ vtysh -c '…'`, a bare prompt, or a command alone, as a script prints it. A single letter and
 * a bracket start a route, `B>  10.0.0.0/24`.
 */
const prompt =
  /^(?:\S*[#>$][ \t]*|[\w.@:~/()-]{2,80}[#>$] (\S.*)|\S*[#>$][ \t]*((?:sudo|do|vtysh|sho?w?)\b.*)|((?:sudo )?vtysh -c .*|net show .*|show (?:ip|ipv6|bgp)\b.*))$/gm;

const echoOf = (match: RegExpMatchArray) => match.slice(1).find((group) => group !== undefined) ?? '';

/** Without the blanks that every line of an indented paste has in front. */
function undented(text: string): string {
  const first = /^(?:[ \t]*\n)*([ \t]+)\S/.exec(text)?.[1];
  if (first === undefined) return text;
  const indents = [...text.matchAll(/^[ \t]*(?=\S)/gm)].map((match) => match[0]);
  const least = indents.reduce((short, each) => (each.length < short.length ? each : short), first);
  if (least === '' || indents.some((each) => !each.startsWith(least))) return text;
  return text.replace(new RegExp(`^${least}`, 'gm'), '');
}

function visible(output: string): string {
  return undented(withoutCodes(output));
}

function withoutCodes(output: string): string {
  return (recorded.test(output) ? textOfLines(cleanLines(output)) : output)
    .replaceAll('\r', '')
    .replace(new RegExp(clockLine.source, 'gm'), '');
}

/** Takes away what a terminal left in the answer of one command. */
export function plain(output: string): string {
  return visible(output).replace(prompt, '');
}

/** The words of a command behind `vtysh -c`, `do` and `sudo`, spelled out where they were cut short. */
function typed(echo: string): string {
  const quoted = [...echo.matchAll(/-c\s+(?:'([^']*)'|"([^"]*)")/g)].map((match) => match[1] ?? match[2]);
  return (quoted.length > 0 ? quoted.join('; ') : echo)
    .replace(/^(?:(?:sudo|do|net)\s+)+/, '')
    .replace(/^sho?(?=\s)/, 'show')
    .replace(/\bsum\w*/, 'summary')
    .replace(/\bnei\w*/, 'neighbors')
    .trim();
}

/** Cuts a capture at its echoed commands; what stands in front of the first answers `command`. There is always one part. */
export function frrParts(command: string, output: string): FrrPart[] {
  const text = visible(output);
  const echoes = [...text.matchAll(prompt)].filter((match) => echoOf(match) !== '');
  const starts = [{ command, from: 0, at: 0 }].concat(
    echoes.map((match) => ({
      command: typed(echoOf(match)),
      from: match.index,
      at: match.index + match[0].length,
    })),
  );
  const parts = starts.map(({ at, from: _, ...start }, i) => {
    const answer = text.slice(at, starts[i + 1]?.from).replace(prompt, '');
    return { ...start, text: answer, at };
  });
  const said = parts.filter((part) => part.text.trim() !== '');
  // One answer is that of the command that was given: its echo may be an alias or cut short.
  if (said.length < 2) return [{ command, text: text.replace(prompt, '') }];
  return said.map(({ text: answer, at, ...start }) => {
    const above = text.slice(0, at).split('\n').length - 1;
    return { ...start, text: '\n'.repeat(above) + answer };
  });
}
