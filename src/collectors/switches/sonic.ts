// SONiC (sonic-net): its routing is FRRouting, asked by vtysh in JSON as the frr driver does. Own here: the summary table of
// SONiC's `show ip bgp summary`, which spells its header in its own way (sonic-utilities, utilities_common/bgp_util.py), and
// captures from a terminal. A chassis runs one FRR for each ASIC: each answers for itself (`vtysh -n 0`).
import type { AnswerStream, Packed, Parsed, SwitchDriver } from '../../model/driver.ts';
import { cleanLines, textOfLines } from './cli-capture.ts';
import { frr } from './frr.ts';
import { frrStream } from './frr-stream.ts';

/** SONiC's table as FRR would print it: the header's spelling, no line of dashes below it, no ASIC in front. */
function asFrr(text: string): string {
  return (
    text
      .replace(/^ *Neighbh?or(?=\s+V\s+AS\b)/gm, 'Neighbor')
      .replace(/^ *-+(?: +-+){3,} *$/gm, '')
      // `#`: not in the hardware, so not in use.
      .replace(/^([A-Z]>?| +)#/gm, '$1 ')
      .replace(/^asic\d+: (?=BGP router identifier)/gm, '')
  );
}

function parse(command: string, output: string): Parsed {
  return noted(frr.parse(command, asFrr(textOfLines(cleanLines(output)))));
}

/** Says so where nothing was found. */
function noted<T extends Parsed | Packed>(parsed: T): T {
  if (parsed.sessions.length + parsed.routes.length + parsed.notes.length > 0) return parsed;
  return { ...parsed, notes: ['neither sessions nor routes in the answer: none are there, or it was cut'] };
}

function stream(command: string): AnswerStream {
  const inner = frrStream(command, parse);
  return { write: (chunk) => inner.write(chunk), end: () => noted(inner.end()) };
}

/** SONiC, community and vendors' builds, by vtysh. */
export const sonic: SwitchDriver = {
  ...frr,
  name: 'sonic',
  title: 'SONiC (FRRouting by vtysh)',
  parse,
  stream,
};
