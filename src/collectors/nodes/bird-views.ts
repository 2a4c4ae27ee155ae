// The route views of one BIRD daemon: its own table (`show route`), and for each session to the fabric what its export
// filter lets through (`show route export`, bird: nest/rt-table.c rt_show_export; it applies the filter as it is now).
// Both bounded to the prefixes in question. Routes of a silent peer that BIRD keeps as RFC 4724 helper are marked stale.
import type { Family } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { type RouteRow, RouteTable, RouteTableBuilder } from '../../model/route-table.ts';
import type { RouteLayer, RouteView } from '../../model/route-view.ts';
import { type Bird, BirdError } from './bird-protocol.ts';
import { askedScopes, type NetQuestion, netQuestion, quoteName, routeCommands } from './bird-query.ts';
import { replyCode } from './bird-reply.ts';
import { routesReader } from './bird-routes.ts';
import type { BirdSession } from './bird-session.ts';

export interface ViewsRequest {
  readonly bird: Bird;
  /** Socket path, for messages. */
  readonly path: string;
  readonly families: readonly Family[];
  readonly sessions: readonly BirdSession[];
  readonly query: CollectQuery;
  readonly includeMesh: boolean;
}

// Two million routes are beyond any full table in use; more than that is not the node's table.
const maxRows = 2_000_000;

/** Names of BGP protocols without an established session: what BIRD still has of them is kept, not alive. */
export function silentInstances(sessions: readonly BirdSession[]): ReadonlySet<string> {
  const silent = new Set<string>();
  for (const { name, state } of sessions) if (name !== undefined && state !== 'established') silent.add(name);
  for (const { name, state } of sessions)
    if (name !== undefined && state === 'established') silent.delete(name);
  return silent;
}

/** The row, marked stale when it is from a silent BGP peer. */
export function markStale(row: RouteRow, instance: string, silent: ReadonlySet<string>): RouteRow {
  return row.protocol === 'bgp' && silent.has(instance) ? { ...row, stale: true } : row;
}

/** BIRD 1.6 says 8005, or 9001 for a session that is gone; BIRD 2 says 9001 in other words for both. */
function saysNotUp({ code, message }: BirdError): boolean {
  if (code === replyCode.protocolDown) return true;
  return /^"show route export .* (?:9001|9002) .*(?:is not a protocol|No valid tables|CF_SYM_UNDEFINED)/.test(
    message,
  );
}

/** One command's routes as a table. A listing that BIRD broke off is read anew, so nothing of it is counted twice. */
async function ask(request: ViewsRequest, command: string, layer: RouteLayer): Promise<RouteTable> {
  const { bird, path, sessions } = request;
  const silent = silentInstances(sessions);
  let builder = new RouteTableBuilder();
  await bird.ask(command, () => {
    builder = new RouteTableBuilder();
    return routesReader({
      source: `${path} "${command.slice(0, 60)}"`,
      layer,
      sink(row, instance) {
        if (builder.size >= maxRows) throw new BirdError('protocol', `${path}: more than ${maxRows} routes`);
        builder.add(markStale(row, instance, silent));
      },
    });
  });
  return builder.build();
}

async function askAll(
  request: ViewsRequest,
  commands: readonly string[],
  layer: RouteLayer,
): Promise<RouteTable> {
  const tables: RouteTable[] = [];
  for (const command of commands) tables.push(await ask(request, command, layer));
  const [only] = tables;
  if (only && tables.length === 1) return only;
  const builder = new RouteTableBuilder();
  for (const table of tables) for (const row of table.rows()) builder.add(row);
  return builder.build();
}

async function localView(request: ViewsRequest, questions: readonly NetQuestion[]): Promise<RouteView> {
  const commands = questions.flatMap((question) => routeCommands(question));
  const table = await askAll(request, commands, 'local');
  const scopes = questions.flatMap((question) => askedScopes(question));
  return { layer: 'local', vrf: 'default', table, scopes, allNextHops: true };
}

async function exportedView(
  request: ViewsRequest,
  session: BirdSession,
  question: NetQuestion,
): Promise<RouteView> {
  const name = quoteName(session.name ?? '');
  if (name === undefined) {
    throw new BirdError(
      'unsupported',
      `${request.path}: the name of session "${session.name}" cannot be used`,
    );
  }
  let table = RouteTable.of([]);
  let partial: string | undefined;
  try {
    table = await askAll(request, routeCommands(question, name), 'exported');
  } catch (error) {
    if (!(error instanceof BirdError) || !saysNotUp(error)) throw error;
    // In graceful-restart recovery an established session really sends nothing; otherwise it went away just now.
    if (session.protocolState !== 'wait') partial = `session ${session.name} went down while it was read`;
  }
  return {
    layer: 'exported',
    peer: session.peerAddress,
    vrf: 'default',
    table,
    scopes: askedScopes(question, name),
    ...(partial === undefined ? {} : { partial }),
    allNextHops: true,
  };
}

function leadsToFabric({ kind, state }: BirdSession, includeMesh: boolean): boolean {
  if (state !== 'established') return false;
  return kind === 'node' || kind === 'global' || (kind === 'mesh' && includeMesh);
}

/** Reads the local table and the exports of every session to the fabric. Rejects with BirdError or ParseError. */
export async function readViews(request: ViewsRequest): Promise<readonly RouteView[]> {
  const questions = request.families.map((family) => netQuestion(request.query, family));
  const asked = questions.filter((question) => question.members.length > 0);
  if (asked.length === 0) return [];
  const views = [await localView(request, asked)];
  for (const session of request.sessions) {
    if (!leadsToFabric(session, request.includeMesh)) continue;
    const family = session.afi === 'ipv6' ? 6 : 4;
    const question = netQuestion(request.query, family);
    if (request.families.includes(family) && question.members.length > 0) {
      views.push(await exportedView(request, session, question));
    }
  }
  return views;
}
