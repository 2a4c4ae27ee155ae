// Which representation a client gets: metrics in text or OpenMetrics by `Accept`, plain or compressed by
// `Accept-Encoding`. RFC 9110 sections 12.4.2, 12.5.1, 12.5.3; Prometheus "Content negotiation".

import type { MetricFormat } from '../metrics/exposition.ts';

interface Choice {
  /** In lower case, without parameters. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Reads a header of weighted choices; what cannot be read is left out, as is everything behind the 50th choice. */
function parseChoices(header: string): Choice[] {
  return header
    .split(',', 50)
    .map((part) => {
      const [value = '', ...rest] = part.split(';').map((text) => text.trim().toLowerCase());
      const parameters = new Map(
        rest.map((text) => {
          const [name = '', setting = ''] = text.split('=', 2);
          return [name.trim(), setting.trim().replace(/^"(.*)"$/, '$1')] as const;
        }),
      );
      const weight = parameters.get('q') ?? '1';
      const quality = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
      return { value, parameters, quality };
    })
    .filter(({ value }) => value !== '');
}

// A range that is exact beats `type/*`, which beats `*/*`; among equals the larger weight counts.
function qualityOf(choices: readonly Choice[], type: string, versions: readonly string[]): number {
  const [major = ''] = type.split('/');
  const fitting = choices.flatMap(({ value, parameters, quality }) => {
    if (value === type) {
      const version = parameters.get('version');
      return version === undefined || versions.includes(version) ? [{ rank: 2, quality }] : [];
    }
    if (value === `${major}/*`) return [{ rank: 1, quality }];
    return value === '*/*' ? [{ rank: 0, quality }] : [];
  });
  fitting.sort((x, y) => y.rank - x.rank || y.quality - x.quality);
  return fitting[0]?.quality ?? 0;
}

/** OpenMetrics only when asked for by name and not less wanted than text; text whenever in doubt, as Prometheus does. */
export function chooseFormat(accept: string | undefined): MetricFormat {
  const choices = parseChoices(accept ?? '');
  const named = choices.filter(({ value }) => value === 'application/openmetrics-text');
  const openmetrics = qualityOf(named, 'application/openmetrics-text', ['1.0.0']);
  const text = qualityOf(choices, 'text/plain', ['0.0.4']);
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}

/** True when the client takes gzip and does not prefer the plain form. */
export function wantsGzip(acceptEncoding: string | undefined): boolean {
  const choices = parseChoices(acceptEncoding ?? '');
  const weight = (name: string) => choices.find(({ value }) => value === name)?.quality;
  const gzip = weight('gzip') ?? weight('x-gzip') ?? weight('*') ?? 0;
  return gzip > 0 && gzip >= (weight('identity') ?? 0);
}
