// Silences in the configuration: maintenance that the team knows of, always with an end and a reason.
import * as z from 'zod';
import type { Prefix } from '../model/prefix.ts';
import { parsePrefix, tryParsePrefix } from '../model/prefix.ts';

/** A silence, ready for use; selectors are resolved against the nodes at hand. */
export interface SilenceConfig {
  readonly devices?: readonly string[];
  readonly nodes?: readonly string[];
  readonly nodeSelector?: string;
  readonly prefixes?: readonly Prefix[];
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
}

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const isTime = (text: string) => timePattern.test(text) && !Number.isNaN(Date.parse(text));
const timeError = 'must be a time with zone such as 2026-05-01T18:00:00Z';
const names = z.array(z.string().min(1)).min(1);

export const silenceSchema = z
  .strictObject({
    devices: names
      .optional()
      .describe('Names of devices, `*` for any characters; a session counts by either end.'),
    nodes: names
      .optional()
      .describe(
        'Names of nodes, `*` for any characters: what they are an end of, and prefixes that they alone announce.',
      ),
    nodeSelector: z
      .string()
      .min(1)
      .optional()
      .describe("Nodes by their labels, in Calico's language of selectors."),
    prefixes: z
      .array(
        z
          .string()
          .refine((text) => tryParsePrefix(text) !== undefined, 'must be a prefix such as 10.0.0.0/24'),
      )
      .min(1)
      .optional()
      .describe('Ranges: findings about prefixes inside them.'),
    until: z
      .string(timeError)
      .refine(isTime, timeError)
      .meta({ title: 'time' })
      .describe('When it ends (RFC 3339, in quotes); at most 31 days from now, or it does not hold.'),
    reason: z.string().min(1, 'must say why').describe('Why, for whoever sees it.'),
  })
  .refine(
    ({ devices, nodes, nodeSelector, prefixes }) => devices ?? nodes ?? nodeSelector ?? prefixes,
    'must name devices, nodes, nodeSelector or prefixes',
  )
  .describe('All conditions that are given must hold; at least one is needed.');

/** The sections as the audit takes them. */
export function readSilences(sections: readonly z.output<typeof silenceSchema>[]): readonly SilenceConfig[] {
  return sections.map(({ devices, nodes, nodeSelector, prefixes, until, reason }) => ({
    ...(devices && { devices }),
    ...(nodes && { nodes }),
    ...(nodeSelector !== undefined && { nodeSelector }),
    ...(prefixes && { prefixes: prefixes.map(parsePrefix) }),
    until: Date.parse(until),
    reason,
  }));
}
