// BGPFilter objects, read and checked. Which field exists since when: versions.ts.
// Source: api/pkg/apis/projectcalico/v3/bgpfilter.go, confd/pkg/resource/template/template_funcs.go.
import type { ApiObject } from '../model/object.ts';
import { maxLength, type Prefix } from '../model/prefix.ts';
import { cidrField } from './bgp-config.ts';
import { birdRefuses, checkHostBits, communityProblem } from './bird-refuses.ts';
import { type Fields, type Report, specOf } from './fields.ts';
import { perObjectReading } from './memo.ts';
import type { Features } from './versions.ts';

type MatchOperator = 'Equal' | 'NotEqual' | 'In' | 'NotIn';

/** One rule: all conditions that are there must hold; a rule without any holds for every route. */
export interface FilterRule {
  readonly action: 'Accept' | 'Reject';
  readonly cidr?: { readonly prefix: Prefix; readonly operator: MatchOperator };
  /** Shortest and longest prefix that In and NotIn speak of. */
  readonly lengths?: readonly [number, number];
  readonly remotePeers?: boolean;
  /** Interface name with `*` for any characters. */
  readonly interface?: string;
  readonly peerType?: 'eBGP' | 'iBGP';
  readonly community?: string;
  readonly asPathPrefix?: readonly number[];
  readonly priority?: number;
  readonly addCommunities: readonly string[];
  readonly prepend: readonly number[];
}

export type Direction = 'import' | 'export';

export interface BgpFilter {
  readonly name: string;
  rules(direction: Direction, family: 4 | 6): readonly FilterRule[];
}

const operators = ['Equal', 'NotEqual', 'In', 'NotIn'] as const;

const communityForm = /^\d{1,10}(:\d{1,10}){1,2}$/;

function community(fields: Fields, key: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const hasForm = communityForm.test(text);
  const problem = hasForm
    ? communityProblem(text)
    : `"${text.slice(0, 60)}" is no community such as 65000:100`;
  if (problem !== undefined) fields.problem('error', key, problem);
  return hasForm ? text : undefined;
}

// One unusable condition would make a rule hold for more than was meant, so the whole rule is left out.
class RuleReader {
  readonly #fields: Fields;
  readonly #family: 4 | 6;
  broken = false;

  constructor(fields: Fields, family: 4 | 6) {
    this.#fields = fields;
    this.#family = family;
  }

  need<T>(key: string, value: T | undefined): T | undefined {
    if (value === undefined && this.#fields.has(key)) this.broken = true;
    return value;
  }

  cidr(): FilterRule['cidr'] {
    const fields = this.#fields;
    const prefix = this.need('cidr', cidrField(fields, 'cidr'));
    const operator = this.need('matchOperator', fields.oneOf('matchOperator', operators));
    if (prefix === undefined && operator === undefined) return undefined;
    if (prefix === undefined || operator === undefined) {
      if (!this.broken) fields.problem('error', undefined, 'needs cidr and matchOperator together');
      this.broken = true;
      return undefined;
    }
    if (prefix.family !== this.#family) {
      fields.problem('error', 'cidr', `is not IPv${this.#family}; the rule is left out`);
      this.broken = true;
    }
    checkHostBits(fields, 'cidr');
    return { prefix, operator };
  }

  lengths(prefix: Prefix | undefined): FilterRule['lengths'] {
    if (!this.#fields.has('prefixLength')) return undefined;
    if (!prefix) {
      if (!this.broken) this.#fields.problem('error', 'prefixLength', 'has no effect without cidr');
      return undefined;
    }
    const [bounds, most] = [this.#fields.child('prefixLength'), maxLength(this.#family)];
    const [least, longest] = [bounds.integer('min', 0, most), bounds.integer('max', 0, most)];
    if ((least === undefined && bounds.has('min')) || (longest === undefined && bounds.has('max')))
      this.broken = true;
    const [from, to] = [Math.max(least ?? 0, prefix.length), longest ?? most];
    if (from > to) {
      const message = `leaves no length between /${from} and /${to}: ${birdRefuses}`;
      this.#fields.problem('error', 'prefixLength', message);
    }
    return [from, to];
  }

  operations(): Pick<FilterRule, 'addCommunities' | 'prepend'> {
    const items = this.#fields.children('operations');
    return {
      addCommunities: items.flatMap((item) => {
        const operation = item.child('addCommunity');
        return community(operation, 'value', operation.text('value')) ?? [];
      }),
      prepend: items.flatMap((item) => item.child('prependASPath').asns('prefix') ?? []),
    };
  }
}

function readRule(fields: Fields, family: 4 | 6, features: Features): FilterRule | undefined {
  const reader = new RuleReader(fields, family);
  const action = fields.oneOf('action', ['Accept', 'Reject']);
  if (!action) {
    if (!fields.has('action')) fields.problem('error', 'action', 'is missing; the rule is left out');
    return undefined;
  }
  const cidr = reader.cidr();
  const lengths = features.filterPrefixLength ? reader.lengths(cidr?.prefix) : undefined;
  const rule: FilterRule = {
    action,
    ...(cidr && { cidr }),
    ...(lengths && { lengths }),
    ...(features.filterSource ? sourceConditions(fields, reader) : {}),
    ...(features.filterOperations ? laterConditions(fields, reader) : {}),
    ...(features.filterOperations ? reader.operations() : { addCommunities: [], prepend: [] }),
  };
  return reader.broken ? undefined : rule;
}

function sourceConditions(fields: Fields, reader: RuleReader): Pick<FilterRule, 'remotePeers' | 'interface'> {
  const source = reader.need('source', fields.oneOf('source', ['RemotePeers']));
  const name = reader.need('interface', fields.text('interface'));
  return { ...(source && { remotePeers: true }), ...(name !== undefined && { interface: name }) };
}

function laterConditions(
  fields: Fields,
  reader: RuleReader,
): Pick<FilterRule, 'peerType' | 'community' | 'asPathPrefix' | 'priority'> {
  const peerType = reader.need('peerType', fields.oneOf<'eBGP' | 'iBGP'>('peerType', ['eBGP', 'iBGP']));
  const [first] = fields.child('communities').texts('values');
  if (first === undefined && fields.has('communities'))
    fields.problem('error', 'communities.values', 'is empty; the rule is left out');
  const wanted = reader.need('communities', community(fields, 'communities.values[0]', first));
  const path = reader.need('asPathPrefix', fields.asns('asPathPrefix')) ?? [];
  const priority = reader.need('priority', fields.integer('priority', 0, 2147483647));
  return {
    ...(peerType && { peerType }),
    ...(wanted !== undefined && { community: wanted }),
    ...(path.length > 0 && { asPathPrefix: path }),
    ...(priority !== undefined && { priority }),
  };
}

const readFilter = perObjectReading((object: ApiObject, features: Features, report: Report): BgpFilter => {
  const spec = specOf(object, report);
  const read = (key: string, family: 4 | 6) =>
    spec.children(key).flatMap((fields) => readRule(fields, family, features) ?? []);
  const rules = {
    import: { 4: read('importV4', 4), 6: read('importV6', 6) },
    export: { 4: read('exportV4', 4), 6: read('exportV6', 6) },
  };
  return { name: object.metadata.name, rules: (direction, family) => rules[direction][family] };
});

/** All BGPFilters by name; none before v3.26. */
export function filtersOf(
  objects: readonly ApiObject[],
  features: Features,
  report: Report,
): ReadonlyMap<string, BgpFilter> {
  if (!features.filters) return new Map();
  return new Map(
    objects.map((object) => [object.metadata.name, readFilter(object, features, report)] as const),
  );
}
