// What the longest match does to a verdict, as packets meet it, and which family's sessions a node announces by.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import { device, healthy, input, route, session, view } from './fabric.ts';

const rest = [route('10.1.0.64/26', '192.0.2.2'), route('10.96.0.0/16', '192.0.2.1')];

function leafWith(rows: readonly RouteRow[]) {
  const fabric = healthy();
  const leaf = device(
    'leaf01',
    fabric.leaf01?.sessions ?? [],
    [view('installed', [...rest, ...rows])],
    ['192.0.2.254', '198.51.100.2'],
  );
  const verdicts = audit(input({ ...fabric, leaf01: leaf })).devices.get('leaf01')?.verdicts;
  return verdicts?.at(0)?.verdict;
}

const discard = (prefix: string) => route(prefix, undefined, { protocol: 'static', discard: true });
const cover = (prefix: string, extra: Partial<RouteRow> = {}) => route(prefix, '203.0.113.1', extra);

describe('a prefix without a route of its own that counts', () => {
  it('is covered by the longest route that packets can follow', () => {
    expect(leafWith([cover('10.1.0.0/24'), cover('0.0.0.0/0')])).toBe('covered');
    expect(leafWith([cover('0.0.0.0/0')])).toBe('default-only');
  });

  it('is missing where a discard route of its own catches the packets, whatever covers it', () => {
    expect(leafWith([discard('10.1.0.0/26'), cover('10.1.0.0/24')])).toBe('missing');
  });

  it('is missing where a longer discard route hides the default route', () => {
    expect(leafWith([discard('10.1.0.0/24'), cover('0.0.0.0/0')])).toBe('missing');
  });

  it('is left to a shorter route where the longer one cannot be used', () => {
    expect(leafWith([cover('10.1.0.0/24', { unusable: true }), cover('0.0.0.0/0')])).toBe('default-only');
  });
});

it('names the IPv4 session of a node whose IPv6 session is up', () => {
  const fabric = healthy();
  const routes = fabric.node1?.routes.ok ? fabric.node1.routes.value : [];
  const down = session('node1', '192.0.2.254', { peerAsn: 65001, localAsn: 64512, state: 'active' });
  const up = session('node1', '2001:db8::254', { peerAsn: 65001, localAsn: 64512, afi: 'ipv6' });
  const silent = routes.map((each) =>
    each.layer === 'exported' ? view('exported', [], { peer: '192.0.2.254' }) : each,
  );
  const leaf = device(
    'leaf01',
    [session('leaf01', '192.0.2.1', { state: 'active' })],
    [view('installed', rest)],
    ['192.0.2.254'],
  );
  const { findings } = audit(input({ ...fabric, leaf01: leaf, node1: device('node1', [down, up], silent) }));
  const lost = findings.find(
    ({ check, device: at, subject }) =>
      check === 'route-missing' && at === 'leaf01' && subject === '10.1.0.0/26',
  );
  expect(lost).toMatchObject({ cause: 'session-down' });
  expect(lost?.detail).toContain("none of node1's IPv4 BGP sessions is established");
});
