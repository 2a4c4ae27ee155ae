// Explaining over HTTP: the JSON is what the command prints, the page says the same to people, and what cannot be explained
// gets a status and a sentence.
import { afterEach, describe, expect, it } from 'vitest';
import { explanationJson } from '../../src/model/explanation-json.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { RunningServer } from '../../src/web/server.ts';
import { sampleExplain, sampleFabric } from '../metrics/sample-fabric.ts';
import { sampleServer } from './sample-server.ts';

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function ask(path: string, fabric: Fabric | 'none' = sampleFabric()) {
  server = await sampleServer(() => (fabric === 'none' ? undefined : fabric));
  const response = await fetch(server.url + path);
  return { status: response.status, text: await response.text() };
}

const missing = sampleFabric().audit.findings.find(({ check }) => check === 'route-missing');
const prefix = missing?.prefix ?? '';

describe('/api/v1/explain', () => {
  it('says what the command says', async () => {
    const { status, text } = await ask(`/api/v1/explain?target=${encodeURIComponent(prefix)}`);
    const explained = sampleExplain(sampleFabric(), prefix);
    if (!explained.ok) throw new Error(explained.message);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      status: 'success',
      data: JSON.parse(JSON.stringify(explanationJson(explained.explanation))),
    });
  });

  it.each([
    ['a word that nobody knows', '?target=leaf99', 404, 'not-found', '"leaf99" is no prefix'],
    [
      'a device that is none',
      `?target=${prefix}&device=leaf99`,
      404,
      'not-found',
      'there is no device "leaf99"',
    ],
    ['no target', '', 400, 'bad-parameter', 'target is needed'],
    ['an empty target', '?target=%20', 400, 'bad-parameter', 'target is needed'],
    ['two targets', '?target=leaf01&target=leaf02', 400, 'bad-parameter', 'target may be given once'],
    [
      'a limit, which it has none of',
      `?target=${prefix}&limit=1`,
      400,
      'bad-parameter',
      'unknown parameter "limit"',
    ],
    ['an unknown parameter', '?prefix=10.0.0.0/8', 400, 'bad-parameter', 'unknown parameter "prefix"'],
  ])('%s is told so', async (_, query, wanted, kind, message) => {
    const { status, text } = await ask(`/api/v1/explain${query}`);
    expect(status).toBe(wanted);
    expect(JSON.parse(text)).toMatchObject({ status: 'error', error: { kind } });
    expect(JSON.parse(text).error.message).toContain(message);
  });
});

describe('/explain', () => {
  it('shows verdict, way, evidence and advice of a missing prefix', async () => {
    const { status, text } = await ask(`/explain?target=${encodeURIComponent(prefix)}`);
    const explained = sampleExplain(sampleFabric(), prefix);
    if (!explained.ok) throw new Error(explained.message);
    expect(status).toBe(200);
    expect(text).toContain(`<title>${prefix} – Calico BGP</title>`);
    expect(text).toContain('id="way"');
    expect(text).toContain('id="advice"');
    for (const { device } of explained.explanation.hops) expect(text).toContain(`/explain?target=${device}`);
    // What was searched for stays in the field.
    expect(text).toContain(`value="${prefix}"`);
  });

  it.each(['leaf01', 'node1'])('shows sessions and readings of %s', async (device) => {
    const { status, text } = await ask(`/explain?target=${device}&device=`);
    expect(status).toBe(200);
    expect(text).toContain('id="readings"');
    expect(text).toContain('id="sessions"');
  });

  it('says with a page what is not known, and takes no markup from the address', async () => {
    const { status, text } = await ask(`/explain?target=${encodeURIComponent('<script>alert(1)</script>')}`);
    expect(status).toBe(404);
    expect(text).toContain('Nothing is known by that name');
    expect(text).not.toContain('<script>alert');
  });

  it('says that it cannot be asked like that', async () => {
    const { status, text } = await ask('/explain?target=leaf01&target=leaf02');
    expect(status).toBe(400);
    expect(text).toContain('That cannot be asked');
    expect(text).toContain('target may be given once');
  });

  it('waits for the first audit', async () => {
    const { status, text } = await ask('/explain?target=leaf01', 'none');
    expect(status).toBe(503);
    expect(text).toContain('Not known yet');
  });
});
