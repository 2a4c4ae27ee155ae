// The names of the switch drivers, apart from the drivers: configuration, help and completion need no more.

/** Names that may stand behind `driver:` in the configuration. */
export const driverNames = [
  'frr',
  'h3c-comware',
  'huawei-vrp',
  'aruba-cx',
  'mikrotik-routeros',
  'cisco-nxos',
  'cisco-ios',
  'cisco-iosxr',
  'arista-eos',
  'juniper-junos',
  'nokia-srlinux',
  'nokia-sros',
  'dell-os10',
  'mellanox-onyx',
  'sonic',
] as const;
export type DriverName = (typeof driverNames)[number];
