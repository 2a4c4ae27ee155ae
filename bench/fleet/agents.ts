// 5,000 agents in one process: each is asked at an address of its own in 127.0.0.0/8, and answers with two sessions and the four
// blocks of its node. Says its port, then at each message how many readings it has sent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readingsPath } from '../../src/collectors/nodes/agent-query.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import { encodeCollected } from '../../src/model/reading-json.ts';
import { RouteTable } from '../../src/model/route-table.ts';
import type { Session } from '../../src/model/session.ts';
import { agentAddress, agentName } from './names.ts';

function answer(i: number): string {
  const now = Date.now();
  const device = agentName(i);
  const sessions = [1, 2].map(
    (side): Session => ({
      device,
      peerAddress: `192.0.2.${side}`,
      peerAsn: 65_001,
      localAsn: 64_512,
      state: 'established',
      afi: 'ipv4',
      vrf: 'default',
      kind: 'node',
      establishedSeconds: 86_400,
      prefixesReceived: 40,
      prefixesAdvertised: 4,
    }),
  );
  const rows = [0, 64, 128, 192].map((last) => ({
    prefix: parsePrefix(`10.${i >> 8}.${i & 255}.${last}/26`),
    nextHops: [],
    protocol: 'static' as const,
    best: true,
    vrf: 'default',
  }));
  const view = {
    layer: 'local' as const,
    vrf: 'default',
    table: RouteTable.of(rows),
    scopes: [],
    allNextHops: true,
  };
  return JSON.stringify(
    encodeCollected(device, { sessions: success(now, sessions), routes: success(now, [view]) }, now),
  );
}

const numbers = new Map(Array.from({ length: 5000 }, (_, i) => [agentAddress(i), i]));
let sent = 0;
const server = createServer((request, response) => {
  const i = numbers.get(request.socket.localAddress ?? '');
  request.resume();
  request.on('end', () => {
    if (request.url !== readingsPath || i === undefined) {
      response.writeHead(404).end();
      return;
    }
    sent++;
    response.setHeader('content-type', 'application/json');
    response.end(answer(i));
  });
});
server.listen(0, '0.0.0.0', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => process.send?.({ sent }));
process.on('disconnect', () => process.exit(0));
