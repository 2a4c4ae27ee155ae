// Why a device cannot be read: what its source and Kubernetes say of it becomes the finding's cause.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import type { ReadingErrorKind } from '../../src/model/reading.ts';
import { device, expected, failure, healthy, input, now, success } from './fabric.ts';

describe('a node that cannot be read', () => {
  const of = (kind: ReadingErrorKind, changes: Partial<ExpectedState> = {}) => {
    const gone = failure<never>(now, kind, 'no luck');
    const fabric = { ...healthy(), node1: device('node1', gone, gone) };
    const result = audit(input(fabric, { expected: success(now, { ...expected, ...changes }) }));
    return {
      found: result.findings.filter(
        ({ check, device: name }) => check === 'device-unreachable' && name === 'node1',
      ),
      unknown: result.unknown.filter(({ device: name }) => name === 'node1'),
    };
  };

  it('has no BIRD where nobody listens, and is unknown where nobody answers', () => {
    expect(of('refused').found).toMatchObject([{ cause: 'bird-down' }]);
    expect(of('not-found').found).toMatchObject([{ cause: 'bird-down' }]);
    expect(of('timeout').found).toMatchObject([{ cause: 'unknown-device-unreachable' }]);
  });

  it('is not ready where Kubernetes says so', () => {
    const [first, ...others] = expected.nodes;
    if (first === undefined) throw new Error('no node');
    const nodes = [{ ...first, lifecycle: { ready: false } }, ...others];
    expect(of('refused', { nodes }).found).toMatchObject([{ cause: 'node-not-ready' }]);
  });

  it('is no fault when it is no Node of the cluster any more', () => {
    const { found, unknown } = of('refused', { nodes: expected.nodes.slice(1) });
    expect(found).toEqual([]);
    expect(unknown[0]?.detail).toContain('no Node of the cluster');
  });
});
