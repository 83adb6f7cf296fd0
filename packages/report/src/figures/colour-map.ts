import { sum } from 'd3-array';
import { interpolateMagma } from 'd3-scale-chromatic';

/** The magma colour map as 256 red, green, blue triples, dark to light; the same colours as matplotlib's. */
export const MAGMA: Uint8Array = Uint8Array.from(
  Array.from({ length: 256 }, (_, index) => interpolateMagma(index / 255)).flatMap((colour) =>
    [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16)),
  ),
);

/** What is drawn for a pixel that is not a number: a grey that magma does not hold. */
const NOT_A_NUMBER = 128;

/**
 * Red, green and blue bytes of one image. One channel goes through magma, three are taken as red, green and blue;
 * for any other number magma shows the mean of the channels. Intensities beyond [0, 1] are clipped.
 *
 * @param pixels [height, width, channels], flat: bytes 0 to 255, or floats in [0, 1]
 * @returns [height, width, 3], flat
 */
export function imageColours(pixels: Uint8Array | Float32Array, channels: number): Uint8Array {
  const white = pixels instanceof Uint8Array ? 255 : 1;
  const colours = new Uint8Array((pixels.length / channels) * 3);
  for (let pixel = 0; pixel < pixels.length / channels; pixel++) {
    const values = pixels.subarray(pixel * channels, (pixel + 1) * channels);
    if (channels === 3) {
      colours.set(
        Array.from(values, (value) => byte(value / white)),
        pixel * 3,
      );
    } else {
      const mean = sum(values) / channels / white;
      const entry = byte(mean) * 3;
      colours.set(Number.isNaN(mean) ? Array(3).fill(NOT_A_NUMBER) : MAGMA.subarray(entry, entry + 3), pixel * 3);
    }
  }
  return colours;
}

function byte(intensity: number): number {
  if (Number.isNaN(intensity)) return NOT_A_NUMBER;
  return Math.round(Math.min(1, Math.max(0, intensity)) * 255);
}
