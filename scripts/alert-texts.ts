// What the alerts say of what users notice, from the catalogue of checks and causes (src/model/catalogue): the sentence that begins with
// "Users notice:" of each alert that stands for a check or for causes. `npm run docs` writes it into alerts/calico-bgp.rules.yml.
import { causeTexts } from '../src/model/catalogue/causes.ts';
import { checkTexts } from '../src/model/catalogue/checks.ts';
import type { CauseId } from '../src/model/cause.ts';
import type { CheckId } from '../src/model/finding.ts';

type Source = { readonly check: CheckId } | { readonly causes: readonly [CauseId, ...CauseId[]] };

/** Alerts that stand for a check, or for one of a few causes, which their label `cause` then names. */
export const alertSources: Readonly<Record<string, Source>> = {
  CalicoBGPWrongNextHop: { causes: ['wrong-next-hop', 'next-hop-unreachable'] },
  CalicoBGPThinECMP: { causes: ['thin-ecmp'] },
  CalicoBGPRogueAnnouncer: { causes: ['rogue-announcer', 'duplicate-affinity'] },
  CalicoBGPEndsDisagree: { causes: ['ends-disagree'] },
  CalicoBGPPodRouteMissing: { check: 'route-missing' },
  CalicoBGPServiceRouteMissing: { check: 'route-missing' },
  CalicoBGPRouteStale: { causes: ['graceful-restart'] },
  CalicoBGPRouteCoveredOnly: { causes: ['covered-only'] },
  CalicoBGPUnexpectedRoute: { check: 'route-unexpected' },
  CalicoBGPNextHopUnusable: { causes: ['next-hop-unreachable'] },
  CalicoBGPSessionDown: { check: 'session-down' },
  CalicoBGPSessionMissing: { check: 'session-missing' },
  CalicoBGPPrefixLimitHit: { causes: ['prefix-limit'] },
  CalicoBGPDeviceUnreachable: { check: 'device-unreachable' },
  CalicoBGPObjectProblem: { check: 'object-invalid' },
};

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The sentence, as a template of Prometheus where the label `cause` decides. */
export function usersNotice(source: Source): string {
  if ('check' in source) return `Users notice: ${lower(checkTexts[source.check].users)}`;
  const [first, ...others] = source.causes;
  const otherwise = lower(causeTexts[first].users);
  if (others.length === 0) return `Users notice: ${otherwise}`;
  const cases = others.map((cause, i) => {
    return `{{ ${i > 0 ? 'else ' : ''}if eq $labels.cause "${cause}" }}${lower(causeTexts[cause].users)}`;
  });
  return `Users notice: ${cases.join('')}{{ else }}${otherwise}{{ end }}`;
}

const indent = ' '.repeat(12);
// From its line on up to the next instruction, the next step, or the end of the description.
const sentence = / {12}Users notice[\s\S]*?(?=\n {12}(?:Next:|\{\{-)|\n {10}\w)/;

/** The rules with each sentence as the catalogue has it. Throws for an alert that has no line for it. */
export function withCatalogue(rules: string): string {
  const [head = '', ...blocks] = rules.split(/(?=^ {6}- alert: )/m);
  const done = blocks.map((block) => {
    const name = /alert: (\w+)/.exec(block)?.[1] ?? '';
    const source = alertSources[name];
    if (!source) return block;
    if (!sentence.test(block)) throw new Error(`${name} has no line "Users notice: …" in its description`);
    // A function: "$labels" is no reference to a match.
    return block.replace(sentence, () => indent + usersNotice(source));
  });
  return [head, ...done].join('');
}
