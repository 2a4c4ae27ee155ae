// The page as text: what it says first, that it says it for every state of the fabric, and that nothing on it is cut
// silently or taken as markup.
import { describe, expect, it } from 'vitest';
import { causeTexts } from '../../src/model/catalogue/causes.ts';
import type { CauseId } from '../../src/model/cause.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { DeviceAudit, RouteVerdict } from '../../src/model/finding.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, success } from '../../src/model/reading.ts';
import { html } from '../../src/web/html.ts';
import { matrixRequest } from '../../src/web/matrix-choice.ts';
import { renderPage } from '../../src/web/page.ts';
import { headline } from '../../src/web/page-headline.ts';
import { duration } from '../../src/web/page-parts.ts';
import { sampleFabric, sampleNow, sampleOptions } from '../metrics/sample-fabric.ts';

const page = (fabric: Fabric | undefined) =>
  renderPage({ fabric, now: sampleNow, version: '1.2.3', maxAgeMs: sampleOptions.maxAgeMs });

/** The sample with everything healthy, or with some verdicts of its first switch changed. */
function healthy(words: readonly RouteVerdict['verdict'][] = []): Fabric {
  const { audit, devices } = sampleFabric();
  const leaf = devices.filter(({ device }) => device.name === 'leaf01');
  const old = audit.devices.get('leaf01');
  if (!old) throw new Error('the sample lacks leaf01');
  const fixed: DeviceAudit = {
    ...old,
    routesUnexpected: 0,
    verdicts: [...old.verdicts].map(({ expected }, i) => ({
      expected,
      verdict: words[i] ?? 'present',
      evidence: [],
    })),
  };
  const unknown = words.filter((word) => word === 'unknown').length;
  return sampleFabric({
    devices: leaf,
    audit: {
      ...audit,
      findings: [],
      pending: [],
      unknown: [],
      devices: new Map([['leaf01', fixed]]),
      summary: { ...audit.summary, devices: 1, devicesUnknown: 0, sessionsDown: 0, unknown },
    },
  });
}

describe('the headline', () => {
  it.each<[string, Fabric | undefined, string, string]>([
    ['before the first audit', undefined, 'unknown', 'Not known yet'],
    ['routes are missing', sampleFabric(), 'bad', '2 routes missing on leaf01, leaf02'],
    ['only a default route is left', healthy(['default-only']), 'bad', '1 route missing on leaf01'],
    ['all is well', healthy(), 'good', 'Every route is where it should be'],
    ['a part is unknown', healthy(['unknown']), 'unknown', 'Not everything could be looked at'],
    [
      'objects were never read',
      { ...healthy(), expected: failure(sampleNow, 'refused', 'connection refused') },
      'unknown',
      'What should be is not known',
    ],
  ])('%s', (_, fabric, tone, title) => {
    expect(headline(fabric)).toMatchObject({ tone, title });
    expect(page(fabric)).toContain(`<title>${title} – Calico BGP</title>`);
  });

  it('is never green while a device cannot be read, even if nothing is expected of it', () => {
    const fabric = healthy();
    const [leaf] = fabric.devices;
    if (!leaf) throw new Error('the sample lacks leaf01');
    const silent = { ...leaf, sessions: failure<never>(sampleNow, 'timeout', 'no answer') };
    expect(headline({ ...fabric, devices: [silent] })).toMatchObject({
      tone: 'unknown',
      text: 'leaf01 could not be read.',
    });
  });

  it.each<[string, readonly RouteVerdict['verdict'][], string]>([
    ['one route', ['missing'], 'This switch does not know the way to this prefix.'],
    ['two routes', ['missing', 'default-only'], 'This switch does not know the way to these prefixes.'],
  ])('speaks of %s on one switch in the singular where it is one', (_, words, text) => {
    expect(headline(healthy([...words])).text).toBe(text);
    expect(headline(sampleFabric()).text).toContain('These switches do not know the way to these prefixes.');
  });

  it('is not green when nothing was looked for', () => {
    const fabric = healthy();
    const audit = { ...fabric.audit, devices: new Map() };
    expect(headline({ ...fabric, audit })).toMatchObject({
      tone: 'unknown',
      title: 'No route is expected on any switch',
    });
    expect(headline({ ...fabric, audit, devices: [] })).toMatchObject({
      tone: 'unknown',
      title: 'No switch is read',
    });
  });

  it('is read out without the age, which changes all the time', () => {
    const [, status = ''] = page(sampleFabric()).split('<div role="status">');
    expect(status.split('</div>')[0]).toMatch(/^<h2>2 routes missing.*<\/p>$/s);
    expect(status.split('</div>')[0]).not.toContain('Audited');
  });

  it('turns yellow for findings that are not critical', () => {
    const fabric = healthy();
    const findings = sampleFabric().audit.findings.filter(({ severity }) => severity === 'warning');
    expect(headline({ ...fabric, audit: { ...fabric.audit, findings } })).toMatchObject({
      tone: 'warn',
      title: '1 finding',
    });
  });
});

describe('the page', () => {
  it('has the sentence of every finding, worst first, escaped', () => {
    const text = page(sampleFabric());
    const at = (words: string) => text.indexOf(words);
    expect(at('is missing on leaf01: node3 has the route')).toBeGreaterThan(0);
    expect(at('last error &lt;Hold Timer Expired&gt;')).toBeGreaterThan(at('is missing on leaf01'));
    expect(at('spine01 cannot be read: no answer')).toBeGreaterThan(at('no node owns it'));
    expect(text).not.toContain('<Hold');
  });

  it('puts rows with something wrong first and gives each cell its verdict', () => {
    const matrix = page(sampleFabric()).split('class="matrix"')[1]?.split('</table>')[0] ?? '';
    const rows = matrix
      .split('<tr>')
      .slice(2)
      .map((row) =>
        row
          .replace(/<[^>]+>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      );
    expect(rows).toEqual([
      '10.233.66.0/24 node3 block ? unknown ✗ missing ✗ default-only',
      '10.233.65.0/24 node2 block ? unknown ✓ present ✗ missing',
      '10.233.67.0/24 node4 block ? unknown ✓ present ! stale',
      '10.233.69.0/24 node6 block ? unknown ✓ present ! covered',
      '10.233.0.0/18 6 nodes service-cluster ? unknown ✓ present ✓ present',
      '10.233.64.0/24 node1 block ? unknown ✓ present ✓ present',
      '10.233.68.0/24 node5 block ? unknown ✓ present ✓ present',
    ]);
  });

  it('shows old sessions only as what they were', () => {
    const spine = page(sampleFabric()).split('id="device-spine01"')[1]?.split('</details>')[0] ?? '';
    expect(spine).toContain('too old to judge');
    expect(spine.match(/was established/g)).toHaveLength(2);
    expect(spine).not.toContain('badge good');
  });

  it('says how much of a long list it leaves out', () => {
    const fabric = healthy();
    const leaf = fabric.audit.devices.get('leaf01');
    const [like] = leaf?.verdicts ?? [];
    if (!leaf || !like) throw new Error('the sample lacks leaf01');
    const verdicts = Array.from({ length: 150 }, (_, i) => ({
      ...like,
      expected: { ...like.expected, prefix: parsePrefix(`10.0.${i}.0/24`) },
      verdict: i === 149 ? ('missing' as const) : ('present' as const),
    }));
    const text = page({
      ...fabric,
      audit: { ...fabric.audit, devices: new Map([['leaf01', { ...leaf, verdicts }]]) },
    });
    expect(text).toContain('Prefixes 1 to 100 of 150, the faulty ones first.');
    expect(text).toContain('10.0.149.0/24');
  });

  it('names objects that cannot be read now although old ones are in use', () => {
    const { expected } = sampleFabric();
    if (!expected.ok) throw new Error('the sample has objects');
    const last = { at: expected.at, value: expected.value };
    const failed = { ...failure<typeof expected.value>(sampleNow, 'timeout', 'no answer'), last };
    expect(page(sampleFabric({ expected: failed }))).toContain('objects cannot be read now');
    expect(page(sampleFabric({ expected: success(sampleNow, last.value) }))).not.toContain(
      'cannot be read now',
    );
  });
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [-5000, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
    [259_200_000, '3 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('the matrix', () => {
  const rows = (text: string) =>
    [...text.matchAll(/<th scope="row"><span[^>]*><a href="\/explain\?target=([^"]*)"/g)].length;
  const chosen = (search: string) =>
    renderPage({
      fabric: sampleFabric(),
      now: sampleNow,
      version: '1',
      maxAgeMs: sampleOptions.maxAgeMs,
      matrix: matrixRequest(search),
    });
  const all = rows(chosen(''));

  it('shows what is asked for', () => {
    expect(all).toBeGreaterThan(2);
    const faulty = rows(chosen('?only=faulty'));
    expect(faulty).toBeGreaterThan(0);
    expect(faulty).toBeLessThan(all);
    expect(rows(chosen('?node=node1&kind=&prefix='))).toBeLessThan(all);
    expect(rows(chosen('?prefix=10.233.64.7'))).toBe(1);
    expect(chosen('?device=leaf01')).toContain('<th scope="col">leaf01</th>');
    expect(chosen('?device=leaf01')).not.toContain('<th scope="col">leaf02</th>');
    expect(chosen('?node=nobody')).toContain('No expected prefix is like this.');
  });

  it('counts a line as faulty by the switch that is asked for', () => {
    const faultyAt = (device: string) =>
      [...(sampleFabric().audit.devices.get(device)?.verdicts ?? [])].filter(
        ({ verdict }) => verdict !== 'present' && verdict !== 'unknown',
      ).length;
    expect(faultyAt('leaf01')).not.toBe(faultyAt('spine01'));
    for (const device of ['leaf01', 'spine01'])
      expect(rows(chosen(`?only=faulty&device=${device}`)), device).toBe(faultyAt(device));
  });

  it.each([
    ['?only=bad', 'only must be one of faulty, not &quot;bad&quot;'],
    ['?kind=pods', 'kind must be one of block, '],
    ['?prefix=10.0.0.0/99', '10.0.0.0/99'],
    ['?nodes=1', 'unknown parameter &quot;nodes&quot;'],
    ['?node=a&node=b', 'node may be given once'],
    ['?offset=-1', 'offset must be one whole number'],
    ['?limit=7', 'unknown parameter &quot;limit&quot;'],
  ])('%s is refused in words, with no rows', (search, message) => {
    const text = chosen(search);
    expect(/<p class="failed" role="alert">([^<]*)</.exec(text)?.[1]).toContain(message);
    expect(rows(text)).toBe(0);
  });

  /** The sample's first lines on many switches: all unknown but those that `wrong` tells. */
  function wide(switches: number, wrong: (device: number, line: number) => RouteVerdict['verdict']): Fabric {
    const { audit, ...rest } = sampleFabric();
    const [old] = audit.devices.values();
    if (!old) throw new Error('the sample has no device');
    const like = [...old.verdicts].slice(0, 3);
    const devices = Array.from({ length: switches }, (_, device): [string, DeviceAudit] => {
      const verdicts = like.map(({ expected }, line) => ({
        expected,
        verdict: wrong(device, line),
        evidence: [],
      }));
      return [`leaf${device}`, { ...old, device: `leaf${device}`, verdicts }];
    });
    return { ...rest, audit: { ...audit, devices: new Map(devices) } };
  }
  const shown = (fabric: Fabric, search: string) =>
    renderPage({
      fabric,
      now: sampleNow,
      version: '1',
      maxAgeMs: () => 90_000,
      matrix: matrixRequest(search),
    });

  it('takes no number of switches that could not be looked at for a fault', () => {
    const fabric = wide(120, () => 'unknown');
    expect(shown(fabric, '?only=faulty')).toContain('No expected prefix is like this.');
    expect(rows(shown(fabric, ''))).toBe(3);
  });

  it('has a line with one missing route before one with many covered ones', () => {
    const text = shown(
      wide(30, (device, line) => (line === 2 ? (device === 29 ? 'missing' : 'present') : 'covered')),
      '',
    );
    const [first = ''] = text.split('class="matrix"')[1]?.split('<tbody>')[1]?.split('</tr>') ?? [];
    expect(first).toContain('missing');
  });

  it('tells of faults on switches that have no column', () => {
    const text = shown(
      wide(50, (device, line) =>
        device % 10 === line ? 'missing' : device === 49 ? 'default-only' : device < 3 ? 'stale' : 'present',
      ),
      '',
    );
    expect(text).toContain('24 of 50 switches shown.');
    expect(text).toContain('leaf0, leaf10, leaf20 and 5 more</span>');
    // Where it is missing stands before where it is stale.
    expect(text).toContain('leaf1, leaf11, leaf21 and 5 more</span>');
    expect(
      shown(
        wide(24, () => 'missing'),
        '',
      ),
    ).not.toContain('Faulty on');
  });

  it('says that the list ends before the part that is asked for', () => {
    const text = chosen('?offset=700');
    expect(text).toContain(`The list ends before this; it has ${all} prefixes.`);
    expect(text).not.toContain('No expected prefix is like this.');
  });

  it('keeps what was typed, whatever it is', () => {
    expect(chosen('?prefix=%22%3E%3Cb%3E')).toContain('value="&quot;&gt;&lt;b&gt;"');
  });
});

describe('the drawing of the fabric', () => {
  it('puts spine above leaf above racks, and names what is wrong', () => {
    const text = page(sampleFabric());
    const at = (what: string) => text.indexOf(what, text.indexOf('id="fabric"'));
    expect(at('<h3>Leaf')).toBeGreaterThan(0);
    expect(at('Nodes behind leaf01')).toBeGreaterThan(at('<h3>Leaf'));
  });

  it('says of what it does not draw how much is faulty and how much is unknown', () => {
    const base = sampleFabric();
    const [like] = base.devices;
    if (!like) throw new Error('the sample has no device');
    const devices = Array.from({ length: 60 }, (_, i) => {
      const device = { name: `spare${i}`, role: 'node' as const, address: '', addresses: [] };
      const silent = failure<never>(sampleNow, 'timeout', 'no answer');
      return { ...like, device, sessions: silent, routes: silent };
    });
    const audit = {
      ...base.audit,
      findings: devices.map(({ device }) => ({
        check: 'device-unreachable' as const,
        severity: 'warning' as const,
        device: device.name,
        subject: device.name,
        verdict: 'unknown' as const,
        detail: `${device.name} cannot be read`,
        since: sampleNow,
      })),
    };
    const text = page({ ...base, devices, audit });
    expect(text).toContain('44 nodes more not drawn, none of them faulty, 44 unknown.');
  });

  it('does not call a device without sessions well', () => {
    const base = sampleFabric();
    const [like] = base.devices;
    if (!like) throw new Error('the sample has no device');
    const text = page({ ...base, devices: [{ ...like, sessions: success(sampleNow, []) }] });
    expect(text).toContain('no sessions');
    expect(text).not.toContain('0 up');
  });
});

it('says each cause in the words of the catalogue', () => {
  const fabric = sampleFabric();
  const [finding] = fabric.audit.findings;
  if (!finding) throw new Error('the sample has no finding');
  for (const [id, { title, meaning }] of Object.entries(causeTexts)) {
    const findings = [{ ...finding, cause: id as CauseId }];
    const shown = page({ ...fabric, audit: { ...fabric.audit, findings } });
    expect(shown).toContain(html`title="${meaning}">${title}</span> <span class="meta">${id}</span>`.html);
  }
});
