// The table of switch drivers: one line here makes a driver's name legal in the configuration. The configuration imports
// the names alone; a test holds names and table together.
import type { SwitchDriver } from '../../model/driver.ts';
import { frr } from './frr.ts';

/** Names that may stand behind `driver:` in the configuration. */
export const driverNames = ['frr'] as const;
export type DriverName = (typeof driverNames)[number];

export const drivers: Readonly<Record<DriverName, SwitchDriver>> = { frr };
