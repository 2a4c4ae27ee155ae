// The FRR driver against what the lab's leaves and spine answered (test/lab), state by state: the text form and the JSON
// form of one table were taken together, so each checks the other; what the state means is written out.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { frr } from '../../../src/collectors/switches/frr.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';

const root = path.resolve(import.meta.dirname, '../../fixtures/frr/8.4.4');
const states = readdirSync(root).filter((name) => name.startsWith('lab-'));
const parse = (state: string, command: string) =>
  frr.parse(command, readFileSync(path.join(root, state, `${command.replace(/[ /:]/g, '_')}.txt`), 'utf8'));
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
const of = (parsed: Parsed, prefix: string) =>
  rows(parsed).filter((row) => formatPrefix(row.prefix) === prefix);

describe.each(states)('%s', (state) => {
  it('shows one BGP table in every form', () => {
    const bare = ({ from, localPref, ...row }: RouteRow) => row;
    const json = rows(parse(state, 'show bgp ipv4 unicast json'));
    expect(rows(parse(state, 'show bgp ipv4 unicast')).map(bare)).toEqual(json.map(bare));
    expect(rows(parse(state, 'show bgp vrf all ipv4 unicast json'))).toEqual(json);
    const inRange = parse(state, 'show bgp ipv4 unicast 10.233.64.0/18 longer-prefixes json');
    expect(rows(inRange)).toEqual(
      json.filter((row) => /^10\.233\.(6[4-9]|[7-9]\d|1\d\d)\./.test(formatPrefix(row.prefix))),
    );
    const exact = parse(state, 'show bgp ipv4 unicast 10.233.66.0/24 json');
    expect(rows(exact).map(bare)).toEqual(
      json.filter((row) => formatPrefix(row.prefix) === '10.233.66.0/24').map(bare),
    );
  });

  it('shows one routing table in every form', () => {
    const json = rows(parse(state, 'show ip route json'));
    expect(json.length).toBeGreaterThan(1);
    expect(rows(parse(state, 'show ip route'))).toEqual(json);
    expect(rows(parse(state, 'show ip route vrf all json'))).toEqual(json);
    const exact = rows(parse(state, 'show ip route 10.233.66.0/24 json'));
    expect(exact).toEqual(json.filter((row) => formatPrefix(row.prefix) === '10.233.66.0/24'));
    expect(rows(parse(state, 'show ip route 10.233.99.0/24 json'))).toEqual([]);
  });

  it('shows the same peers and states in every form', () => {
    const key = ({ peerAddress, peerAsn, localAsn, state: shown, afi, vrf }: Parsed['sessions'][number]) =>
      [peerAddress, peerAsn, localAsn, shown, afi, vrf].join(' ');
    const all = parse(state, 'show bgp vrf all summary json').sessions.map(key);
    expect(all.length).toBeGreaterThan(0);
    expect(parse(state, 'show bgp summary json').sessions.map(key)).toEqual(all);
    expect(parse(state, 'show bgp summary').sessions.map(key)).toEqual(all);
    expect(parse(state, 'show bgp vrf all neighbors json').sessions.map(key).sort()).toEqual([...all].sort());
  });
});

describe('what the states mean', () => {
  const next = (parsed: Parsed, prefix: string) =>
    of(parsed, prefix)
      .flatMap((row) => row.nextHops.map((hop) => hop.address))
      .sort();

  it('up: the leaf spreads over both route reflectors of its rack', () => {
    expect(next(parse('lab-up-leaf01', 'show ip route json'), '10.233.64.0/24')).toEqual([
      '172.20.0.11',
      '172.20.0.12',
    ]);
    const best = of(parse('lab-up-leaf01', 'show bgp ipv4 unicast json'), '10.233.67.0/24').find(
      (row) => row.best,
    );
    expect(best).toMatchObject({ asPath: '65008 65010 64513', nextHops: [{ address: '100.0.0.1' }] });
  });

  it('stale: paths of the killed node are marked', () => {
    const stale = rows(parse('lab-stale-leaf01', 'show bgp ipv4 unicast json')).filter((row) => row.stale);
    expect(stale.length).toBeGreaterThan(0);
    const { sessions } = parse('lab-stale-leaf01', 'show bgp vrf all summary json');
    const away = new Set(
      sessions.filter((session) => session.gracefulRestart).map((session) => session.peerAddress),
    );
    for (const row of stale) expect(away, formatPrefix(row.prefix)).toContain(row.from);
  });

  it('switch shut: the session is down by will', () => {
    const { sessions } = parse('lab-switch-shut-leaf01', 'show bgp vrf all neighbors json');
    const shut = sessions.filter((session) => session.adminDown);
    expect(shut).toHaveLength(1);
    expect(shut[0]).toMatchObject({ state: 'idle' });
    expect(sessions.some((session) => session.state === 'established')).toBe(true);
  });

  it('wrong AS: the session is down, and its last error is what the leaf recorded', () => {
    const { sessions } = parse('lab-wrong-as-leaf01', 'show bgp vrf all neighbors json');
    const down = sessions.filter((session) => session.state !== 'established');
    expect(down.map((session) => session.lastError).join()).toBe(
      'BGP Notification send: Cease/Other Configuration Change (0606)',
    );
  });
});
