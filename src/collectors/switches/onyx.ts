// Mellanox (NVIDIA) Onyx, once MLNX-OS, by its CLI (NVIDIA, "Onyx User Manual", BGP and IP routing commands), in a shell with the
// pager off. Its prompt holds a blank and brackets: `leaf1 [standalone: master] #`. Sessions and the routing table of the
// default VRF, IPv4: nothing else could be held against a document or a capture.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { parsePrefix } from '../../model/prefix.ts';
import { type Part, parseCapture } from './cli-capture.ts';
import { isOnyxSummary, onyxSummary } from './onyx-bgp.ts';
import { isOnyxRib, onyxRib } from './onyx-routes.ts';

/** `leaf1 [standalone: master] # show …`, and the short form of the manual, `switch (config) # show …`. */
const prompt =
  /^(?:[\w.-]{1,63} (?:\[[\w.-]{1,63}: [\w -]{1,30}\] )?(?:\([\w -]{1,60}\) )?[>#] ?(.*)|(show ip (?:bgp|route)\b.*))$/;
const complaint = /^\s*(?:%|Error\b|Invalid\b)/;

/** Long lines are no table's, and patterns would take long over them. */
const longest = 2000;

function parsePart({ command, lines }: Part): Parsed | undefined {
  const long = lines.find(({ text }) => text.length > longest);
  if (long) throw new ParseError(command, `a line of ${long.text.length} characters`, long.number);
  if (isOnyxSummary(lines)) return onyxSummary(command, lines);
  if (isOnyxRib(lines)) return onyxRib(command, lines);
  const bad = lines.find(({ text }) => complaint.test(text));
  if (bad) throw new ParseError(command, `the device says: ${snippet(bad.text.trim())}`, bad.number);
  return undefined;
}

/** Mellanox Onyx 3 on Spectrum switches. */
export const onyx: SwitchDriver = {
  name: 'mellanox-onyx',
  title: 'Mellanox Onyx',
  channel: 'shell',
  preamble: ['no cli session paging enable'],
  enable: { command: 'enable', granted: /#\s*$/ },
  commands: [
    { template: 'show ip bgp summary', purpose: 'IPv4 sessions of the default VRF, with prefix counts' },
    { template: 'show ip route', purpose: 'installed IPv4 routes with all next hops' },
  ],
  families: ['ipv4'],
  sessionVrfs: ['default'],
  sessionCommands: () => [{ command: 'show ip bgp summary' }],
  routeCommands: () => [
    {
      command: 'show ip route',
      layer: 'installed',
      vrf: 'default',
      scope: { kind: 'ranges', prefixes: [parsePrefix('0.0.0.0/0')] },
    },
  ],
  parse: (command, output) => parseCapture(command, output, prompt, parsePart),
};
