// FRR's listings of routes read while they come: `{"routes": {prefix: [path…]}}` of bgpd, also one for each VRF, `{prefix:
// [route…]}` of zebra, and what one neighbour sent or was sent. Each prefix becomes packed rows at once. The rest of an answer
// is read by the same code as a whole one (frr-parse.ts), and so is an answer that lists no routes.
import type { AnswerStream, Packed, PackedRoutes, Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import { type RouteRow, RouteTable, RouteTableBuilder } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { readOrMissing, wholeOrThrow } from './cli-capture.ts';
import { lessThan } from './frr-counts.ts';
import { asObject, type JsonObject } from './frr-json.ts';
import {
  adjacentIn,
  contextOf,
  parseFrr,
  parseObject,
  refuseComplaint,
  refuseWarning,
  vrfNameOf,
} from './frr-parse.ts';
import { prefixRoutes, ribVrf } from './frr-rib.ts';
import { pathRows, prefixAt } from './frr-routes.ts';
import { plain } from './frr-terminal.ts';
import { JsonStream, type MemberSink } from './json-stream.ts';

/** Most text beside JSON: an answer in text form is held whole. */
const mostText = 64 * 2 ** 20;

/** Members of one object that are routes. */
interface Sink extends MemberSink {
  /** Prefixes taken. */
  readonly count: number;
  /** Packed rows by VRF; `vrf` is that of all of them. */
  tables(vrf?: string): [string, RouteTable][];
}

/** Paths of the BGP table; which VRF it is may stand behind them. */
function pathSink(source: string): Sink {
  const table = new RouteTableBuilder();
  let count = 0;
  return {
    wants: () => true,
    take(key, value) {
      count++;
      for (const row of pathRows(prefixAt(source, key), value, '')) table.add(row);
    },
    get count() {
      return count;
    },
    tables: (vrf = 'default') => [[vrf, table.build(vrf)]],
  };
}

/** Routes of zebra, each of which may name its VRF. Other members of the object are none of its. */
function ribSink(vrfOf: (first: unknown) => string): Sink {
  const tables = new Map<string, RouteTableBuilder>();
  let [count, vrf] = [0, ''];
  let prefix: Prefix | undefined;
  const tableOf = (row: RouteRow) => {
    const known = tables.get(row.vrf) ?? new RouteTableBuilder();
    tables.set(row.vrf, known);
    return known;
  };
  return {
    wants(key) {
      prefix = key.includes('/') ? tryParsePrefix(key) : undefined;
      return prefix !== undefined;
    },
    take(_, value) {
      if (count++ === 0) vrf = vrfOf(value);
      if (prefix) for (const row of prefixRoutes(prefix, value, vrf)) tableOf(row).add(row);
    },
    get count() {
      return count;
    },
    tables: () =>
      tables.size === 0
        ? [[vrf, RouteTable.of([])]]
        : [...tables].map(([name, builder]) => [name, builder.build()]),
  };
}

const adjacent: Readonly<Record<string, RouteLayer>> = {
  advertisedRoutes: 'exported',
  receivedRoutes: 'received',
};

const packed = ({ rows, ...routes }: Parsed['routes'][number]): PackedRoutes => ({
  ...routes,
  table: RouteTable.of(rows),
});
const unpacked = ({ table, ...routes }: PackedRoutes): Parsed['routes'][number] => ({
  ...routes,
  rows: [...table.rows()],
});

class FrrStream implements AnswerStream {
  readonly #command: string;
  readonly #parse: typeof parseFrr;
  readonly #context: ReturnType<typeof contextOf>;
  readonly #json: JsonStream;
  readonly #sessions: Parsed['sessions'][number][] = [];
  readonly #routes: PackedRoutes[] = [];
  readonly #notes: string[] = [];
  readonly #missing: ParseError[] = [];
  #documents = 0;
  /** Of the document at hand, by the path of their object. */
  #sinks = new Map<string, Sink>();
  #lines: { readonly text: string; readonly number: number }[] = [];
  #textBytes = 0;

  constructor(command: string, parse: typeof parseFrr) {
    this.#command = command;
    this.#parse = parse;
    this.#context = contextOf(command);
    this.#json = new JsonStream(command, {
      sinkOf: (path) => this.#sinkOf(path),
      document: (object) => this.#document(object),
      line: (text, number) => this.#line(text, number),
    });
  }

  write(chunk: Uint8Array): void {
    this.#json.write(chunk);
  }

  end(): Packed {
    this.#json.end();
    const text = this.#lines.map((line) => line.text).join('\n');
    if (this.#documents === 0) this.#add(() => this.#parse(this.#command, text));
    else {
      for (const { text: line, number } of this.#lines) {
        const said = plain(line).trim();
        if (said !== '') refuseComplaint(said, this.#command, number);
      }
    }
    const whole = { sessions: this.#sessions, routes: this.#routes, notes: this.#notes };
    if (this.#missing.length > 0)
      wholeOrThrow(this.#command, { ...whole, routes: this.#routes.map(unpacked) }, this.#missing);
    return whole;
  }

  #line(text: string, number: number): void {
    if (this.#documents > 0 && text.trim() === '') return;
    this.#textBytes += text.length;
    if (this.#textBytes > mostText)
      throw new ParseError(this.#command, `more than ${mostText} bytes of text that is no JSON`, number);
    this.#lines.push({ text, number });
  }

  #sinkOf(path: readonly string[]): Sink | undefined {
    const { vrf } = this.#context;
    const [first, last] = [path[0] ?? '', path.at(-1)];
    let sink: Sink | undefined;
    if (path.length === 0) sink = ribSink((value) => ribVrf(value, vrf));
    else if (last === 'routes' || (path.length === 1 && first in adjacent)) sink = pathSink(this.#command);
    else if (path.length === 1) sink = ribSink(() => first);
    if (sink) this.#sinks.set(path.join('\n'), sink);
    return sink;
  }

  /** What a reader of whole documents says of a part without routes. */
  #add(read: () => Parsed): void {
    const { sessions, routes, notes } = readOrMissing(read, this.#missing);
    this.#sessions.push(...sessions);
    this.#routes.push(...routes.map(packed));
    this.#notes.push(...notes);
  }

  #addTables(sink: Sink, layer: RouteLayer, peer?: string, vrf?: string): void {
    for (const [name, table] of sink.tables(vrf))
      this.#routes.push({
        layer,
        vrf: name,
        ...(peer !== undefined && { peer }),
        table,
        allNextHops: true,
      });
  }

  #document(object: JsonObject): void {
    this.#documents++;
    const sinks = new Map([...this.#sinks].filter(([, sink]) => sink.count > 0));
    this.#sinks = new Map();
    if (sinks.size === 0) this.#add(() => parseObject(object, this.#context));
    else {
      refuseWarning(object, this.#command);
      const [rib, paths] = [sinks.get(''), sinks.get('routes')];
      const [key = ''] = Object.keys(adjacent).filter((each) => sinks.has(each));
      const exchanged = sinks.get(key);
      if (rib) this.#rib(object, rib);
      else if (exchanged) this.#exchanged(object, exchanged, adjacent[key] ?? 'bgp');
      else if (paths) this.#paths(paths, vrfNameOf(object) ?? this.#context.vrf);
      else this.#byVrf(object, sinks);
    }
  }

  /** What one neighbour sent or was sent. */
  #exchanged(object: JsonObject, sink: Sink, layer: RouteLayer): void {
    this.#addTables(sink, layer, adjacentIn(this.#command)[1], this.#context.vrf);
    const missing = lessThan(sink.count, object.totalPrefixCounter, 'prefixes');
    if (missing) this.#missing.push(new ParseError(this.#command, missing.message));
  }

  #byVrf(object: JsonObject, sinks: ReadonlyMap<string, Sink>): void {
    for (const [name, part] of Object.entries(object)) {
      const [paths, routes] = [sinks.get(`${name}\nroutes`), sinks.get(name)];
      if (paths) this.#paths(paths, name);
      else if (routes) this.#rib(asObject(part) ?? {}, routes);
      else if (asObject(part)) this.#add(() => parseObject({ [name]: part }, this.#context));
    }
  }

  #paths(sink: Sink, vrf: string): void {
    const [layer, peer] = adjacentIn(this.#command);
    this.#addTables(sink, layer, peer, vrf);
  }

  #rib(others: JsonObject, sink: Sink): void {
    const [other] = Object.keys(others);
    if (other !== undefined)
      throw new ParseError(this.#command, `${snippet(other)} stands among routes and is no prefix`);
    this.#addTables(sink, 'installed');
  }
}

/** Reads an answer of FRR while it comes; `parse` reads one in which there is no JSON. */
export function frrStream(command: string, parse: typeof parseFrr = parseFrr): AnswerStream {
  return new FrrStream(command, parse);
}
