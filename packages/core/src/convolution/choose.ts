import type { Window } from '../operations/window.js';
import type { Shape } from '../tensor/shape.js';
import type { UpsampledPixels, WinogradOutputs } from './bilinear.js';

/** Ways to compute a convolution whose filters see all channels. They agree but for rounding. */
export type DenseAlgorithm = 'im2col' | 'col2im' | Winograd | Upsample | 'upsample-col2im';

/** Ways to compute a convolution. One whose filters see one channel each has a kernel of its own. */
export type ConvolutionAlgorithm = DenseAlgorithm | 'depthwise';

/** Winograd's algorithms, by the outputs along a side of a tile. */
export type Winograd = `winograd${WinogradOutputs}`;

export const isWinograd = (algorithm: ConvolutionAlgorithm): algorithm is Winograd => algorithm.startsWith('winograd');

/** Algorithms for a convolution after upsampling by 2, by the pixels along a side of a tile. */
export type Upsample = `upsample${UpsampledPixels}`;

/** What the user may ask for: `direct` leaves out the fast algorithms, `auto` lets the shapes decide. */
export type ConvolutionOption = 'auto' | 'direct' | Winograd;

/** An algorithm, and why it was taken. */
export interface ConvolutionChoice<Algorithm extends ConvolutionAlgorithm = ConvolutionAlgorithm> {
  readonly algorithm: Algorithm;
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
): ConvolutionChoice<DenseAlgorithm> {
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
    return cheapestUpsampled(image, wide ? UPSAMPLE_OF[option] : [1]);
  }
  if (plain && height * width === 1 && window.padding.flat().every((amount) => amount === 0)) {
    return { algorithm: 'im2col', reason: '1x1: one product of the pixels as they are' };
  }
  if (plain && filters <= 4 && channels > filters) {
    return { algorithm: 'col2im', reason: 'few filters: products of every tap first, then added up' };
  }
  if (three && wide && option !== 'direct') {
    const outputs = [0, 1].map((axis) => image[axis + 1] + window.padding[axis][0] + window.padding[axis][1] - 2);
    return option === 'auto'
      ? cheapestWinograd([image[0], ...outputs])
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

/**
 * What the transformation of a weight costs, in products: that of one number at one point of a tile, forward and back.
 * Measured on the autoencoder, once a step for each worker.
 */
const TRANSFORM_PRODUCTS = 22;

/** A fast algorithm on tiles of some size, and what it costs for each pair of channels of a whole batch. */
interface TileCost<Tile> {
  readonly tile: Tile;
  readonly products: number;
  readonly cost: number;
}

/** The tiles that cost least, those that stick out of the image included; the first of equals. */
function cheapest<Tile extends number>(
  tiles: readonly Tile[],
  [batch, height, width]: Shape,
  pointsOfSide: (tile: Tile) => number,
): TileCost<Tile> {
  const costs = tiles.map((tile) => {
    const points = pointsOfSide(tile) ** 2;
    const products = Math.ceil(height / tile) * Math.ceil(width / tile) * points;
    return { tile, products, cost: batch * products + TRANSFORM_PRODUCTS * points };
  });
  return costs.reduce((a, b) => (b.cost < a.cost ? b : a));
}

/** The Winograd algorithm that costs least, or none where the weights of a small batch cost more than they save. */
function cheapestWinograd(outputs: Shape): ConvolutionChoice<DenseAlgorithm> {
  const [batch, height, width] = outputs;
  const { tile, products, cost } = cheapest(TILES, outputs, (side) => side + 2);
  if (batch * height * width * 9 <= cost) {
    return { algorithm: 'im2col', reason: 'few examples: transforming the weights would cost more than it saves' };
  }
  const each = (products / (height * width)).toFixed(2);
  return {
    algorithm: `winograd${tile}`,
    reason: `3x3 with stride 1 on ${height}x${width}: ${each} products an output instead of 9`,
  };
}

function cheapestUpsampled(image: Shape, tiles: readonly UpsampledPixels[]): ConvolutionChoice<DenseAlgorithm> {
  const [, height, width] = image;
  const { tile, products } = cheapest(tiles, image, (pixels) => 2 * pixels + 1);
  const each = (products / (height * width)).toFixed(2);
  return {
    algorithm: `upsample${tile}`,
    reason: `upsampled by 2 before 3x3 on ${height}x${width}: ${each} products a pixel instead of 36`,
  };
}
