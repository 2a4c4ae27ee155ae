// The NX-OS driver against JSON written by hand after the format: `TABLE_x` -> `ROW_x`, one row as an object or several as a
// list, of the summary, the BGP table and the routing table.
import { expect, it } from 'vitest';
import { nxos } from '../../../src/collectors/switches/nxos.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

it('reads the summary as JSON, one row or several', () => {
  const neighbour = {
    neighborid: '172.20.0.11',
    neighboras: '64512',
    state: 'Established',
    time: '6w3d',
    prefixreceived: '13',
  };
  const af = (rows: unknown) => ({
    'af-id': '1',
    TABLE_saf: { ROW_saf: { safi: 1, 'af-name': 'IPv4 Unicast', TABLE_neighbor: { ROW_neighbor: rows } } },
  });
  const document = {
    TABLE_vrf: {
      ROW_vrf: [
        { 'vrf-name-out': 'default', 'vrf-local-as': '65009', TABLE_af: { ROW_af: af(neighbour) } },
        {
          'vrf-name-out': 'tenant-a',
          'vrf-local-as': '8.1201',
          TABLE_af: {
            ROW_af: [
              af([
                { ...neighbour, state: 'Shut (Admin)' },
                { ...neighbour, neighborid: '10.7.0.2', state: 'Idle' },
              ]),
            ],
          },
        },
      ],
    },
  };
  expect(sessionsRead(nxos, 'show bgp all summary vrf all | json', JSON.stringify(document))).toEqual([
    'default 172.20.0.11 ipv4 AS 64512 of 65009 established 13 received, 3888000 s',
    'tenant-a 172.20.0.11 ipv4 AS 64512 of 525489 idle shut',
    'tenant-a 10.7.0.2 ipv4 AS 64512 of 525489 idle',
  ]);
  expect(() =>
    nxos.parse('show bgp all summary vrf all | json', JSON.stringify(document).slice(0, 300)),
  ).toThrow(ParseError);
});

it('reads JSON of the tables', () => {
  const bgp = {
    TABLE_vrf: {
      ROW_vrf: {
        'vrf-name-out': 'default',
        TABLE_afi: {
          ROW_afi: {
            TABLE_safi: {
              ROW_safi: {
                'af-name': 'IPv4 Unicast',
                TABLE_rd: {
                  ROW_rd: {
                    TABLE_prefix: {
                      ROW_prefix: [
                        {
                          ipprefix: '10.233.64.0/24',
                          TABLE_path: {
                            ROW_path: [
                              {
                                pathnr: 0,
                                statuscode: '*',
                                bestcode: '>',
                                typecode: 'e',
                                ipnexthop: '172.20.0.11',
                                weight: '0',
                                aspath: '64512',
                                origin: 'igp',
                              },
                              {
                                pathnr: 1,
                                statuscode: '*',
                                bestcode: '|',
                                typecode: 'e',
                                ipnexthop: '172.20.0.12',
                                weight: '0',
                                aspath: '64512',
                                origin: 'igp',
                              },
                            ],
                          },
                        },
                      ],
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  };
  expect(routesRead(nxos, 'show bgp ipv4 unicast | json', JSON.stringify(bgp))).toEqual([
    'bgp default 10.233.64.0/24 best to 172.20.0.11 path "64512"',
    'bgp default 10.233.64.0/24 to 172.20.0.12 path "64512"',
  ]);
  const rib = {
    TABLE_vrf: {
      ROW_vrf: {
        'vrf-name-out': 'default',
        TABLE_addrf: {
          ROW_addrf: {
            addrf: 'ipv4',
            TABLE_prefix: {
              ROW_prefix: {
                ipprefix: '10.233.64.0/24',
                'ucast-nhops': '2',
                TABLE_path: {
                  ROW_path: [
                    {
                      ipnexthop: '172.20.0.11',
                      uptime: 'P1D',
                      pref: '20',
                      metric: '0',
                      clientname: 'bgp-65009',
                      ubest: 'true',
                    },
                    { ipnexthop: '172.20.0.12', ifname: 'Eth1/2', clientname: 'bgp-65009', ubest: 'true' },
                  ],
                },
              },
            },
          },
        },
      },
    },
  };
  expect(routesRead(nxos, 'show ip route | json', JSON.stringify(rib))).toEqual([
    'installed default 10.233.64.0/24 best to 172.20.0.11 172.20.0.12%Eth1/2 by bgp',
  ]);
});
