// Paths of bgp4PathAttrTable and routes of ipRouteTable in saved walks: the laboratory's FRR with what its topology makes of
// them, written out by hand; rows as agents write them; and that neither stands beside a routing table that says more.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { asPathOf } from '../../../src/collectors/switches/snmp-paths.ts';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const laboratory = path.resolve(import.meta.dirname, '../../fixtures/snmp/frr-8.4.4');
const file = (name: string) => readFileSync(path.join(laboratory, name), 'utf8');

const shown = (text: string) =>
  parseSnmpText(text, 'walk').routes.flatMap(({ layer, rows }) =>
    rows.map(
      ({ prefix, nextHops, best, from, asPath, protocol }) =>
        `${layer} ${formatPrefix(prefix)} ${protocol} ${nextHops[0]?.address ?? '-'}${best ? ' best' : ''} ` +
        `${from ?? 'own'} ${asPath ?? ''}`.trim(),
    ),
  );

describe('the BGP table of leaf01', () => {
  it('has every path with its peer, its AS path and which is best', () => {
    const lines = shown(file('up-leaf01/system.txt') + file('up-leaf01/bgp.txt'));
    expect(lines).toHaveLength(12);
    // node1 and node2 reflect the blocks of rack 1; of two equal paths the one of the lower router id is best.
    expect(lines.filter((line) => line.includes(' 10.233.65.0/24 '))).toEqual([
      'bgp 10.233.65.0/24 bgp 172.20.0.11 best 172.20.0.11 64512',
      'bgp 10.233.65.0/24 bgp 172.20.0.12 172.20.0.12 64512',
    ]);
    expect(lines.filter((line) => line.includes(' 10.233.67.0/24 '))).toEqual([
      'bgp 10.233.67.0/24 bgp 100.0.0.1 best 100.0.0.1 65008 65010 64513',
    ]);
  });

  it('is not mixed with the routing table', () => {
    const text = file('up-leaf01/bgp.txt') + file('up-leaf01/inetCidrRoute.txt');
    const { routes, notes } = parseSnmpText(text, 'walk');
    expect(new Set(routes.map(({ layer }) => layer))).toEqual(new Set(['installed']));
    expect(notes).toContain('bgp4PathAttrTable: its 12 paths are not shown beside the routing table');
  });
});

describe('AS paths', () => {
  it.each([
    ['two octets each', '0203FDF0FDF2FC01', '65008 65010 64513'],
    ['four octets each', '0202FA56EA00FA56EA01', '4200000000 4200000001'],
    ['a set behind a sequence', '0201FDF001020001FFFF', '65008 {1,65535}'],
    ['cut in the middle', '0203FDF0FDF2', undefined],
    ['the text "NULL"', '4E554C4C', undefined],
    ['empty', '', undefined],
  ])('%s', (_, hex, text) => {
    expect(asPathOf({ type: 'octets', value: Uint8Array.from(Buffer.from(hex, 'hex')) })).toBe(text);
  });
});

describe('ipRouteTable', () => {
  const old = (index: string, columns: Record<number, string>) =>
    Object.entries(columns).map(([column, value]) => `1.3.6.1.2.1.4.21.1.${column}.${index}|${value}`);
  const records = [
    ...old('0.0.0.0', { 7: '64|192.0.2.1', 8: '2|4', 9: '2|3', 11: '64|0.0.0.0' }),
    ...old('10.233.64.0', { 7: '64x|c0000202', 8: '2|4', 9: '2|14', 11: '64|255.255.255.192' }),
    ...old('192.0.2.0', { 7: '64|0.0.0.0', 8: '2|3', 9: '2|2', 11: '64|255.255.255.0' }),
    ...old('198.51.100.0', { 7: '64|192.0.2.9', 8: '2|2', 9: '2|14', 11: '64|255.255.255.0' }),
    ...old('203.0.113.0', { 7: '64|192.0.2.9', 8: '2|4', 9: '2|14' }),
  ];

  it('is read where nothing newer is there, without routes that are invalid or have no mask', () => {
    const { routes, notes } = parseSnmpText(records.join('\n'), 'walk');
    expect(shown(records.join('\n'))).toEqual([
      'installed 0.0.0.0/0 static 192.0.2.1 best own',
      'installed 10.233.64.0/26 bgp 192.0.2.2 best own',
      'installed 192.0.2.0/24 connected - best own',
    ]);
    expect(routes[0]?.allNextHops).toBe(false);
    expect(notes).toContain('ipRouteTable: 1 rows cannot be read');
    expect(notes).toContain(
      'ipRouteTable shows one route for each address, whatever the length of its prefix: others may exist',
    );
  });

  it('is left alone where a newer table has IPv4 routes', () => {
    const newer = '1.3.6.1.2.1.4.24.4.1.7.10.0.0.0.255.0.0.0.0.192.0.2.1|2|14';
    expect(shown([newer, ...records].join('\n'))).toEqual(['installed 10.0.0.0/8 bgp 192.0.2.1 best own']);
  });
});
