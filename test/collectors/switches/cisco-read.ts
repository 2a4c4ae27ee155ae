// What a driver read, as one line a session and one line a route: for tests whose expected results are written by hand.
import type { SwitchDriver } from '../../../src/model/driver.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

/** `default 10.0.0.1 ipv4 AS 65001 of 65000 established 5 received, 60 s`. */
export function sessionsRead(driver: SwitchDriver, command: string, text: string): string[] {
  return driver.parse(command, text).sessions.map((session) => {
    const {
      vrf,
      peerAddress,
      afi,
      peerAsn,
      localAsn,
      state,
      adminDown,
      prefixesReceived,
      establishedSeconds,
    } = session;
    const counts = [
      prefixesReceived === undefined ? [] : [`${prefixesReceived} received`],
      establishedSeconds === undefined ? [] : [`${establishedSeconds} s`],
    ].flat();
    const words = [
      vrf,
      peerAddress,
      afi,
      `AS ${peerAsn} of ${localAsn}`,
      state,
      ...(adminDown ? ['shut'] : []),
    ];
    return [...words, ...(counts.length > 0 ? [counts.join(', ')] : [])].join(' ');
  });
}

/** `bgp default 10.0.0.0/24 best to 10.1.1.1 path "65001" pref 100`, `installed … by static`. */
export function routesRead(driver: SwitchDriver, command: string, text: string): string[] {
  return driver.parse(command, text).routes.flatMap(({ layer, rows }) =>
    rows.map(({ prefix, nextHops, protocol, best, vrf, asPath, localPref, unusable, stale, discard }) => {
      const to = nextHops.map(({ address = '', interface: name }) => (name ? `${address}%${name}` : address));
      const words = [layer, vrf, formatPrefix(prefix), ...(best ? ['best'] : []), 'to', ...to];
      if (layer === 'installed') words.push('by', protocol);
      if (asPath !== undefined) words.push('path', JSON.stringify(asPath));
      if (localPref !== undefined) words.push('pref', String(localPref));
      if (unusable) words.push('unusable');
      if (stale) words.push('stale');
      if (discard) words.push('discard');
      return words.join(' ');
    }),
  );
}
