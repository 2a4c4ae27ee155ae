// Loaded into the exporter of a soak before its own code: writes a line of JSON to the file named by SOAK_FILE every ten
// seconds, with what the process holds, and one for each promise whose rejection nobody handled. With this handler such a
// rejection does not end the process, as it would a user's: the soak counts it as a flaw.
import { appendFileSync, readdirSync } from 'node:fs';

const file = process.env.SOAK_FILE ?? '/dev/null';
const everyMs = 10_000;

// Not Date.now: the campaign sets the exporter's clock wrong.
const now = () => Math.round(performance.timeOrigin + performance.now());
const write = (line) => appendFileSync(file, `${JSON.stringify({ at: now(), pid: process.pid, ...line })}\n`);

function sample() {
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  write({ rss, heap: heapUsed, external, descriptors: readdirSync('/proc/self/fd').length, resources });
}

process.on('unhandledRejection', (reason) => write({ rejection: String(reason?.stack ?? reason) }));
setInterval(sample, everyMs).unref();
sample();
