import type { Window } from '../operations/window.js';
import type { Shape } from '../tensor/shape.js';
import type { WinogradOutputs } from './bilinear.js';

/** Ways to compute a convolution. They agree but for rounding. */
export type ConvolutionAlgorithm = 'im2col' | 'col2im' | Winograd | 'upsample' | 'upsample-col2im';

/** Winograd's algorithms, by the outputs along a side of a tile. */
export type Winograd = `winograd${WinogradOutputs}`;

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
  if (upsampled && three && same && option !== 'direct') {
    return filters <= 4 && channels > filters
      ? {
          algorithm: 'upsample-col2im',
          reason: 'upsampled by 2 with few filters: nine products a pixel, then added up',
        }
      : { algorithm: 'upsample', reason: 'upsampled by 2 before 3x3: nine products a pixel instead of 36' };
  }
  if (plain && filters <= 4 && channels > filters) {
    return { algorithm: 'col2im', reason: 'few filters: products of every tap first, then added up' };
  }
  const wide = channels >= 8 && filters >= 8;
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

/** The Winograd algorithm that multiplies least, the part of its last tiles that sticks out of the image included. */
function fewestProducts(height: number, width: number): ConvolutionChoice {
  const products = (tile: number) => Math.ceil(height / tile) * Math.ceil(width / tile) * (tile + 2) ** 2;
  const best = TILES.reduce((a, b) => (products(b) < products(a) ? b : a));
  const each = (products(best) / (height * width)).toFixed(2);
  return {
    algorithm: `winograd${best}`,
    reason: `3x3 with stride 1 on ${height}x${width}: ${each} products an output instead of 9`,
  };
}
