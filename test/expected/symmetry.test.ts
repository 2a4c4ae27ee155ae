// A session has two ends: whatever the labels, selectors and route reflectors, every session between nodes has its mirror
// image on the other node, with the AS numbers swapped, and never do both ends wait for the other.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import { config, node, peer } from './build.ts';

const labels = fc.record({ rack: fc.constantFrom('1', '2'), role: fc.constantFrom('rr', 'worker') });
const nodes = fc.array(
  fc.record({ labels, asNumber: fc.constantFrom(64512, 65001), six: fc.boolean(), rr: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
);
const selector = fc.constantFrom('all()', "rack == '1'", "role == 'rr'", "!has(rack) || role != 'rr'");
const peers = fc.array(
  fc.record({ nodeSelector: fc.option(selector, { nil: undefined }), peerSelector: selector }),
  { maxLength: 4 },
);

it('every session between nodes has its mirror image', () => {
  let seen = 0;
  fc.assert(
    fc.property(
      nodes,
      peers,
      fc.boolean(),
      fc.constantFrom(undefined, 1790),
      (list, specs, mesh, listenPort) => {
        const objects = [
          ...list.map(({ asNumber, six, rr, ...rest }, i) => {
            const ipv6 = six ? { ipv6Address: `fd00::${i + 1}/64` } : {};
            const cluster = rr ? { routeReflectorClusterID: `1.1.1.${(i % 2) + 1}` } : {};
            return node(
              `n${i}`,
              { ipv4Address: `10.0.0.${i + 8}/24`, asNumber, ...ipv6, ...cluster },
              rest.labels,
            );
          }),
          ...specs.map((spec, i) => peer(`p${i}`, spec)),
          config({ nodeToNodeMeshEnabled: mesh, listenPort }),
        ];
        const { sessions, problems } = computeExpected(objects);
        expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        for (const session of sessions) {
          seen++;
          const { node: here, peerNode, sourceAddress } = session;
          const mirror = sessions.find(
            (other) =>
              other.node === peerNode &&
              other.peerAddress === sourceAddress &&
              (other.kind === 'mesh') === (session.kind === 'mesh'),
          );
          expect(mirror).toMatchObject({
            peerNode: here,
            localAsn: session.peerAsn,
            peerAsn: session.localAsn,
          });
          expect(session.passive && mirror?.passive).toBe(false);
          if (session.kind === 'mesh') expect(session.passive).toBe(!mirror?.passive);
        }
      },
    ),
    { numRuns: 400 },
  );
  // The cases above are no empty clusters.
  expect(seen).toBeGreaterThan(500);
});
