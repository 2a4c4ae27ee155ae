// FRR's text form of `show [ip] bgp [vrf all] neighbors` (bgpd/bgp_vty.c, bgp_show_peer), for pasted captures. One block a
// peer, starting with `BGP neighbor is`; only the lines that say what a session is are read.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError } from '../../model/parse-error.ts';
import { afiOf } from '../../model/session.ts';
import { uptimeSeconds } from './cli-text.ts';
import { type FrrSession, familyOf, peerOf, stateOf } from './frr-sessions.ts';

/** True for a text that holds neighbours. */
export function isTextNeighbors(output: string): boolean {
  return /^BGP neighbor (?:is|on) /m.test(output);
}

function find(block: string, pattern: RegExp): string | undefined {
  return pattern.exec(block)?.[1];
}

function sessionsOf(source: string, block: string, vrf: string): FrrSession[] {
  // `BGP neighbor is 10.0.0.1, remote AS …` or, unnumbered, `BGP neighbor on swp1: fe80::1, remote AS …`.
  const head =
    /^BGP neighbor (?:is|on) ([^\s,:]+(?::[^\s,]*)*?)(?:: ([^\s,]+))?, remote AS ([\d.]+), local AS ([\d.]+)/.exec(
      block,
    );
  const shown = find(block, /BGP state = (\w+)/);
  if (!head || shown === undefined) throw new ParseError(source, 'a neighbour without AS numbers or state');
  const [, id = '', address, remoteAs = '', localAs = ''] = head;
  const state = stateOf(shown);
  const seconds = uptimeSeconds(find(block, /BGP state = Established, up for (\S+)/) ?? '');
  const description = find(block, /^ Description: (.+)$/m);
  const reset = find(block, /Last reset [\dywdhms:]+, *(?:due to )?(.+)$/m);
  const local = canonicalAddress(find(block, /Local host: ([^\s,]+)/) ?? '');
  const base: Omit<FrrSession, 'afi'> = {
    ...peerOf(id, address),
    peerAsn: parseAsn(remoteAs) || null,
    localAsn: parseAsn(localAs) ?? null,
    state,
    vrf,
    ...(local !== undefined && { localAddress: local }),
    ...(description !== undefined && { description }),
    ...(/Administratively shut down/.test(block) && { adminDown: true }),
    ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
    ...(reset !== undefined && { lastError: reset.trim() }),
    ...(/^ *Peer Authentication Enabled/m.test(block) && { passwordSet: true }),
  };
  const families = block.split(/^ *For address family: /m).slice(1);
  const rows = families.flatMap((family) => {
    const afi = familyOf(family.split('\n', 1)[0] ?? '');
    const accepted = find(family, /(\d+) accepted prefixes/);
    return afi
      ? [{ ...base, afi, ...(accepted !== undefined && { prefixesAccepted: Number(accepted) }) }]
      : [];
  });
  return rows.length > 0 ? rows : [{ ...base, afi: afiOf(id) }];
}

/** Sessions of a text answer about neighbours. Throws ParseError when a block lacks what every block has. */
export function textNeighbors(source: string, output: string, vrf: string): FrrSession[] {
  let current = vrf;
  return output.split(/^(?=Instance \S+:$|BGP neighbor (?:is|on) )/m).flatMap((block) => {
    current = find(block, /^Instance (\S+):$/m) ?? current;
    return isTextNeighbors(block) ? sessionsOf(source, block, current) : [];
  });
}
