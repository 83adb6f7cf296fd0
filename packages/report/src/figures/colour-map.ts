import { interpolateMagma, interpolateRdBu } from 'd3-scale-chromatic';
import type { DatasetInfo, Images } from './figure.js';

/** The magma colour map as 256 red, green, blue triples, dark to light; the same colours as matplotlib's. */
export const MAGMA: Uint8Array = colourTable(interpolateMagma);

/** From blue over white to red, for numbers around 0: apart for all common colour deficiencies. */
export const DIVERGING: Uint8Array = colourTable((position) => interpolateRdBu(1 - position));

/** 256 greys from black to white. */
const GREY = Uint8Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3));

/** Colour maps of images with one intensity a pixel. */
export const COLOUR_MAPS = { magma: MAGMA, grey: GREY } as const;
export type ColourMap = keyof typeof COLOUR_MAPS;

/** What is drawn for a pixel that is not a number: a grey that magma does not hold. */
const NOT_A_NUMBER = 128;
/** The two greys of the board behind what is transparent, and how many of its squares an image is wide. */
const BOARD = [204, 255] as const;
const BOARD_SQUARES = 8;

/** Fashion-MNIST and its stand-in are drawn in magma, the pictures of users in grey, as they are elsewhere. */
export function colourMapOf({ name, synthetic }: Pick<DatasetInfo, 'name' | 'synthetic'>): ColourMap {
  return synthetic || name === 'fashion-mnist' ? 'magma' : 'grey';
}

/** Whether images are drawn through a colour map, so that a key to it makes sense. */
export function isMapped(channels: number): boolean {
  return channels < 3 || channels > 4;
}

/**
 * Red, green and blue bytes of one image. One channel goes through a colour map, three are taken as red, green and blue,
 * four as these with an opacity, drawn over a board of grey squares; for any other number the map shows the mean of the
 * channels. Intensities beyond [0, 1] are clipped.
 *
 * @param pixels [height, width, channels], flat: bytes 0 to 255, or floats in [0, 1]
 * @param width  of the image in pixels, for the board
 * @returns [height, width, 3], flat
 */
export function imageColours(
  pixels: Images,
  channels: number,
  { map = 'magma', width = 1 }: { map?: ColourMap; width?: number } = {},
): Uint8Array {
  const white = pixels instanceof Uint8Array ? 255 : 1;
  const table = COLOUR_MAPS[map];
  const colours = new Uint8Array((pixels.length / channels) * 3);
  for (let pixel = 0; pixel < pixels.length / channels; pixel++) {
    const from = pixel * channels;
    if (isMapped(channels)) {
      const mean = meanOf(pixels, from, channels) / white;
      const entry = byte(mean) * 3;
      for (let k = 0; k < 3; k++) colours[pixel * 3 + k] = Number.isNaN(mean) ? NOT_A_NUMBER : table[entry + k];
    } else {
      const opacity = channels === 4 ? clipped(pixels[from + 3] / white) : 1;
      const behind = opacity === 1 ? 0 : boardAt(pixel, width);
      for (let k = 0; k < 3; k++) {
        const value = byte(pixels[from + k] / white);
        colours[pixel * 3 + k] = opacity === 1 ? value : Math.round(value * opacity + behind * (1 - opacity));
      }
    }
  }
  return colours;
}

/**
 * Errors in the colours of heat maps: magma from dark at 0 to light at `brightest`.
 *
 * @param values    from 0
 * @param brightest above 0
 * @returns [values, 3], flat: red, green and blue bytes
 * @throws RangeError if the brightest is not above 0
 * @example
 * heatMapColours(Float32Array.of(0, 0.02), 0.02); // [0, 0, 4, 252, 253, 191]; nearly black, light yellow
 */
export function heatMapColours(values: Float32Array, brightest: number): Uint8Array {
  if (!(brightest > 0 && Number.isFinite(brightest))) {
    throw new RangeError(`heatMapColours: brightest is ${brightest}, expected a finite number above 0.`);
  }
  return mappedColours(values, 0, brightest, MAGMA);
}

/**
 * Red, green and blue bytes of numbers, through a colour map from `low` to `high`.
 *
 * @returns three bytes for each number
 */
export function mappedColours(values: Images, low: number, high: number, table: Uint8Array): Uint8Array {
  const colours = new Uint8Array(values.length * 3);
  for (let index = 0; index < values.length; index++) {
    const entry = byte((values[index] - low) / (high - low)) * 3;
    const known = !Number.isNaN(values[index]);
    for (let k = 0; k < 3; k++) colours[index * 3 + k] = known ? table[entry + k] : NOT_A_NUMBER;
  }
  return colours;
}

/** 256 red, green, blue triples of colours as d3 writes them, `#rrggbb` or `rgb(r, g, b)`. */
export function colourTable(interpolate: (position: number) => string): Uint8Array {
  return Uint8Array.from({ length: 256 * 3 }, (_, index) => {
    const colour = interpolate(Math.floor(index / 3) / 255);
    const parts = colour.startsWith('#')
      ? [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
      : [...colour.matchAll(/\d+/g)].map(([value]) => Number(value));
    return parts[index % 3];
  });
}

function meanOf(pixels: Images, from: number, channels: number): number {
  let total = 0;
  for (let channel = 0; channel < channels; channel++) total += pixels[from + channel];
  return total / channels;
}

function boardAt(pixel: number, width: number): number {
  const square = Math.max(1, Math.floor(width / BOARD_SQUARES));
  const [x, y] = [Math.floor((pixel % width) / square), Math.floor(pixel / width / square)];
  return BOARD[(x + y) % 2];
}

function clipped(intensity: number): number {
  return Number.isNaN(intensity) ? 1 : Math.min(1, Math.max(0, intensity));
}

function byte(intensity: number): number {
  if (Number.isNaN(intensity)) return NOT_A_NUMBER;
  return Math.round(Math.min(1, Math.max(0, intensity)) * 255);
}
