// The states of RFC 4271 section 8.2.2 as switches of every vendor here print them.

/** By the names of the model. */
export const stateNames = {
  idle: 'Idle',
  connect: 'Connect',
  active: 'Active',
  opensent: 'OpenSent',
  openconfirm: 'OpenConfirm',
  established: 'Established',
} as const;
