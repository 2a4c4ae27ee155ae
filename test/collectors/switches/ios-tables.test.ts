// What IOS and IOS-XE print into their tables beside the rows, against texts written by hand after the format.
import { describe, expect, it } from 'vitest';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { iosxr } from '../../../src/collectors/switches/iosxr.ts';
import { routesRead } from './cisco-read.ts';

describe('the VPN table', () => {
  it('says below a route distinguisher what its VRF imports and exports', () => {
    const text = `     Network          Next Hop            Metric LocPrf Weight Path
Route Distinguisher: 65009:7 (default for vrf tenant-a)
AF-Private Import to Address-Family: L2VPN E-VPN, Pfx Count/Limit: 2/1000
 *>   10.7.1.0/24      10.7.0.2                 0             0 65100 i
Route Distinguisher: 65009:8 (default for vrf tenant-b)
Import Map: FROM-GLOBAL, Address-Family: IPv4 Unicast, Pfx Count/Limit: 6/1000
Export Map: TO-GLOBAL, Address-Family: IPv4 Unicast, Pfx Count/Limit: 1/1000
 *>i  10.8.1.0/24      192.0.2.9                0    100      0 i
`;
    expect(routesRead(ios, 'show bgp vpnv4 unicast all', text)).toEqual([
      'bgp tenant-a 10.7.1.0/24 best to 10.7.0.2 path "65100"',
      'bgp tenant-b 10.8.1.0/24 best to 192.0.2.9 path "" pref 100',
    ]);
  });
});

describe('an empty VPN table', () => {
  const head = `BGP table version is 1, local router ID is 192.0.2.1
     Network          Next Hop            Metric LocPrf Weight Path
`;
  it('is no empty table of the default VRF', () => {
    for (const text of [head, '% Network not in table\n'])
      expect(ios.parse('show bgp vpnv4 unicast all', text).routes).toEqual([]);
    expect(ios.parse('show bgp l2vpn evpn', head.slice(0, head.indexOf('     Net'))).routes).toEqual([]);
    const total = `${head}\nProcessed 0 prefixes, 0 paths\n`;
    expect(iosxr.parse('show bgp vpnv4 unicast', total).routes).toEqual([]);
  });

  it('is one of the VRF that was asked for', () => {
    const empty = [{ layer: 'bgp', vrf: 'tenant-a', rows: [], allNextHops: true }];
    for (const text of [head, '% Network not in table\n'])
      expect(ios.parse('show bgp vpnv4 unicast vrf tenant-a', text).routes).toEqual(empty);
  });
});

describe('the long form of one prefix', () => {
  it('has AS paths of one number in asdot, which update groups of IOS-XR look like', () => {
    const path = (asPath: string) => `BGP routing table entry for 10.233.64.0/24, version 4
Paths: (1 available, best #1, table default)
  Advertised to update-groups:
     1          2
  Refresh Epoch 1
  ${asPath}
    172.20.0.12 from 172.20.0.12 (172.20.0.12)
      Origin IGP, metric 0, localpref 100, valid, external, best
`;
    const read = (asPath: string) => routesRead(ios, 'show ip bgp 10.233.64.0/24', path(asPath));
    const row = (asPath: string) => [
      `bgp default 10.233.64.0/24 best to 172.20.0.12 path "${asPath}" pref 100`,
    ];
    expect(read('1.10')).toEqual(row('65546'));
    expect(read('1.10, (received & used)')).toEqual(row('65546'));
    expect(read('Local')).toEqual(row(''));
    const xr = `BGP routing table entry for 10.233.64.0/24
Paths: (1 available, best #1)
  Advertised to update-groups (with more than one peer):
    0.2
  Path #1: Received by speaker 0
  Advertised to update-groups (with more than one peer):
    0.2 0.3
  1.10
    172.20.0.12 from 172.20.0.12 (172.20.0.12)
      Origin IGP, metric 0, localpref 100, valid, external, best, group-best
`;
    expect(routesRead(iosxr, 'show bgp ipv4 unicast 10.233.64.0/24', xr)).toEqual(row('65546'));
    expect(routesRead(iosxr, 'show bgp ipv4 unicast 10.233.64.0/24', xr.replace('1.10', 'Local'))).toEqual(
      row(''),
    );
  });
});
