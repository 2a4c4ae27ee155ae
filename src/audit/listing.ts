// Findings of one check of which only so many are listed for each device. An outage has hundreds of thousands, and each cause
// costs a search: those beyond are counted, and never made.
import type { Draft } from './check.ts';

/** Most findings of one check on one device that are listed; the counts beside them stay exact. */
export const mostPerDevice = 1000;

/** The subject of the entry that says how many are not listed. */
export const moreSubject = '(more)';

export class Listing {
  readonly #drafts: Draft[] = [];
  readonly #counts = new Map<string, number>();
  readonly #listed = new Map<string, number>();

  /** Lists what `make` gives, unless the device has enough. */
  add(device: string, make: () => Draft): void {
    const listed = this.listed(device);
    this.leave(device, 1);
    if (listed >= mostPerDevice) return;
    this.#listed.set(device, listed + 1);
    this.#drafts.push(make());
  }

  /** Counts so many more without listing them. */
  leave(device: string, number: number): void {
    if (number > 0) this.#counts.set(device, (this.#counts.get(device) ?? 0) + number);
  }

  /** How many are listed of a device. */
  listed(device: string): number {
    return this.#listed.get(device) ?? 0;
  }

  /** How many of a device are counted and not listed. */
  left(device: string): number {
    return (this.#counts.get(device) ?? 0) - this.listed(device);
  }

  /** How many there are of each device, listed or not. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What is listed, and for each device of which there is more one entry that says so. */
  bounded(): readonly Draft[] {
    const more: Draft[] = [];
    for (const device of this.#counts.keys()) {
      const left = this.left(device);
      if (left === 0) continue;
      more.push({
        severity: 'warning',
        device,
        subject: moreSubject,
        verdict: 'unknown',
        detail: `${left} more findings of this kind on ${device} are counted but not listed`,
      });
    }
    return [...this.#drafts, ...more];
  }
}

/** Counts what is not looked into at a device: it is taken for what most of the others there are. */
export function leaveRest(findings: Listing, pending: Listing, device: string, number: number): void {
  (pending.listed(device) > findings.listed(device) ? pending : findings).leave(device, number);
}

/** A whole list, cut where it is endless. */
export function listingOf(drafts: readonly Draft[] | Listing): Listing {
  if (drafts instanceof Listing) return drafts;
  const listing = new Listing();
  for (const draft of drafts) listing.add(draft.device, () => draft);
  return listing;
}
