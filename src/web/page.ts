// The landing page: server-rendered, complete without script, one look for the answer and one scroll for the reasons.
import type { Fabric } from '../model/fabric.ts';
import type { DemoFault } from './demo-control.ts';
import { html } from './html.ts';
import { demoSection } from './page-demo.ts';
import { fabricSection } from './page-fabric.ts';
import { findingsSection } from './page-findings.ts';
import { renderFrame } from './page-frame.ts';
import { headline, headlineSection } from './page-headline.ts';
import { type MatrixRequest, matrixSection, wholeMatrix } from './page-matrix.ts';
import { sessionsSection } from './page-sessions.ts';
import { shardsSection } from './page-shards.ts';
import type { ShardView } from './shard-findings.ts';

export interface PageInput {
  readonly fabric: Fabric | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  readonly maxAgeMs: (device: string) => number;
  /** The part of the matrix that is asked for. */
  readonly matrix?: MatrixRequest;
  /** Present where other shards are asked. */
  readonly shards?: ShardView | undefined;
  /** Present in demo mode only. */
  readonly faults?: readonly DemoFault[];
}

/** The whole page as text. */
export function renderPage({
  fabric,
  now,
  version,
  maxAgeMs,
  faults,
  shards,
  matrix = wholeMatrix,
}: PageInput): string {
  const content = html`${headlineSection(fabric, now, shards)}
${faults && demoSection(faults)}
${fabric && findingsSection(fabric, now, shards)}
${fabric && shards && shardsSection(shards, fabric.audit.summary)}
${fabric && fabricSection(fabric, maxAgeMs)}
${fabric && matrixSection(fabric, matrix)}
${fabric && sessionsSection(fabric, maxAgeMs, now)}`;
  return renderFrame({ title: headline(fabric, shards).title, now, version, content });
}
