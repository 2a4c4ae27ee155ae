// The JUnit report, read by a strict XML parser: what fails, what passes, and that no text breaks out of its attribute.
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { junitReport, xmlText } from '../../src/cli/junit.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { failure } from '../../src/model/reading.ts';
import { at, device, fabric, finding, troubled } from './sample-fabrics.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inside: Element[];
}

/** The root element. Throws on anything that is not well-formed XML 1.0. */
function read(xml: string): Element {
  const parser = new SaxesParser();
  const open: Element[] = [{ name: '', attributes: {}, inside: [] }];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, inside: [] };
    open.at(-1)?.inside.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [root] = open[0]?.inside ?? [];
  if (!root) throw new Error('no element');
  return root;
}

const casesOf = (root: Element, suite: string) =>
  root.inside.find(({ attributes }) => attributes.name === suite)?.inside ?? [];

const resultOf = (root: Element, suite: string, name: string) => {
  const found = casesOf(root, suite).find(({ attributes }) => attributes.name === name);
  return found ? (found.inside[0]?.name ?? 'passed') : 'absent';
};

describe('JUnit', () => {
  it('passes every check of every device where all is well', () => {
    const root = read(junitReport(fabric({})));
    expect(root.name).toBe('testsuites');
    expect(root.attributes).toMatchObject({ failures: '0', errors: '0', skipped: '0' });
    expect(root.inside.map(({ attributes }) => attributes.name)).toEqual([
      'objects',
      'spine01',
      'leaf01',
      'leaf02',
    ]);
    expect(resultOf(root, 'leaf01', 'route-missing')).toBe('passed');
    expect(resultOf(root, 'objects', 'object-invalid')).toBe('passed');
    expect(resultOf(root, 'leaf01', 'object-invalid')).toBe('absent');
    const cases = root.inside.flatMap(({ inside }) => inside);
    expect(root.attributes.tests).toBe(String(cases.length));
  });

  it('says nothing of a check that is not asked of a device', () => {
    const snapshots = [device('node1', 'node'), device('leaf01', 'switch')];
    const unwatched = finding({ check: 'device-unreachable', device: 'node9', subject: 'node9' });
    const root = read(junitReport(fabric({ snapshots, findings: [unwatched] })));
    // Nobody asks it: there is the finding, and nothing that has passed.
    expect(casesOf(root, 'node9').map(({ attributes }) => attributes.name)).toEqual([
      'device-unreachable: node9',
    ]);
    expect(resultOf(root, 'node1', 'route-missing')).toBe('absent');
    expect(resultOf(root, 'node1', 'route-next-hop')).toBe('absent');
    expect(resultOf(root, 'node1', 'route-unannounced')).toBe('passed');
    expect(resultOf(root, 'leaf01', 'route-unannounced')).toBe('absent');
    expect(resultOf(root, 'leaf01', 'route-missing')).toBe('passed');
  });

  it('fails for findings, and skips what is unknown or within its grace time', () => {
    const root = read(junitReport(troubled));
    expect(root.attributes.failures).toBe('3');
    const [failed] = casesOf(root, 'leaf01');
    expect(failed?.attributes).toEqual({ classname: 'leaf01', name: 'route-missing: 10.233.66.0/24' });
    expect(failed?.inside[0]?.attributes).toEqual({
      type: 'critical not-exported',
      message: 'leaf01 has no route to 10.233.66.0/24, a block of node3: node3 does not announce it',
    });
    expect(resultOf(root, 'leaf01', 'route-missing: 10.233.67.0/24')).toBe('skipped');
    expect(resultOf(root, 'leaf02', 'device-unreachable: leaf02')).toBe('failure');
    // It did not answer: nothing about it has passed.
    expect(resultOf(root, 'leaf02', 'route-unexpected')).toBe('skipped');
    expect(resultOf(root, 'leaf02', 'session-down')).toBe('skipped');
    expect(casesOf(root, 'leaf02').every(({ inside }) => inside.length === 1)).toBe(true);
    for (const { attributes, inside } of root.inside) {
      const having = (kind: string) => inside.filter((each) => each.inside[0]?.name === kind).length;
      expect(attributes).toMatchObject({
        tests: String(inside.length),
        failures: String(having('failure')),
        skipped: String(having('skipped')),
      });
    }
  });

  it('passes nothing when the objects could not be read', () => {
    const expected = failure<ExpectedState>(at, 'parse', 'objects.yaml:3: not YAML');
    const root = read(junitReport(fabric({ expected })));
    expect(root.inside.flatMap(({ inside }) => inside).every(({ inside }) => inside.length === 1)).toBe(true);
  });

  it('holds whatever a device or an object says', () => {
    const nasty = `"><failure>]]>&amp;'\u0000\u001b[31m\ud800\uffff\u{1f600}\nend`;
    const root = read(
      junitReport(
        fabric({
          snapshots: [device(nasty, 'switch')],
          findings: [finding({ device: nasty, subject: nasty, detail: nasty })],
        }),
      ),
    );
    const safe = `"><failure>]]>&amp;'??[31m??\u{1f600} end`;
    expect(root.inside.map(({ attributes }) => attributes.name)).toEqual(['objects', safe]);
    expect(casesOf(root, safe)[0]?.inside[0]?.attributes.message).toBe(safe);
  });

  it('keeps text that needs nothing', () => {
    expect(xmlText('leaf01 – node2, größer')).toBe('leaf01 – node2, größer');
  });
});
