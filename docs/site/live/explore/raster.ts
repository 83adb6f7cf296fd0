import { type Size, toScreen, type View } from './view.js';

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [number, number, number];

/** Points of the plane, and how they are drawn. */
export interface Points {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** Index of a colour for each point. */
  readonly colours: Uint8Array;
  /** 1 for each point that is drawn. */
  readonly isShown: Uint8Array;
}

/** How points look. */
export interface Style {
  readonly palette: readonly Colour[];
  readonly background: Colour;
  /** Radius of a point in pixels of the picture. */
  readonly radius: number;
}

/**
 * Draws points as discs with smooth edges. Ten thousand calls of a canvas take longer than all the bytes of the picture:
 * so the bytes are written here.
 *
 * @param pixels RGBA, row by row, [height, width, 4]
 * @param size   of the picture; the view is in its pixels
 */
export function drawPoints(
  pixels: Uint8ClampedArray,
  size: Size,
  view: View,
  { xs, ys, colours, isShown }: Points,
  { palette, background, radius }: Style,
): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const inks = Uint32Array.from(palette, wordOf);
  words.fill(wordOf(background));
  const { width, height } = size;
  const disc = discOf(radius, width);
  const { reach } = disc;
  for (let point = 0; point < xs.length; point++) {
    if (isShown[point] === 0) continue;
    const place = toScreen(view, size, { x: xs[point], y: ys[point] });
    const x = Math.round(place.x);
    const y = Math.round(place.y);
    const ink = inks[colours[point]];
    const isInside = x >= reach && y >= reach && x < width - reach && y < height - reach;
    if (isInside) drawInside(words, y * width + x, disc, ink);
    else if (x >= -reach && y >= -reach && x < width + reach && y < height + reach)
      drawCut(words, size, x, y, disc, ink);
  }
}

/** The four bytes of a colour as one number, in the order of the bytes of this machine. */
function wordOf([red, green, blue]: Colour): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0];
}

/** The pixels that a disc covers. */
interface Disc {
  readonly reach: number;
  /** Places from the middle. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** The same in the array of the picture. */
  readonly offsets: Int32Array;
  /** How much of each pixel is covered, from 1 to 256. */
  readonly parts: Uint16Array;
}

function discOf(radius: number, width: number): Disc {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const covered = Array.from({ length: side * side }, (_, at) => {
    const [column, row] = [(at % side) - reach, Math.floor(at / side) - reach];
    return { column, row, part: Math.round(256 * Math.min(1, radius + 0.5 - Math.hypot(column, row))) };
  }).filter(({ part }) => part > 0);
  return {
    reach,
    columns: Int32Array.from(covered, ({ column }) => column),
    rows: Int32Array.from(covered, ({ row }) => row),
    offsets: Int32Array.from(covered, ({ column, row }) => row * width + column),
    parts: Uint16Array.from(covered, ({ part }) => part),
  };
}

function drawInside(words: Uint32Array, middle: number, { offsets, parts }: Disc, ink: number): void {
  for (let index = 0; index < offsets.length; index++) {
    const at = middle + offsets[index];
    words[at] = parts[index] === 256 ? ink : mixed(words[at], ink, parts[index]);
  }
}

/** A disc of which an edge of the picture cuts something off. */
function drawCut(words: Uint32Array, { width, height }: Size, x: number, y: number, disc: Disc, ink: number): void {
  const { columns, rows, parts } = disc;
  for (let index = 0; index < columns.length; index++) {
    const [column, row] = [x + columns[index], y + rows[index]];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const at = row * width + column;
    words[at] = mixed(words[at], ink, parts[index]);
  }
}

/** Two colours mixed, two bytes at a time. @param part of the second, from 0 to 256 */
function mixed(first: number, second: number, part: number): number {
  const rest = 256 - part;
  const even = (Math.imul(first & 0xff00ff, rest) + Math.imul(second & 0xff00ff, part)) >>> 8;
  const odd = Math.imul((first >>> 8) & 0xff00ff, rest) + Math.imul((second >>> 8) & 0xff00ff, part);
  return (even & 0xff00ff) | (odd & 0xff00ff00);
}
