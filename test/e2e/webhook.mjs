// A webhook receiver for Alertmanager: appends each notification as one line of JSON, with the time it came.
// Arguments: port on loopback, file. Runs in the lab's observer namespace.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
    if (body.length > 10_000_000) request.destroy();
  });
  request.on('end', () => {
    if (request.method === 'POST')
      appendFileSync(file, `${JSON.stringify({ at: Date.now(), path: request.url, ...JSON.parse(body) })}\n`);
    response.end('ok');
  });
}).listen(Number(port), '127.0.0.1');
