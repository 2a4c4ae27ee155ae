// Loaded into the exporter before its own code: its wall clock goes wrong by as many milliseconds as the file named by
// CAMPAIGN_CLOCK says, as after a step by hand or by NTP. Timers run on the monotonic clock and go on as they do then.
import { readFileSync } from 'node:fs';

const file = process.env.CAMPAIGN_CLOCK ?? '';
const real = Date.now;
let offset = 0;
let read = 0;

function step() {
  const now = real();
  if (now - read > 100) {
    read = now;
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      offset = 0;
    }
  }
  return now + offset;
}

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(step());
    else super(...args);
  }
  static now() {
    return step();
  }
};
