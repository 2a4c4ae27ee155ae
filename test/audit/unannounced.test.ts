// One of several owners that does not announce, and a node that still speaks under the AS of an older configuration.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { RouteView } from '../../src/model/route-view.ts';
import { device, expected, failure, healthy, input, now, route, session, success, view } from './fabric.ts';

const service = '10.96.0.0/16';

/** The audit's findings of the check when node2's tables are these. */
function judged(views: readonly RouteView[], extra = {}) {
  const { node2 } = healthy();
  const changed = device('node2', node2?.sessions ?? [], views);
  const result = audit(input({ ...healthy(), node2: { ...changed, ...extra } }));
  return result.findings
    .filter(({ check }) => check === 'route-unannounced')
    .map((each) => `${each.device} ${each.subject} ${each.cause}`);
}

const block = route('10.1.0.64/26', undefined, { discard: true, protocol: 'static' });
const own = route(service, undefined, { discard: true, protocol: 'static' });
const learnt = route(service, '192.0.2.1');

describe('an owner of a service range', () => {
  it('that does not have it itself is found, though it passes on what it has from another', () => {
    const views = [
      view('local', [block, learnt]),
      view('exported', [block, learnt], { peer: '192.0.2.254' }),
    ];
    expect(judged(views)).toEqual([`node2 ${service} not-configured-on-node`]);
  });

  it('that has it and sends it to nobody is found', () => {
    const views = [view('local', [block, own]), view('exported', [block], { peer: '192.0.2.254' })];
    expect(judged(views)).toEqual([`node2 ${service} not-exported`]);
  });

  it('is not judged by tables that were not looked at in full, nor while it restarts or has no session', () => {
    const gone = [view('local', [block]), view('exported', [block], { peer: '192.0.2.254' })];
    expect(judged(gone)).toHaveLength(1);
    expect(judged(gone.map((each) => ({ ...each, scopes: [] })))).toEqual([]);
    expect(judged(gone.map((each) => ({ ...each, partial: 'cut off' })))).toEqual([]);
    expect(judged(gone, { facts: { recovering: true } })).toEqual([]);
    const idle = success(now, [session('node2', '192.0.2.254', { state: 'idle', kind: 'node' })]);
    expect(judged(gone, { sessions: idle })).toEqual([]);
    expect(judged(gone, { routes: failure(now, 'timeout', 'slow') })).toEqual([]);
  });

  it('has half a minute after it became one', () => {
    const { node2 } = healthy();
    const changed = device('node2', node2?.sessions ?? [], [
      view('local', [block]),
      view('exported', [block], { peer: '192.0.2.254' }),
    ]);
    const since = (ms: number) =>
      audit(input({ ...healthy(), node2: changed }, { expectedSince: () => now - ms }));
    expect(since(10_000).findings.filter(({ device: name }) => name === 'node2')).toEqual([]);
    expect(since(10_000).pending.map(({ check }) => check)).toContain('route-unannounced');
    expect(since(60_000).findings.map(({ check }) => check)).toContain('route-unannounced');
  });
});

it('a node that speaks under another AS than the objects give it runs with an old configuration', () => {
  const sessions = expected.sessions.map((each) =>
    each.node === 'node1' ? { ...each, localAsn: 64999 } : each,
  );
  const result = audit(input(healthy(), { expected: success(now, { ...expected, sessions }) }));
  expect(result.findings).toMatchObject([
    { check: 'session-unexpected', device: 'node1', peer: 'leaf01', cause: 'config-not-applied' },
  ]);
  expect(result.findings[0]?.detail).toContain('as AS 64512, the objects give it AS 64999');
});

it('a switch that answers all but one part has until its last value is too old', () => {
  const { leaf01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const at = (ageMs: number) => {
    const last = { at: now - ageMs, value: leaf01.sessions.ok ? leaf01.sessions.value : [] };
    const sessions = { ...failure<typeof last.value>(now, 'not-found', 'no BGP objects'), last };
    return audit(input({ ...healthy(), leaf01: { ...leaf01, sessions } }));
  };
  expect(at(4000).findings).toEqual([]);
  expect(at(4000).pending).toMatchObject([{ check: 'device-unreachable', device: 'leaf01' }]);
  expect(at(60_000).findings).toMatchObject([{ check: 'device-unreachable', device: 'leaf01' }]);
});

it('does not take for an offer what a node sends back to a switch, whose own AS is in the path', () => {
  const { node1, leaf01 } = healthy();
  if (!node1?.routes.ok || !leaf01?.routes.ok) throw new Error('no fabric');
  // node1 has node2's block from leaf01's spine and offers it back; leaf01 goes up for it.
  const remote = (asPath: string) =>
    node1.routes.ok
      ? node1.routes.value.map((each) =>
          each.layer === 'exported'
            ? view('exported', [...each.table.rows(), route('10.1.0.64/26', '192.0.2.1', { asPath })], {
                peer: '192.0.2.254',
              })
            : each,
        )
      : [];
  const up = [
    route('10.1.0.0/26', '192.0.2.1'),
    route('10.1.0.64/26', '198.51.100.1'),
    route('10.96.0.0/16', '192.0.2.1'),
  ];
  const found = (asPath: string) =>
    audit(
      input({
        ...healthy(),
        node1: device('node1', node1.sessions, remote(asPath)),
        leaf01: device('leaf01', leaf01.sessions, [view('installed', up)], ['192.0.2.254', '198.51.100.2']),
      }),
    ).findings.filter(({ check, detail }) => check === 'route-next-hop' && detail.includes('node1'));
  expect(found('64512 65001 65000 64513')).toEqual([]);
  expect(found('64512 65009 65000 64513')).toEqual([]);
});
