// The table of captures in the documentation is what the drivers make of them today, nothing is refused without a reason that
// a person wrote or the text itself gives, and none of the results written beside captures differs without one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { because } from '../../because.ts';
import { pageOf, sweep } from './capture-sweep.ts';

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const page = path.resolve(import.meta.dirname, '../../../docs/drivers/captures.md');
const present = existsSync(path.join(root, 'index.json'));
if (!present) console.log('capture-sweep: skipped, the shared fixtures are not here');

describe.skipIf(!present)(because(!present, 'all captures', 'needs the public captures in ../shared'), () => {
  const swept = present ? sweep(root) : [];

  it('are read, but for few', () => {
    expect(swept.length).toBeGreaterThan(1000);
    const unread = swept.filter(({ outcome }) => outcome === 'refused' || outcome === 'different');
    expect(unread.length / swept.length).toBeLessThan(0.05);
    const unexplained = unread.filter(
      ({ outcome, reason }) =>
        /^not an answer this driver knows/.test(reason) ||
        (outcome === 'different' && / is (?:missing|too much)$|next hop|: (?:AS|up)/.test(reason)),
    );
    expect(unexplained).toEqual([]);
  });

  it('stand in the documentation as they are read today', () => {
    const text = pageOf(swept);
    if (process.env.GOLDEN === 'write') writeFileSync(page, text);
    expect(readFileSync(page, 'utf8')).toBe(text);
  });
});
