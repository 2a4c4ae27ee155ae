// `display bgp peer verbose` of H3C Comware (`Peer: 10.0.0.1  Local: …`, no AS numbers) and Huawei VRP (`BGP Peer is
// 10.0.0.1,  remote AS 65000`): one block a peer. Comware's "Local" is its router ID, not the session's address, and its
// NLRI counters only ever grow: neither is taken for what it is not.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import { type Context, type Found, vrfName } from './vrp-like-context.ts';

const head =
  /^\s*(?:BGP )?Peer(?: is|:)\s+([0-9a-fA-F.:]+)(?:%\S+)?[\s,]*(?:\([^)]*\))?(?:.*?\bremote AS(?: number)?:?\s+([\d.]+))?/i;

/** True for lines that hold such a block. */
export function hasVerbosePeers(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => head.test(text) && !/\bMsgRcvd\b/.test(text));
}

function find(block: readonly Line[], pattern: RegExp): string | undefined {
  for (const { text } of block) {
    const match = pattern.exec(text);
    if (match) return match[1];
  }
  return undefined;
}

function familyOf(block: readonly Line[], context: Context, address: string): Afi {
  if (context.family === 'ipv4' || context.family === 'ipv6') return context.family;
  const own = (['ipv4', 'ipv6'] as const).filter((afi) =>
    block.some(({ text }) => new RegExp(`Address family ${afi} Unicast\\s*:`, 'i').test(text)),
  );
  return own.length === 1 && own[0] !== undefined ? own[0] : afiOf(address);
}

function readBlock(block: readonly Line[], vrf: string, context: Context, found: Found): void {
  const [first] = block;
  const start = head.exec(first?.text ?? '');
  const peerAddress = canonicalAddress(start?.[1] ?? '');
  const current = /BGP current state:\s*([A-Za-z]+(?: ?\([A-Za-z]+\))?)(?:,\s*Up for (\S+))?/i;
  const line = block.map(({ text }) => current.exec(text)).find((match) => match);
  const { state, adminDown } = stateOf(line?.[1] ?? '');
  if (peerAddress === undefined || !line || state === null) {
    const what = peerAddress ?? snippet(first?.text ?? '');
    throw new ParseError(
      context.command,
      `no state of the peer ${what}: the capture may be cut`,
      first?.number,
    );
  }
  const number = (pattern: RegExp) => {
    const digits = find(block, pattern);
    return digits === undefined ? undefined : Number(digits);
  };
  const counted = context.family !== 'other';
  const received = number(/^\s*Received total routes:\s*(\d+)/i);
  const advertised = number(/^\s*Advertised total routes:\s*(\d+)/i);
  const ups = number(/^\s*BGP Peer Up count:\s*(\d+)/i);
  const seconds = uptimeSeconds(line[2] ?? '');
  const remote = start?.[2] ?? find(block, /^\s*(?:Remote|Peer) AS(?: number)?\s*:\s*([\d.]+)/i);
  const local = find(block, /^\s*Local AS(?: number)?\s*:\s*([\d.]+)/i);
  const description = find(block, /^\s*Peer's description:\s*"?(.*?)"?\s*$/i);
  const error = find(block, /^\s*(?:Last error|Error code)\s*:\s*(\S.*)$/i);
  found.sessions.push({
    peerAddress,
    peerAsn: remote === undefined ? null : (parseAsn(remote) ?? null),
    localAsn: local === undefined ? null : (parseAsn(local) ?? null),
    state,
    afi: familyOf(block, context, peerAddress),
    vrf,
    ...(description !== undefined && description !== '' && { description }),
    ...(adminDown && { adminDown }),
    ...(state === 'established' &&
      line[2] !== undefined &&
      seconds !== undefined && { establishedSeconds: seconds }),
    ...(counted && received !== undefined && { prefixesReceived: received }),
    ...(counted && advertised !== undefined && { prefixesAdvertised: advertised }),
    ...(ups !== undefined && { transitions: ups }),
    ...(error !== undefined && { lastError: error.trim() }),
  });
}

/** Adds the sessions of the blocks in these lines. Throws ParseError for a block without a state. */
export function readVerbosePeers(lines: readonly Line[], context: Context, found: Found): void {
  let block: Line[] = [];
  let vrf = context.vrf;
  let blockVrf = vrf;
  const end = () => {
    if (block.length > 0) readBlock(block, blockVrf, context, found);
    block = [];
  };
  for (const line of lines) {
    const instance = /^\s*VPN[- ]?instance\s*:?\s*([^,]+?)\s*(?:,.*)?$/i.exec(line.text)?.[1];
    if (instance !== undefined) vrf = vrfName(instance);
    if (head.test(line.text)) {
      end();
      block = [line];
      blockVrf = vrf;
    } else if (block.length > 0) block.push(line);
  }
  end();
}
