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
  /** How much of what lies behind a point it hides, 0 to 1. */
  readonly opacity: number;
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
  { palette, background, radius, opacity }: Style,
): void {
  fill(pixels, background);
  const { width, height } = size;
  const { cover, side, reach } = stamp(radius, opacity);
  for (let point = 0; point < xs.length; point++) {
    if (isShown[point] === 0) continue;
    const { x, y } = toScreen(view, size, { x: xs[point], y: ys[point] });
    const left = Math.round(x) - reach;
    const top = Math.round(y) - reach;
    if (left + side <= 0 || top + side <= 0 || left >= width || top >= height) continue;
    const [red, green, blue] = palette[colours[point]];
    for (let row = Math.max(0, -top); row < Math.min(side, height - top); row++) {
      for (let column = Math.max(0, -left); column < Math.min(side, width - left); column++) {
        const part = cover[row * side + column];
        if (part === 0) continue;
        const at = 4 * ((top + row) * width + left + column);
        pixels[at] += (red - pixels[at]) * part;
        pixels[at + 1] += (green - pixels[at + 1]) * part;
        pixels[at + 2] += (blue - pixels[at + 2]) * part;
      }
    }
  }
}

function fill(pixels: Uint8ClampedArray, [red, green, blue]: Colour): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  pixels.set([red, green, blue, 255]);
  words.fill(words[0]);
}

/** How much of each pixel of a square a disc covers. */
function stamp(radius: number, opacity: number): { cover: Float32Array; side: number; reach: number } {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const cover = Float32Array.from({ length: side * side }, (_, at) => {
    const distance = Math.hypot((at % side) - reach, Math.floor(at / side) - reach);
    return opacity * Math.min(1, Math.max(0, radius + 0.5 - distance));
  });
  return { cover, side, reach };
}
