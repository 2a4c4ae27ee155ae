// 5,000 agents on loopback every 15 s on one auditor for ten minutes; the agents are in a process of their own. BENCH_MINUTES:
// see fleet/watched.ts.
import { agentAddress, agentName } from './fleet/names.ts';
import { builder, helper, round, told, watched } from './fleet/watched.ts';
import { print } from './measure.ts';

const agents = 5000;

const configure = builder();
const [server, { port }] = await helper<{ readonly port: number }>('fleet/agents.ts', []);
const nodes = Array.from({ length: agents }, (_, i) => ({
  name: agentName(i),
  agent: { url: `http://${agentAddress(i)}:${port}` },
}));
const config = configure({ collection: { interval: '15s', timeout: '5s' }, nodes });
const run = await watched(config, (device) => device.startsWith('node-'));
server.disconnect();
const wanted = (agents * run.spentMs) / 15_000;
print([
  ...told('5,000 agents', run),
  {
    what: '5,000 agents: readings accepted, of those due',
    value: round((100 * run.successes) / wanted),
    unit: '%',
    target: '100 %',
  },
]);
process.exit(0);
