// Findings of one check of which only so many are listed for each device. An outage has hundreds of thousands, and each cause
// costs a search: those beyond are counted, and never made.
import type { Draft } from './check.ts';

/** Most findings of one check on one device that are listed; the counts beside them stay exact. */
const mostFindingsPerCheckAndDevice = 1000;

export class Listing {
  readonly #drafts: Draft[] = [];
  readonly #counts = new Map<string, number>();

  /** Lists what `make` gives, unless the device has enough. */
  add(device: string, make: () => Draft): void {
    const count = (this.#counts.get(device) ?? 0) + 1;
    this.#counts.set(device, count);
    if (count <= mostFindingsPerCheckAndDevice) this.#drafts.push(make());
  }

  /** True when no more is listed of the device. */
  isFull(device: string): boolean {
    return (this.#counts.get(device) ?? 0) >= mostFindingsPerCheckAndDevice;
  }

  /** How many there are of each device, listed or not. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What is listed, and for each device of which there is more one entry that says so. */
  bounded(): readonly Draft[] {
    const more: Draft[] = [];
    for (const [device, count] of this.#counts) {
      if (count <= mostFindingsPerCheckAndDevice) continue;
      const left = count - mostFindingsPerCheckAndDevice;
      more.push({
        severity: 'warning',
        device,
        subject: '(more)',
        verdict: 'unknown',
        detail: `${left} more findings of this kind on ${device} are counted but not listed`,
      });
    }
    return [...this.#drafts, ...more];
  }
}

/** A whole list, cut where it is endless. */
export function bounded(drafts: readonly Draft[] | Listing): readonly Draft[] {
  if (drafts instanceof Listing) return drafts.bounded();
  const listing = new Listing();
  for (const draft of drafts) listing.add(draft.device, () => draft);
  return listing.bounded();
}
