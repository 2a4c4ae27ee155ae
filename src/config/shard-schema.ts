// Options of the shards section: where the other shards of an exporter started with --shard are asked for what they know. What one
// option has to do with another is in shards.ts.
import { z } from 'zod';
import { duration, list, path, secret, serverName, word } from './values.ts';

const urlError = 'is not just scheme, address and port, such as http://10.0.0.1:10179';
const pattern = /^https?:\/\/[^\s/?#@]+\/?$/;

const peer = z
  .string(urlError)
  .refine((url) => pattern.test(url) && URL.canParse(url.replaceAll('{i}', '0')), urlError)
  .meta({ title: 'URL' });

export const shardSchema = z.strictObject({
  peers: z
    .union([peer, list(peer, 'shard')], {
      error: 'must be a URL with {i} for the index, or a list of URLs in the order of the shards',
    })
    .describe(
      'Where all shards are, this one among them: a list of URLs in their order, or one URL with `{i}` in the place of the index, e.g. `http://calico-bgp-exporter-{i}.calico-bgp-exporter-shards:10179`.',
    ),
  timeout: duration(100)
    .default('2s')
    .describe('Most time that the page and the API wait for the other shards.'),
  user: word.optional().describe('User of the web configuration (`basic_auth_users`) of the other shards.'),
  password: secret.optional().describe('Password of that user.'),
  token: secret.optional().describe('Bearer token, where a proxy in front of the shards wants one.'),
  caFile: path
    .optional()
    .describe(
      'Authority that has signed the certificates of the shards (PEM); without it those of the system count.',
    ),
  serverName: serverName
    .optional()
    .describe("Name that the shards' certificates are for; without it each must be for the host in its URL."),
  certFile: path.optional().describe('Certificate to show to the other shards (PEM).'),
  keyFile: path.optional().describe('Key of that certificate (PEM).'),
});

export type ShardSection = z.output<typeof shardSchema>;
