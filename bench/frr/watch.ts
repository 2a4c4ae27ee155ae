// Asks bgpd a small question every 2 ms over its own socket (lib/vty.c: a command ends with NUL, an answer with three NULs and
// its result): the longest wait for an answer is how long bgpd stood still.
import { connect } from 'node:net';

const socket = connect(process.argv[2] ?? '');
let longest = 0;
let asked = 0;
let began = 0;
const ask = () => {
  began = performance.now();
  asked++;
  socket.write('show bgp vrfs json\0');
};
let tail: readonly number[] = [];
socket.on('data', (bytes) => {
  tail = [...tail, ...bytes.subarray(-4)].slice(-4);
  if (tail.length < 4 || tail[0] !== 0 || tail[1] !== 0 || tail[2] !== 0) return;
  tail = [];
  longest = Math.max(longest, performance.now() - began);
  setTimeout(ask, 2);
});
socket.once('connect', () => {
  began = performance.now();
  socket.write('enable\0');
});
process.on('message', () => {
  // A question that still waits counts, too.
  process.send?.({ longest: Math.max(longest, performance.now() - began), asked });
  [longest, asked] = [0, 0];
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
