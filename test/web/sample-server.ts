// The server on loopback with the sample fabric, or another one; parts of its options may be others.
import { createRenderer } from '../../src/metrics/renderer.ts';
import { createSelfMetrics } from '../../src/metrics/self.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/web/server.ts';
import { sampleExplain, sampleNow, sampleOptions } from '../metrics/sample-fabric.ts';

export function sampleServer(
  fabric: () => Fabric | undefined,
  more: Partial<ServerOptions> = {},
): Promise<RunningServer> {
  return startServer({
    listen: { host: '127.0.0.1', port: 0 },
    fabric,
    renderer: createRenderer({ metrics: sampleOptions }),
    self: createSelfMetrics({ version: '1.2.3', revision: 'abc' }, 'nothing'),
    maxAgeMs: sampleOptions.maxAgeMs,
    explain: sampleExplain,
    version: '1.2.3',
    now: () => sampleNow,
    ...more,
  });
}
