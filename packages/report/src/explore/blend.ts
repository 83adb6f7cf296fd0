/** A square picture of one colour. */
export interface Stamp {
  /** Pixels along each side. */
  readonly side: number;
  /** How opaque each pixel is, in [0, 1], row by row. */
  readonly opacities: Float32Array;
  readonly rgb: readonly number[];
}

/** Pixels as browsers hold them: red, green, blue and opacity, row by row. */
interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * Puts a stamp over an image, centred on a pixel. Canvases take many times as long for ten thousand of them.
 *
 * @see https://www.w3.org/TR/compositing-1/#porterduffcompositingoperators_srcover
 */
export function blend(
  { width, height, data }: Image,
  { side, opacities, rgb }: Stamp,
  left: number,
  top: number,
): void {
  for (let row = 0; row < side; row++) {
    const y = top - side / 2 + row;
    if (y < 0 || y >= height) continue;
    for (let column = 0; column < side; column++) {
      const x = left - side / 2 + column;
      const opacity = opacities[row * side + column];
      if (opacity === 0 || x < 0 || x >= width) continue;
      const at = (y * width + x) * 4;
      const below = (data[at + 3] / 255) * (1 - opacity);
      const sum = opacity + below;
      for (let k = 0; k < 3; k++) data[at + k] = (rgb[k] * opacity + data[at + k] * below) / sum;
      data[at + 3] = sum * 255;
    }
  }
}
