// Names and addresses of the simulated agents.
export const agentName = (i: number): string => `node-${String(i).padStart(4, '0')}`;
export const agentAddress = (i: number): string => `127.1.${i >> 7}.${(i & 127) + 1}`;
