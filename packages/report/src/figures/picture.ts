import { encode } from 'fast-png';

/**
 * A picture as PNG in a data URI. An enlarged one has each pixel as a square of whole pixels, because renderers differ in
 * how they enlarge; one that is drawn smaller is averaged, because more pixels than are drawn only make the file larger.
 *
 * @param colours       [height, width, 3], flat
 * @param magnification pixels of the PNG for a pixel of the picture
 */
export function pictureUri(colours: Uint8Array, height: number, width: number, magnification: number): string {
  return magnification >= 1
    ? enlarged(colours, height, width, Math.floor(magnification))
    : reduced(colours, height, width, magnification);
}

/** Red, green and blue bytes as PNG in a data URI. */
export function pngUri(data: Uint8Array, width: number, height: number): string {
  const png = encode({ data, width, height, depth: 8, channels: 3 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function enlarged(colours: Uint8Array, height: number, width: number, factor: number): string {
  const data = new Uint8Array(height * width * 3 * factor * factor);
  const rowLength = width * factor * 3;
  for (let y = 0; y < height; y++) {
    const from = y * factor * rowLength;
    for (let x = 0; x < width * factor; x++) {
      const source = (y * width + Math.floor(x / factor)) * 3;
      data.set(colours.subarray(source, source + 3), from + x * 3);
    }
    for (let copy = 1; copy < factor; copy++) data.copyWithin(from + copy * rowLength, from, from + rowLength);
  }
  return pngUri(data, width * factor, height * factor);
}

function reduced(colours: Uint8Array, height: number, width: number, magnification: number): string {
  const { data, rows, columns } = reducedColours(colours, height, width, magnification);
  return pngUri(data, columns, rows);
}

/** Each pixel is the mean of those whose centres it covers. */
export function reducedColours(
  colours: Uint8Array,
  height: number,
  width: number,
  magnification: number,
): { data: Uint8Array; rows: number; columns: number } {
  const [rows, columns] = [height, width].map((size) => Math.max(1, Math.round(size * magnification)));
  const sums = new Float64Array(rows * columns * 3);
  const counts = new Float64Array(rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const target = Math.floor(((y + 0.5) * rows) / height) * columns + Math.floor(((x + 0.5) * columns) / width);
      for (let k = 0; k < 3; k++) sums[target * 3 + k] += colours[(y * width + x) * 3 + k];
      counts[target]++;
    }
  }
  const data = Uint8Array.from(sums, (sum, index) => Math.round(sum / counts[Math.floor(index / 3)]));
  return { data, rows, columns };
}
