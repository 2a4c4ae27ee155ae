// A screenshot as a PNG of 256 colours: a quarter of its size, and nobody sees the difference. Pixels are decoded by the browser that drew
// them; the file is written here. PNG: RFC 2083 (ISO/IEC 15948), colour type 3.
import { crc32, deflateSync } from 'node:zlib';

/** In the browser: the picture as indices into a palette of at most 256 colours. */
async function indexed(base64) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const colors = new Uint32Array(width * height);
  const counts = new Map();
  for (let i = 0; i < colors.length; i++) {
    const color = (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2];
    colors[i] = color;
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  // Planes, text and lines have few colours and keep them; gradients and smooth edges share the rest of the palette.
  const byCount = [...counts].sort(([, x], [, y]) => y - x);
  const palette = byCount.slice(0, 96).map(([color]) => color);
  const cells = new Map();
  for (const [color, count] of byCount.slice(96)) {
    const cell = ((color >> 20) << 8) | (((color >> 12) & 15) << 4) | ((color >> 4) & 15);
    const best = cells.get(cell) ?? { color, most: count, count: 0 };
    best.count += count;
    cells.set(cell, best);
  }
  const rest = [...cells.values()].sort((x, y) => y.count - x.count).slice(0, 160);
  palette.push(...rest.map(({ color }) => color));
  const nearest = new Map();
  for (const color of counts.keys()) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    palette.forEach((other, i) => {
      const red = (color >> 16) - (other >> 16);
      const green = ((color >> 8) & 255) - ((other >> 8) & 255);
      const blue = (color & 255) - (other & 255);
      const distance = red * red + green * green + blue * blue;
      if (distance < least) [best, least] = [i, distance];
    });
    nearest.set(color, best);
  }
  const pixels = new Uint8Array(colors.length);
  for (let i = 0; i < colors.length; i++) pixels[i] = nearest.get(colors[i]);
  let text = '';
  for (let i = 0; i < pixels.length; i += 32_768)
    text += String.fromCharCode(...pixels.subarray(i, i + 32_768));
  return { width, height, palette, pixels: btoa(text) };
}

function chunk(type, body) {
  const head = Buffer.concat([Buffer.from(type), body]);
  const out = Buffer.alloc(8);
  out.writeUInt32BE(body.length, 0);
  out.writeUInt32BE(crc32(head), 4);
  return Buffer.concat([out.subarray(0, 4), head, out.subarray(4)]);
}

/** The same picture, smaller; `page` is any page of the browser. */
export async function shrink(page, png) {
  const { width, height, palette, pixels } = await page.evaluate(indexed, png.toString('base64'));
  const from = Buffer.from(pixels, 'base64');
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) from.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
