// BIRD's control socket, read raw: replies keep their four-digit codes, byte for byte (BIRD 1.6, doc/reply_codes).
// A reply ends with the first line of four digits and a blank; a line whose code equals the one before has a blank
// in place of it. `restrict` comes first, always: the rest of the connection can then change nothing.
import { createConnection } from 'node:net';

const END = /^\d{4} .*$/m;

/** Asks one question; the answer is the raw reply with its last line, the greeting is left out. */
export async function ask(
  socket: string,
  command: string,
  options: { write?: boolean } = {},
): Promise<string> {
  const [, ...answers] = await dialogue(socket, options.write === true ? [command] : ['restrict', command]);
  return answers.at(-1) ?? '';
}

/** Sends the commands one after the other; the first reply is the greeting. */
export async function dialogue(
  socket: string,
  commands: readonly string[],
  timeoutMs = 5000,
): Promise<string[]> {
  const replies: string[] = [];
  const waiting = [...commands];
  let buffer = '';
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    connection.setEncoding('utf8').setTimeout(timeoutMs);
    connection.on('timeout', () => connection.destroy(new Error(`${socket}: no answer in ${timeoutMs} ms`)));
    connection.on('error', reject);
    connection.on('close', () => reject(new Error(`${socket}: closed before the answer was complete`)));
    connection.on('data', (text: string) => {
      buffer += text;
      for (let match = END.exec(buffer); match !== null; match = END.exec(buffer)) {
        const end = match.index + match[0].length + 1;
        if (buffer.length < end) return;
        replies.push(buffer.slice(0, end));
        buffer = buffer.slice(end);
        const next = waiting.shift();
        if (next === undefined) {
          resolve(replies);
          connection.end();
          return;
        }
        connection.write(`${next}\n`);
      }
    });
  });
}
