// A connected UDP socket in the shape the SNMP library wants. Connected (udp(7)): the kernel reports ICMP port unreachable
// and drops datagrams from anybody but the agent. Guarded: the library decodes outside of any try, so that one crafted
// datagram would end the process; and it re-sends on every SNMPv3 report, so what one request may send is counted.
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** What the owner of the socket hears and says. */
export interface SocketWatch {
  /** A datagram came in. */
  received(): void;
  /** The library stumbled over a datagram, and may have forgotten the request it was for. */
  stumbled(): void;
  /** The socket reports an error, e.g. ECONNREFUSED. */
  failed(error: Error): void;
  /** Asked before each datagram goes out; false ends the request. */
  maySend(): boolean;
}

/** The part of dgram.Socket which the library uses. */
export interface LibrarySocket {
  ref(): void;
  unref(): void;
  on(event: string, listener: (argument?: unknown) => void): void;
  send(
    buffer: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    callback: (error: Error | null) => void,
  ): void;
  close(): void;
}

/** Resolves the name and connects; rejects with the system's error, or when the signal aborts first. */
export async function connectUdp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  let abandon = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = () => reject(new Error('deadline'));
  });
  abandoned.catch(() => undefined);
  signal.addEventListener('abort', abandon, { once: true });
  let socket: Socket | undefined;
  try {
    const address = isIP(host) ? host : (await Promise.race([lookup(host), abandoned])).address;
    socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const connected = once(socket, 'connect', { signal });
    socket.connect(port, address);
    await connected;
    return socket;
  } catch (error) {
    socket?.on('error', () => undefined).close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

/** The library's `dgramModule`: hands out this one connected socket, guarded. */
export function guardedSocket(socket: Socket, watch: SocketWatch): { createSocket(): LibrarySocket } {
  let closed = false;
  socket.on('error', (error) => watch.failed(error));
  const library: LibrarySocket = {
    ref: () => void (closed || socket.ref()),
    unref: () => void (closed || socket.unref()),
    on: (event, listener) => {
      // The library turns socket errors into events nobody can listen to; `watch` gets them instead.
      if (event === 'error') return;
      if (event !== 'message') {
        socket.on(event, listener);
        return;
      }
      socket.on('message', (datagram: Buffer) => {
        watch.received();
        try {
          listener(datagram);
        } catch {
          watch.stumbled();
        }
      });
    },
    send: (buffer, offset, length, _port, _address, callback) => {
      if (closed) return callback(new Error('closed'));
      if (!watch.maySend()) return callback(new Error('the agent asks to send again and again'));
      socket.send(buffer, offset, length, (error) => callback(closed ? new Error('closed') : error));
    },
    close: () => {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
  return { createSocket: () => library };
}
