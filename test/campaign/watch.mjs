// Asks the exporter for its findings five times a second, from inside the observer's namespace, and writes a line of JSON
// whenever they change (and every two seconds, as a sign of life): `{at, ok, findings}`.
import { setTimeout as sleep } from 'node:timers/promises';

const [url = 'http://127.0.0.1:10179'] = process.argv.slice(2);
const alongMs = 2000;
let last = '';
let written = 0;

async function look() {
  try {
    const answer = await fetch(`${url}/api/v1/findings?limit=5000`, { signal: AbortSignal.timeout(2000) });
    if (!answer.ok) return { ok: false, findings: [] };
    const { data } = await answer.json();
    return { ok: true, findings: data.items };
  } catch {
    return { ok: false, findings: [] };
  }
}

for (;;) {
  const seen = await look();
  const text = JSON.stringify(seen);
  const at = Date.now();
  if (text !== last || at - written > alongMs) {
    process.stdout.write(`${JSON.stringify({ at, ...seen })}\n`);
    last = text;
    written = at;
  }
  await sleep(200);
}
