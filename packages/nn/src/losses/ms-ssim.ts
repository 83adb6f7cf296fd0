import { add, avgPool2d, greater, less, maximum, mean, mul, pow, sub, type Tensor, where } from '@weft/core';
import { refuse } from '@weft/core/program';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import type { Loss } from './losses.js';
import { meanOfExamples, targetLike } from './shapes.js';
import { checkImages, dissimilarities, ofBoth, SSIM } from './ssim.js';

const isWeight = (value: unknown) => typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;

const weights: Reader<readonly number[]> = (label, option, value) =>
  Array.isArray(value) && value.length > 0 && value.every(isWeight)
    ? [...value]
    : refuse(label, option, value, 'at least one number above 0');

const MS_SSIM = {
  ...SSIM,
  /** Weights of the scales, the finest first. Default those of the paper, 0.0448, 0.2856, 0.3001, 0.2363, 0.1333. */
  powerFactors: [weights, [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]],
} as const satisfies Schema;

/** Options of `msSsimLossWith` and `msSsimWith`; defaults are those of the paper. */
export type MsSsimOptions = OptionsOf<typeof MS_SSIM>;

/** The weights of the scales at which the window fits into the images; fewer than all are divided by their sum. */
function scalesFor(side: number, windowSize: number, powerFactors: readonly number[]): readonly number[] {
  let count = 0;
  for (let length = side; length >= windowSize && count < powerFactors.length; length = Math.ceil(length / 2)) {
    count++;
    if (length === 1) break;
  }
  if (count === powerFactors.length) return powerFactors;
  const used = powerFactors.slice(0, count);
  const total = used.reduce((sum, weight) => sum + weight);
  return used.map((weight) => weight / total);
}

/** Below this dissimilarity a series has more digits than the difference of a power from 1. */
const SMALL = 0.05;
/** Terms of the series: what is left out is below 1e-8 of the sum. */
const TERMS = 6;

/**
 * 1 - s^weight of the similarity s = 1 - dissimilarity; s counts as 0 where it is negative, as in TensorFlow. Where s is 0, the
 * gradient is 0.
 */
function ofPower(dissimilarity: Tensor, weight: number): Tensor {
  if (weight === 1) return where(less(dissimilarity, 1), dissimilarity, 1);
  const isAlike = greater(1, dissimilarity);
  // The power of 0 has no gradient: what is not chosen has to be a number, too.
  const similarity = where(isAlike, maximum(sub(1, dissimilarity), 0), 1);
  const power = where(isAlike, pow(similarity, weight), 0);
  let series: Tensor | number = 1;
  for (let k = TERMS; k > 1; k--) series = add(1, mul(mul(dissimilarity, (k - 1 - weight) / k), series));
  return where(less(dissimilarity, SMALL), mul(mul(dissimilarity, weight), series), sub(1, power));
}

/** 1 - MS-SSIM for each example. */
export function multiscaleDissimilarityFor(name: string, options: MsSsimOptions): Loss {
  const { powerFactors, ...settings } = checked(`${name}With`, options, MS_SSIM);
  return (prediction, target) => {
    let [x, y] = [prediction, targetLike(name, prediction, target)];
    checkImages(name, x, settings.windowSize);
    const scales = scalesFor(Math.min(x.shape[1], x.shape[2]), settings.windowSize, powerFactors);
    const parts = scales.map((weight, scale) => {
      // A last row or column without a neighbour is a mean by itself.
      if (scale > 0) [x, y] = [x, y].map((images) => avgPool2d(images, 2, { padding: 'same' }));
      const compared = dissimilarities(x, y, settings);
      const isLast = scale === scales.length - 1;
      return ofPower(mean(isLast ? ofBoth(compared) : compared.contrast, [2, 3]), weight);
    });
    // 1 - (1 - a)(1 - b) = a + b - a b, which keeps its digits where both are small.
    return meanOfExamples(parts.reduce((total, part) => sub(add(total, part), mul(total, part))));
  };
}

/**
 * `msSsimLoss` with options, such as the range of the pixels.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const loss = msSsimLossWith({ dataRange: 255 });
 * const image = randomUniform([1, 32, 32, 1], { seed: 1, high: 255 });
 * loss(image, image); // [0.0]
 */
export function msSsimLossWith(options: MsSsimOptions): Loss {
  const loss = multiscaleDissimilarityFor('msSsimLoss', options);
  return function msSsimLoss(prediction, target) {
    return loss(prediction, target);
  };
}

/**
 * 1 - MS-SSIM, the structural similarity of two images at several scales: 0 for the same images. Each scale is half as high
 * and wide as the one before, by means of 2 x 2 pixels. The index is the product over the scales of their contrast and structure,
 * at the coarsest scale of luminance too, each to the power of its weight; the mean over channels. A negative similarity counts
 * as 0, and has no gradient.
 *
 * There are five scales, or as many as the window fits into: five from a shorter side of 161 pixels on, four from 81, three
 * from 41, two from 21, one from 11. The weights of fewer than five are divided by their sum. With one scale it is `ssimLoss`.
 *
 * @param prediction [batch, height, width, channels], pixels from 0 to 1: `msSsimLossWith({ dataRange })` for others
 * @param target     the same shape
 * @returns [batch]
 * @throws RangeError if the shapes differ, are no images, or the images are smaller than the window
 * @see Wang, Simoncelli & Bovik (2003), Multiscale structural similarity for image quality assessment; agrees with
 * tf.image.ssim_multiscale, given the weights of as many scales
 * @example
 * const image = randomUniform([1, 32, 32, 1], { seed: 1 });
 * msSsimLoss(image, image); // [0.0]
 */
export const msSsimLoss: Loss = /* @__PURE__ */ msSsimLossWith({});
