// Values that calico-node renders as they stand and BIRD 1.6 does not take: it then refuses the whole configuration and goes
// on with the old one, sessions that are gone included. Each was tried with `bird -p`.
// Source: bird:conf/confbase.Y, filter/config.Y; confd/pkg/resource/template/resource.go (check before reload).
import { parseAddress } from '../model/address.ts';
import { formatPrefix, tryParsePrefix } from '../model/prefix.ts';
import type { Fields } from './fields.ts';

export const birdRefuses = 'BIRD refuses the whole configuration and stays on the old one';

/** Reports a CIDR with bits behind its length, which is no prefix to BIRD. */
export function checkHostBits(fields: Fields, key: string): void {
  const text = fields.text(key);
  const prefix = text === undefined ? undefined : tryParsePrefix(text);
  const slash = text?.lastIndexOf('/') ?? -1;
  const address = text === undefined ? undefined : parseAddress(text.slice(0, slash));
  if (!prefix || !address) return;
  if ((['a', 'b', 'c', 'd'] as const).every((word) => address[word] === prefix[word])) return;
  fields.problem(
    'error',
    key,
    `"${text}" has bits behind its length (${formatPrefix(prefix)}): ${birdRefuses}`,
  );
}

const forms = [
  { pattern: /^\d{1,10}:\d{1,10}$/, most: 65_535 },
  { pattern: /^\d{1,10}:\d{1,10}:\d{1,10}$/, most: 4_294_967_295 },
];

/** What is wrong with a community that has the right form; undefined when nothing is. */
export function communityProblem(text: string): string | undefined {
  const form = forms.find(({ pattern }) => pattern.test(text));
  if (!form || text.split(':').every((part) => Number(part) <= form.most)) return undefined;
  return `"${text}" has a part above ${form.most}: ${birdRefuses}`;
}

/** Reports a cluster id that BIRD cannot read, once it is rendered for a client. */
export function checkClusterId(fields: Fields, key: string): void {
  const text = fields.text(key);
  if (text === undefined || parseAddress(text)?.family === 4) return;
  fields.problem(
    'error',
    key,
    `"${text.slice(0, 60)}" is not an IPv4 address: with a client of it ${birdRefuses}`,
  );
}
