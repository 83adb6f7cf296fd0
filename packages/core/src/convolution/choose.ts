import type { Window } from '../operations/window.js';
import type { Shape } from '../tensor/shape.js';
import type { UpsampledPixels, WinogradOutputs } from './bilinear.js';

/** Ways to compute a convolution. They agree but for rounding. */
export type ConvolutionAlgorithm = 'im2col' | 'col2im' | Winograd | Upsample | 'upsample-col2im';

/** Winograd's algorithms, by the outputs along a side of a tile. */
export type Winograd = `winograd${WinogradOutputs}`;

/** Algorithms for a convolution after upsampling by 2, by the pixels along a side of a tile. */
export type Upsample = `upsample${UpsampledPixels}`;

/** What the user may ask for: `direct` leaves out the fast algorithms, `auto` lets the shapes decide. */
export type ConvolutionOption = 'auto' | 'direct' | Winograd;

/** An algorithm, and why it was taken. */
export interface ConvolutionChoice {
  readonly algorithm: ConvolutionAlgorithm;
  readonly reason: string;
}

/**
 * Chooses by shapes alone, never by timing, so that the bits are the same everywhere.
 *
 * @param image     shape of the input, before upsampling if there is one
 * @param weight    shape of the weight
 * @param upsampled whether the input is upsampled by 2 first
 */
export function chooseConvolution(
  image: Shape,
  weight: Shape,
  window: Window,
  upsampled: boolean,
  option: ConvolutionOption,
): ConvolutionChoice {
  const [height, width, channels, filters] = weight;
  const plain = [...window.strides, ...window.dilation].every((length) => length === 1);
  const three = plain && height === 3 && width === 3;
  const same = window.padding.flat().every((amount) => amount === 1);
  const wide = channels >= 8 && filters >= 8;
  if (upsampled && three && same && option !== 'direct') {
    if (filters <= 4 && channels > filters) {
      return {
        algorithm: 'upsample-col2im',
        reason: 'upsampled by 2 with few filters: nine products a pixel, then added up',
      };
    }
    return fewestUpsampled(image[1], image[2], wide ? UPSAMPLE_OF[option] : [1]);
  }
  if (plain && filters <= 4 && channels > filters) {
    return { algorithm: 'col2im', reason: 'few filters: products of every tap first, then added up' };
  }
  if (three && wide && option !== 'direct') {
    const outputs = [0, 1].map((axis) => image[axis + 1] + window.padding[axis][0] + window.padding[axis][1] - 2);
    return option === 'auto'
      ? fewestProducts(outputs[0], outputs[1])
      : { algorithm: option, reason: '3x3 with stride 1, and this algorithm was asked for' };
  }
  return {
    algorithm: 'im2col',
    reason: three
      ? 'few channels: the transforms would cost more than they save'
      : 'general: any size, stride and dilation',
  };
}

/** Sides of tiles, small ones first: of two that need the same products the smaller one is the more accurate. */
const TILES: readonly WinogradOutputs[] = [2, 4, 6, 7];

/** Pixels to a side of an upsampled tile that each option allows: about as many outputs as Winograd's of that name. */
const UPSAMPLE_OF: Readonly<Record<Exclude<ConvolutionOption, 'direct'>, readonly UpsampledPixels[]>> = {
  auto: [1, 2, 4, 7],
  winograd2: [1],
  winograd4: [2],
  winograd6: [4],
  winograd7: [7],
};

/** The Winograd algorithm that multiplies least, the part of its last tiles that sticks out of the image included. */
function fewestProducts(height: number, width: number): ConvolutionChoice {
  const { tile, each } = fewest(TILES, height, width, (outputs) => outputs + 2);
  return {
    algorithm: `winograd${tile}`,
    reason: `3x3 with stride 1 on ${height}x${width}: ${each} products an output instead of 9`,
  };
}

function fewestUpsampled(height: number, width: number, tiles: readonly UpsampledPixels[]): ConvolutionChoice {
  const { tile, each } = fewest(tiles, height, width, (pixels) => 2 * pixels + 1);
  return {
    algorithm: `upsample${tile}`,
    reason: `upsampled by 2 before 3x3 on ${height}x${width}: ${each} products a pixel instead of 36`,
  };
}

/** The tiles that need the fewest products for an image, and how many to a pixel. */
function fewest<Tile extends number>(
  tiles: readonly Tile[],
  height: number,
  width: number,
  productsOfSide: (tile: Tile) => number,
): { tile: Tile; each: string } {
  const products = (tile: Tile) => Math.ceil(height / tile) * Math.ceil(width / tile) * productsOfSide(tile) ** 2;
  const tile = tiles.reduce((a, b) => (products(b) < products(a) ? b : a));
  return { tile, each: (products(tile) / (height * width)).toFixed(2) };
}
