import type { Window } from '../operations/window.js';
import type { Shape } from '../tensor/shape.js';

/** Ways to compute a convolution. They agree but for rounding. */
export type ConvolutionAlgorithm = 'im2col' | 'col2im' | 'winograd2' | 'winograd4' | 'upsample' | 'upsample-col2im';

/** What the user may ask for: `direct` leaves out the fast algorithms, `auto` lets the shapes decide. */
export type ConvolutionOption = 'auto' | 'direct' | 'winograd2' | 'winograd4';

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
    const small = Math.min(image[1], image[2]) <= 2;
    return option === 'winograd2' || (option === 'auto' && small)
      ? { algorithm: 'winograd2', reason: '3x3 with stride 1 on a very small image: 4 products an output instead of 9' }
      : { algorithm: 'winograd4', reason: '3x3 with stride 1: 2.25 products an output instead of 9' };
  }
  return {
    algorithm: 'im2col',
    reason: three
      ? 'few channels: the transforms would cost more than they save'
      : 'general: any size, stride and dilation',
  };
}
