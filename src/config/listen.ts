// The address a server listens on, as Go programs and so all Prometheus exporters write it: `:10179` (every address),
// `127.0.0.1:10179`, `[::1]:10179`, `localhost:10179`. An IPv6 address needs brackets (RFC 3986 section 3.2.2).
import { parseAddress } from '../model/address.ts';

export interface ListenAddress {
  /** Absent: every address of the machine. */
  readonly host?: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/** Reads `host:port`, `[ipv6]:port` or `:port`; undefined when the text is none of them. */
export function parseListen(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const [, ipv6, host] = match;
  const port = Number(match[3]);
  if (port > 65535) return undefined;
  if (ipv6 !== undefined) {
    return parseAddress(ipv6.replace(/%.*$/, ''))?.family === 6 ? { host: ipv6, port } : undefined;
  }
  if (!host) return { port };
  const digits = /^[\d.]+$/.test(host);
  if (digits ? !parseAddress(host) : !/^[A-Za-z0-9._-]+$/.test(host)) return undefined;
  return { host, port };
}

/** The address as text, with brackets around IPv6. */
export function formatListen({ host, port }: ListenAddress): string {
  return `${host?.includes(':') ? `[${host}]` : (host ?? '')}:${port}`;
}
