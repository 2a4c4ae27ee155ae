// The other shards over HTTP: their own part of an answer of the API, each asked once however many want the same at the same time, all of
// them within one deadline. A shard that cannot be asked is an answer that says so.
import type { ShardsConfig } from '../config/shards.ts';
import { fields, oneOf, text } from '../model/json-fields.ts';
import { snippet } from '../model/parse-error.ts';
import type { Shard } from '../model/shard.ts';
import type { PeerAnswer, ShardPeers } from '../model/shard-peers.ts';
import { type HttpJson, type HttpJsonAnswer, httpJson } from '../transport/http-json.ts';
import { limiter } from './limiter.ts';

/** Of one answer; the largest list that the API gives is smaller. */
const mostBytes = 16 * 1024 * 1024;
/** Shards asked at the same time. */
const mostAtOnce = 16;
/** Different questions under way at the same time; more are refused, so that a page that many look at cannot pile them up. */
const mostQuestions = 32;

/** Where each shard is, in their order. Throws RangeError when the list is of another length than the shards. */
export function peerUrls({ peers }: Pick<ShardsConfig, 'peers'>, { count }: Shard): string[] {
  if (typeof peers === 'string')
    return Array.from({ length: count }, (_, i) => peers.replaceAll('{i}', String(i)).replace(/\/$/, ''));
  if (peers.length !== count)
    throw new RangeError(
      `shards.peers lists ${peers.length} URLs, and --shard says that there are ${count} shards`,
    );
  return peers.map((url) => url.replace(/\/$/, ''));
}

const refused =
  'it refuses us; give the shards section the user and password, or the client certificate, that it wants';
const statuses: Readonly<Record<number, string>> = {
  401: refused,
  403: refused,
  429: 'it is asked too often (its rate_limit)',
  503: 'it has not made its first audit yet',
};

/** What an answer says, or why it says nothing. */
function read(answer: HttpJsonAnswer): { data: unknown } | { notFound?: true; reason: string } {
  const { status, data } = answer;
  const known = statuses[status];
  if (known !== undefined) return { reason: known };
  try {
    const envelope = fields(data, 'answer');
    if (oneOf(envelope.data.status, 'status', ['success', 'error']) === 'success')
      return { data: envelope.data.data };
    const error = fields(envelope.data.error, 'error');
    const reason = text(error.data.message, 'message');
    return error.data.kind === 'not-found'
      ? { notFound: true, reason }
      : { reason: `it says ${snippet(reason)}` };
  } catch {
    return {
      reason: `it answers with status ${status} and no answer of our API; is it a shard of this release?`,
    };
  }
}

interface Peer {
  readonly url: string;
  readonly index: number;
  readonly http: HttpJson;
}

const failed = ({ url, index }: Peer, reason: string): PeerAnswer => ({
  ok: false,
  shard: index,
  url,
  message: `could not ask shard ${index}: ${reason}`,
});

/** The peers of a shard. Throws RangeError when the list of URLs does not fit the number of shards. */
export function shardPeers(config: ShardsConfig, shard: Shard): ShardPeers {
  const { login, token, timeout, peers: _, ...tls } = config;
  const urls = peerUrls(config, shard);
  const limit = limiter(mostAtOnce);
  const others = urls.flatMap((url, index) => {
    if (index === shard.index) return [];
    const http = httpJson({
      url,
      maxBytes: mostBytes,
      ...tls,
      ...(token && { token: token.reveal() }),
      ...(login && { login: { user: login.user, password: login.password.reveal() } }),
    });
    return [{ url, index, http }];
  });

  const askOne = async (peer: Peer, path: string, signal: AbortSignal): Promise<PeerAnswer> => {
    const { url, index, http } = peer;
    try {
      signal.throwIfAborted();
      const answer = read(await http.get(path, signal));
      if ('data' in answer) return { ok: true, shard: index, url, data: answer.data };
      if (!answer.notFound) return failed(peer, answer.reason);
      return { ok: false, shard: index, url, notFound: true, message: `shard ${index}: ${answer.reason}` };
    } catch (error) {
      if (signal.aborted) return failed(peer, `${url}: no answer within ${timeout / 1000} s`);
      return failed(peer, error instanceof Error ? error.message : String(error));
    }
  };

  const running = new Map<string, Promise<readonly PeerAnswer[]>>();
  return {
    shard,
    ask(path) {
      const already = running.get(path);
      if (already) return already;
      const own = `${path}${path.includes('?') ? '&' : '?'}shard=own`;
      if (running.size >= mostQuestions)
        return Promise.resolve(others.map((peer) => failed(peer, 'too many questions at once')));
      const signal = AbortSignal.timeout(timeout);
      const asked = Promise.all(others.map((peer) => limit(() => askOne(peer, own, signal)))).finally(() =>
        running.delete(path),
      );
      running.set(path, asked);
      return asked;
    },
    close() {
      for (const { http } of others) http.close();
    },
  };
}
