// What to type on a switch, by network operating system and by what one wants to know or mend. For people: the exporter itself types
// only what its drivers list. Sources: the vendors' command references, as named on the pages in docs/drivers.

export type Topic = 'session' | 'enable' | 'routes' | 'received' | 'limit' | 'loop' | 'reflector';

/** What a topic's table is headed by. */
export const topics: Readonly<Record<Topic, string>> = {
  session: 'Look at the session with ADDRESS',
  enable: 'Bring up a session that is shut down by configuration',
  routes: 'Look for PREFIX in the BGP table and in the routing table',
  received: 'See what a peer sends before and after import policy',
  limit: 'See or raise the prefix limit of a peer, and start the session again',
  loop: 'Take paths that hold the own AS number',
  reflector: 'Make a peer a route-reflector client',
};

type Commands = Readonly<Record<Topic, string>>;

/** Commands by system; several are separated by ` ; `. */
export const vendors: Readonly<Record<string, Commands>> = {
  'H3C Comware': {
    session: 'display bgp peer ipv4 ADDRESS verbose',
    enable: 'bgp AS ; undo peer ADDRESS ignore',
    routes: 'display bgp routing-table ipv4 PREFIX LENGTH ; display ip routing-table PREFIX LENGTH verbose',
    received: 'display bgp routing-table ipv4 peer ADDRESS received-routes',
    limit: 'display bgp peer ipv4 ADDRESS verbose ; peer ADDRESS route-limit N ; reset bgp ADDRESS ipv4',
    loop: 'peer ADDRESS allow-as-loop 1',
    reflector: 'peer ADDRESS reflect-client',
  },
  'Huawei VRP': {
    session: 'display bgp peer ADDRESS verbose',
    enable: 'bgp AS ; undo peer ADDRESS ignore',
    routes: 'display bgp routing-table PREFIX LENGTH ; display ip routing-table PREFIX LENGTH verbose',
    received: 'display bgp routing-table peer ADDRESS received-routes',
    limit: 'display bgp peer ADDRESS verbose ; peer ADDRESS route-limit N ; reset bgp ADDRESS',
    loop: 'peer ADDRESS allow-as-loop 1',
    reflector: 'peer ADDRESS reflect-client',
  },
  'Cisco NX-OS': {
    session: 'show bgp ipv4 unicast neighbors ADDRESS',
    enable: 'router bgp AS ; neighbor ADDRESS ; no shutdown',
    routes: 'show bgp ipv4 unicast PREFIX/LENGTH ; show ip route PREFIX/LENGTH',
    received:
      'show bgp ipv4 unicast neighbors ADDRESS received-routes ; show bgp ipv4 unicast neighbors ADDRESS routes',
    limit:
      'neighbor ADDRESS ; address-family ipv4 unicast ; maximum-prefix N ; clear bgp ipv4 unicast ADDRESS',
    loop: 'neighbor ADDRESS ; address-family ipv4 unicast ; allowas-in 1',
    reflector: 'neighbor ADDRESS ; address-family ipv4 unicast ; route-reflector-client',
  },
  'Cisco IOS and IOS-XE': {
    session: 'show bgp ipv4 unicast neighbors ADDRESS',
    enable: 'router bgp AS ; no neighbor ADDRESS shutdown',
    routes: 'show bgp ipv4 unicast PREFIX/LENGTH ; show ip route PREFIX MASK',
    received:
      'show bgp ipv4 unicast neighbors ADDRESS received-routes ; show bgp ipv4 unicast neighbors ADDRESS routes',
    limit: 'neighbor ADDRESS maximum-prefix N ; clear ip bgp ADDRESS',
    loop: 'neighbor ADDRESS allowas-in 1',
    reflector: 'neighbor ADDRESS route-reflector-client',
  },
  'Cisco IOS-XR': {
    session: 'show bgp neighbor ADDRESS',
    enable: 'router bgp AS ; neighbor ADDRESS ; no shutdown',
    routes: 'show bgp ipv4 unicast PREFIX/LENGTH ; show route ipv4 PREFIX/LENGTH',
    received: 'show bgp neighbor ADDRESS received routes ; show bgp neighbor ADDRESS routes',
    limit: 'neighbor ADDRESS ; address-family ipv4 unicast ; maximum-prefix N ; clear bgp ADDRESS',
    loop: 'neighbor ADDRESS ; address-family ipv4 unicast ; allowas-in 1',
    reflector: 'neighbor ADDRESS ; address-family ipv4 unicast ; route-reflector-client',
  },
  'Arista EOS': {
    session: 'show ip bgp neighbors ADDRESS',
    enable: 'router bgp AS ; no neighbor ADDRESS shutdown',
    routes: 'show ip bgp PREFIX/LENGTH ; show ip route PREFIX/LENGTH',
    received: 'show ip bgp neighbors ADDRESS received-routes ; show ip bgp neighbors ADDRESS routes',
    limit: 'neighbor ADDRESS maximum-routes N ; clear ip bgp ADDRESS',
    loop: 'neighbor ADDRESS allowas-in 1',
    reflector: 'neighbor ADDRESS route-reflector-client',
  },
  'Juniper Junos': {
    session: 'show bgp neighbor ADDRESS',
    enable: 'delete protocols bgp group GROUP neighbor ADDRESS shutdown',
    routes:
      'show route protocol bgp PREFIX/LENGTH exact detail ; show route forwarding-table destination PREFIX/LENGTH',
    received: 'show route receive-protocol bgp ADDRESS hidden ; show route receive-protocol bgp ADDRESS',
    limit:
      'set protocols bgp group GROUP neighbor ADDRESS family inet unicast prefix-limit maximum N ; clear bgp neighbor ADDRESS',
    loop: 'set protocols bgp group GROUP neighbor ADDRESS family inet unicast loops 2',
    reflector: 'set protocols bgp group GROUP cluster CLUSTER-ID',
  },
  'FRRouting, Cumulus, SONiC': {
    session: 'vtysh -c "show bgp neighbors ADDRESS"',
    enable: 'router bgp AS ; no neighbor ADDRESS shutdown',
    routes: 'vtysh -c "show bgp ipv4 unicast PREFIX/LENGTH" ; vtysh -c "show ip route PREFIX/LENGTH"',
    received:
      'vtysh -c "show bgp ipv4 unicast neighbors ADDRESS received-routes" ; vtysh -c "show bgp ipv4 unicast neighbors ADDRESS filtered-routes"',
    limit: 'neighbor ADDRESS maximum-prefix N ; vtysh -c "clear bgp ADDRESS"',
    loop: 'neighbor ADDRESS allowas-in 1',
    reflector: 'neighbor ADDRESS route-reflector-client',
  },
  'Nokia SR Linux': {
    session: 'show network-instance default protocols bgp neighbor ADDRESS detail',
    enable: 'set / network-instance default protocols bgp neighbor ADDRESS admin-state enable',
    routes:
      'show network-instance default protocols bgp routes ipv4 prefix PREFIX/LENGTH detail ; show network-instance default route-table ipv4-unicast prefix PREFIX/LENGTH detail',
    received: 'show network-instance default protocols bgp neighbor ADDRESS received-routes ipv4',
    limit:
      'set / network-instance default protocols bgp neighbor ADDRESS afi-safi ipv4-unicast ipv4-unicast prefix-limit max-received-routes N ; tools network-instance default protocols bgp neighbor ADDRESS reset-peer',
    loop: 'set / network-instance default protocols bgp neighbor ADDRESS as-path-options allow-own-as 1',
    reflector: 'set / network-instance default protocols bgp neighbor ADDRESS route-reflector client true',
  },
  'Nokia SR OS': {
    session: 'show router bgp neighbor "ADDRESS" detail',
    enable: 'configure router bgp neighbor "ADDRESS" admin-state enable',
    routes: 'show router bgp routes PREFIX/LENGTH detail ; show router route-table PREFIX/LENGTH extensive',
    received:
      'show router bgp neighbor "ADDRESS" received-routes ; show router bgp neighbor "ADDRESS" filter1',
    limit:
      'configure router bgp neighbor "ADDRESS" prefix-limit ipv4 maximum N ; clear router bgp neighbor "ADDRESS"',
    loop: 'configure router bgp neighbor "ADDRESS" loop-detect ignore-loop',
    reflector: 'configure router bgp group "GROUP" cluster cluster-id CLUSTER-ID',
  },
  'Dell OS10': {
    session: 'show ip bgp neighbors ADDRESS',
    enable: 'router bgp AS ; neighbor ADDRESS ; no shutdown',
    routes: 'show ip bgp PREFIX/LENGTH ; show ip route PREFIX/LENGTH',
    received: 'show ip bgp neighbors ADDRESS received-routes',
    limit: 'neighbor ADDRESS ; address-family ipv4 unicast ; maximum-prefix N ; clear ip bgp ADDRESS',
    loop: 'neighbor ADDRESS ; address-family ipv4 unicast ; allowas-in 1',
    reflector: 'neighbor ADDRESS ; route-reflector-client',
  },
  'Aruba AOS-CX': {
    session: 'show bgp ipv4 unicast neighbors ADDRESS',
    enable: 'router bgp AS ; no neighbor ADDRESS shutdown',
    routes: 'show bgp ipv4 unicast PREFIX/LENGTH ; show ip route PREFIX/LENGTH',
    received:
      'show bgp ipv4 unicast neighbors ADDRESS received-routes ; show bgp ipv4 unicast neighbors ADDRESS routes',
    limit: 'address-family ipv4 unicast ; neighbor ADDRESS maximum-prefix N ; clear bgp ADDRESS',
    loop: 'address-family ipv4 unicast ; neighbor ADDRESS allowas-in 1',
    reflector: 'address-family ipv4 unicast ; neighbor ADDRESS route-reflector-client',
  },
  'MikroTik RouterOS 7': {
    session: '/routing/bgp/session/print detail where remote.address~"ADDRESS"',
    enable: '/routing/bgp/connection/enable [find remote.address=ADDRESS]',
    routes: '/routing/route/print detail where dst-address=PREFIX/LENGTH',
    received: '/routing/route/print detail where received-from~"NAME" and filtered',
    limit: '/routing/bgp/connection/set [find remote.address=ADDRESS] input.limit-process-routes-ipv4=N',
    loop: '/routing/bgp/connection/set [find remote.address=ADDRESS] input.allow-as=1',
    reflector: '/routing/bgp/connection/set [find remote.address=ADDRESS] local.role=ibgp-rr',
  },
};
