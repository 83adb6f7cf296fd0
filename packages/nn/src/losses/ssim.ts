import {
  add,
  concatenate,
  div,
  matmul,
  mean,
  mul,
  reshape,
  slice,
  square,
  stopGradient,
  sub,
  type Tensor,
  tensor,
  transpose,
} from '@weft/core';
import { formatShape, refuse } from '@weft/core/program';
import { above0, positiveInteger } from '../options/readers.js';
import { type Checked, checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike } from './shapes.js';

const windowSide: Reader<number> = (label, option, value) =>
  positiveInteger(label, option, value) % 2 === 1
    ? (value as number)
    : refuse(label, option, value, 'an odd whole number of pixels');

export const SSIM = {
  /** Largest minus smallest value that a pixel can have. Default 1. */
  dataRange: [above0, 1],
  /** Side of the square window in pixels, odd. Default 11. */
  windowSize: [windowSide, 11],
  /** Standard deviation of the window's Gaussian weights in pixels. Default 1.5. */
  sigma: [above0, 1.5],
  /** Stabilises the comparison of luminance. Default 0.01. */
  k1: [above0, 0.01],
  /** Stabilises the comparison of contrast. Default 0.03. */
  k2: [above0, 0.03],
} as const satisfies Schema;

/** Options of `ssimLossWith` and `ssimWith`; defaults are those of the paper. */
export type SsimOptions = OptionsOf<typeof SSIM>;

/** e^-x for x from 0, by the four basic operations: `Math.exp` has other last bits in other engines. */
function exponential(x: number): number {
  if (x > 0.5) {
    const root = exponential(x / 2);
    return root * root;
  }
  let [term, sum] = [1, 1];
  for (let k = 1; k < 16; k++) {
    term *= -x / k;
    sum += term;
  }
  return sum;
}

/** Gaussian weights of a window, whose sum is 1. */
function windowWeights(size: number, sigma: number): number[] {
  const weights = Array.from({ length: size }, (_, at) => {
    const distance = at - (size - 1) / 2;
    return exponential((distance * distance) / (2 * sigma * sigma));
  });
  const total = weights.reduce((so, weight) => so + weight);
  return weights.map((weight) => weight / total);
}

/** A matrix that filters rows of some length from the right, where the window lies wholly inside: [length, positions]. */
function band(length: number, weights: readonly number[]): Tensor {
  const positions = length - weights.length + 1;
  const data = new Float32Array(length * positions);
  for (let position = 0; position < positions; position++) {
    weights.forEach((weight, tap) => {
      data[(position + tap) * positions + position] = weight;
    });
  }
  return tensor(data, [length, positions]);
}

/** @throws RangeError if the tensors are no images [batch, height, width, channels] that a window fits into */
export function checkImages(name: string, { shape }: Tensor, windowSize: number): void {
  if (shape.length !== 4) {
    throw new RangeError(`${name}: got ${formatShape(shape)}; expected images, [batch, height, width, channels].`);
  }
  if (shape[1] >= windowSize && shape[2] >= windowSize) return;
  const side = Math.min(shape[1], shape[2]);
  const largest = side % 2 === 0 ? side - 1 : side;
  throw new RangeError(
    `${name}: the window is ${windowSize}x${windowSize} but the images are ${shape[1]}x${shape[2]}. ` +
      `Choose a smaller windowSize, an odd number: ${name}With({ windowSize: ${largest} }).`,
  );
}

/** How unlike two images are below each window: 1 minus the terms of SSIM, [batch, channels, columns, rows]. */
export interface Dissimilarities {
  readonly luminance: Tensor;
  /** Of contrast and structure. */
  readonly contrast: Tensor;
}

/** Of images [batch, height, width, channels]. */
export function dissimilarities(x: Tensor, y: Tensor, settings: Checked<typeof SSIM>): Dissimilarities {
  const { dataRange, windowSize, sigma, k1, k2 } = settings;
  const [batch, height, width, channels] = x.shape;
  const weights = windowWeights(windowSize, sigma);
  const both = [sub(x, y), add(x, y)];
  // Variances do not depend on a shift, but their rounding does: so they are computed of numbers about 0.
  const [level, sumLevel] = both.map((map) => stopGradient(mean(map, [1, 2, 3], { keepDims: true })));
  const [difference, sum] = [sub(both[0], level), sub(both[1], sumLevel)];
  const maps = [difference, sum, square(difference), square(sum)].map((map) =>
    reshape(transpose(map, [0, 3, 1, 2]), [batch, 1, channels, height, width]),
  );
  // Four maps in one product along the width, then one along the height, which leaves pictures on their sides.
  const alongWidth = matmul(concatenate(maps, 1), band(width, weights));
  const filtered = matmul(transpose(alongWidth, [0, 1, 2, 4, 3]), band(height, weights));
  const [, , , columns, rows] = filtered.shape;
  const [differences, sums, differenceSquares, sumSquares] = maps.map((_, which) =>
    reshape(slice(filtered, [0, which], [batch, which + 1]), [batch, channels, columns, rows]),
  );
  // With d = x - y and s = x + y, 2 x y = x^2 + y^2 - d^2 and x^2 + y^2 = (d^2 + s^2) / 2: so both comparisons are 1 minus
  // something small where the images are alike, and no digits are lost in their difference.
  const unlike = (ofDifference: Tensor, ofSum: Tensor, constant: number) =>
    div(ofDifference, add(mul(add(ofDifference, ofSum), 0.5), constant));
  const [c1, c2] = [k1 * dataRange, k2 * dataRange];
  const luminance = unlike(square(add(differences, level)), square(add(sums, sumLevel)), c1 * c1);
  const contrast = unlike(sub(differenceSquares, square(differences)), sub(sumSquares, square(sums)), c2 * c2);
  return { luminance, contrast };
}

/** 1 - SSIM below each window. */
export const ofBoth = ({ luminance, contrast }: Dissimilarities): Tensor =>
  sub(add(luminance, contrast), mul(luminance, contrast));

/**
 * 1 - SSIM with options.
 *
 * @param name how errors name what is computed
 * @throws RangeError if an option is unknown or has a value that it cannot have
 */
export function dissimilarityFor(name: string, options: SsimOptions): Loss {
  const settings = checked(`${name}With`, options, SSIM);
  return (prediction, target) => {
    const t = targetLike(name, prediction, target);
    checkImages(name, prediction, settings.windowSize);
    return meanOfExamples(ofBoth(dissimilarities(prediction, t, settings)));
  };
}

/**
 * `ssimLoss` with options, such as the range of the pixels.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = ssimLossWith({ dataRange: 255 });
 * const image = randomUniform([1, 16, 16, 1], { seed: 1, high: 255 });
 * loss(image, image); // [0.0]
 */
export function ssimLossWith(options: SsimOptions): Loss {
  const loss = dissimilarityFor('ssimLoss', options);
  return function ssimLoss(prediction, target) {
    return loss(prediction, target);
  };
}

/**
 * 1 - SSIM, the structural similarity index of two images: 0 for the same images. The index is the mean over channels and
 * over the places at which the window of 11 x 11 Gaussian weights lies wholly inside.
 *
 * @param prediction [batch, height, width, channels], pixels from 0 to 1: `ssimLossWith({ dataRange })` for others
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ, are no images, or the images are smaller than the window
 * @see Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment; agrees with tf.image.ssim
 * @example
 * const image = randomUniform([1, 16, 16, 1], { seed: 1 });
 * ssimLoss(image, image); // [0.0]
 */
export const ssimLoss: Loss = /* @__PURE__ */ ssimLossWith({});
