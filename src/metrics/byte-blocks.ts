// Text written into blocks of bytes line by line. Putting the lines together first and then making bytes of a text of many
// hundred KB costs four times as much in V8.

const blockBytes = 512 * 1024;

export interface ByteBlocks {
  /** Writes a text, in UTF-8. */
  write(text: string): void;
  /** What was written since the last call: parts of blocks, which share their memory. */
  take(): readonly Buffer[];
}

/** Nothing written yet. */
export function byteBlocks(): ByteBlocks {
  let block = Buffer.alloc(0);
  let [start, end] = [0, 0];
  let done: Buffer[] = [];
  const cut = () => {
    if (end > start) done.push(block.subarray(start, end));
    start = end;
  };
  return {
    write(text) {
      // A UTF-16 unit takes three bytes at most.
      const most = 3 * text.length;
      if (most > block.length - end) {
        cut();
        block = Buffer.allocUnsafeSlow(Math.max(blockBytes, most));
        [start, end] = [0, 0];
      }
      end += block.write(text, end);
    },
    take() {
      cut();
      const taken = done;
      done = [];
      return taken;
    },
  };
}
