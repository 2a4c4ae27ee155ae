// What to do, from the catalogue: one entry for each cause among the findings, in their order; of a check where a finding has
// no cause.
import { causeTexts } from '../../model/catalogue/causes.ts';
import { checkTexts } from '../../model/catalogue/checks.ts';
import type { CauseId } from '../../model/cause.ts';
import type { Advice } from '../../model/explanation.ts';
import type { Finding } from '../../model/finding.ts';

/** Advice on these findings, and on causes that stand in no finding. */
export function adviceOn(findings: readonly Finding[], more: readonly CauseId[] = []): readonly Advice[] {
  const advice = new Map<string, Advice>();
  const add = (cause: CauseId) => {
    const { title, meaning, users, calico, network } = causeTexts[cause];
    if (!advice.has(cause)) advice.set(cause, { cause, title, meaning, users, calico, network });
  };
  for (const { cause, check } of findings) {
    if (cause) {
      add(cause);
      continue;
    }
    const { title, meaning, users, advice: calico } = checkTexts[check];
    if (!advice.has(check)) advice.set(check, { title, meaning, users, calico, network: '' });
  }
  for (const cause of more) add(cause);
  return [...advice.values()];
}
