// The table of switch drivers. Whoever needs the names alone takes driver-names.ts, and the types hold the two together.
import type { SwitchDriver } from '../../model/driver.ts';
import { arubaCx } from './aruba-cx.ts';
import { comware } from './comware.ts';
import type { DriverName } from './driver-names.ts';
import { eos } from './eos.ts';
import { frr } from './frr.ts';
import { ios } from './ios.ts';
import { iosxr } from './iosxr.ts';
import { junos } from './junos.ts';
import { nxos } from './nxos.ts';
import { onyx } from './onyx.ts';
import { os10 } from './os10.ts';
import { routeros } from './routeros.ts';
import { sonic } from './sonic.ts';
import { srlinux } from './srlinux.ts';
import { sros } from './sros.ts';
import { vrp } from './vrp.ts';

export const drivers: Readonly<Record<DriverName, SwitchDriver>> = {
  frr,
  'h3c-comware': comware,
  'huawei-vrp': vrp,
  'aruba-cx': arubaCx,
  'mikrotik-routeros': routeros,
  'cisco-nxos': nxos,
  'cisco-ios': ios,
  'cisco-iosxr': iosxr,
  'arista-eos': eos,
  'juniper-junos': junos,
  'nokia-srlinux': srlinux,
  'nokia-sros': sros,
  'dell-os10': os10,
  'mellanox-onyx': onyx,
  sonic,
};
