import { div, log, mul, neg, reshape, sub } from '@weft/core';
import { meanSquaredError } from '../losses/losses.js';
import { type MsSsimOptions, multiscaleDissimilarityFor } from '../losses/ms-ssim.js';
import { cosineSimilarity } from '../losses/overlap.js';
import { targetLike } from '../losses/shapes.js';
import { dissimilarityFor, type SsimOptions } from '../losses/ssim.js';
import { above0 } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';
import { weightedMean } from './measure.js';
import type { MeanMetric, MeasuredSet, ScoresMetric } from './metric.js';

/**
 * Square root of the mean squared error over the whole set, in the unit of the target.
 *
 * @throws RangeError if prediction and target, [batch, ...], differ in shape
 * @example
 * measure(rootMeanSquaredError, tensor([[1], [2]]), tensor([[1], [4]])); // 1.4142
 */
export const rootMeanSquaredError: ScoresMetric = {
  name: 'rootMeanSquaredError',
  scores: (prediction, target) => ({ squares: meanSquaredError(prediction, target) }),
  result: ({ squares }, set) => Math.sqrt(weightedMean(squares, set)),
};

/** 1 - residual / total sum of squares of one output. */
function determination(
  prediction: Float32Array,
  target: Float32Array,
  output: number,
  { examples, weights }: MeasuredSet,
): number {
  const outputs = target.length / examples;
  const sumOf = (term: (at: number) => number) => {
    let sum = 0;
    for (let example = 0; example < examples; example++) {
      sum += (weights ? weights[example] : 1) * term(example * outputs + output);
    }
    return sum;
  };
  const mean = sumOf((at) => target[at]) / sumOf(() => 1);
  const residual = sumOf((at) => (target[at] - prediction[at]) * (target[at] - prediction[at]));
  const total = sumOf((at) => (target[at] - mean) * (target[at] - mean));
  if (total === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / total;
}

/**
 * Coefficient of determination: the part of the targets' variance that predictions explain. 1 for perfect ones, 0 for the
 * targets' mean, below for worse. The mean over several outputs. Where the targets of an output are all equal, it is 1 if
 * they are predicted exactly, else 0, as in scikit-learn.
 *
 * Prediction and target [batch, ...]; both are kept of each example.
 *
 * @throws RangeError if the shapes differ
 * @see Keras's R2Score; agrees with scikit-learn's r2_score
 * @example
 * measure(r2Score, tensor([[1], [2], [4]]), tensor([[1], [3], [5]])); // 0.75
 */
export const r2Score: ScoresMetric = {
  name: 'r2Score',
  scores(prediction, target) {
    const wanted = targetLike('r2Score', prediction, target);
    const outputs = [prediction.shape[0], prediction.size / prediction.shape[0]];
    return { prediction: reshape(prediction, outputs), target: reshape(wanted, outputs) };
  },
  result({ prediction, target }, set) {
    const outputs = target.length / set.examples;
    let total = 0;
    for (let output = 0; output < outputs; output++) total += determination(prediction, target, output, set);
    return total / outputs;
  },
};

const PSNR = {
  /** Largest minus smallest value that a pixel can have. Default 1. */
  dataRange: [above0, 1],
} as const satisfies Schema;

/** Options of `psnrWith`. */
export type PsnrOptions = OptionsOf<typeof PSNR>;

/**
 * `psnr` for pixels of another range.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const ofBytes = psnrWith({ dataRange: 255 });
 * measure(ofBytes, tensor([[25.5, 25.5]]), tensor([[0, 0]])); // 20.0
 */
export function psnrWith(options: PsnrOptions): MeanMetric {
  const { dataRange } = checked('psnrWith', options, PSNR);
  return {
    name: 'psnr',
    values(prediction, target) {
      targetLike('psnr', prediction, target);
      const ratio = div(dataRange * dataRange, meanSquaredError(prediction, target));
      return mul(log(ratio), 10 / Math.LN10);
    },
  };
}

/**
 * Peak signal-to-noise ratio, 10 log10(1 / mean squared error) of each image, in decibels; the mean over the images.
 * Infinite as soon as one image is reproduced exactly.
 *
 * @throws RangeError if prediction and target, [batch, ...], differ in shape
 * @example
 * measure(psnr, tensor([[0.1, 0.1]]), tensor([[0, 0]])); // 20.0
 */
export const psnr: MeanMetric = /* @__PURE__ */ psnrWith({});

/**
 * `ssim` with options, such as the range of the pixels.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const ofBytes = ssimWith({ dataRange: 255 });
 * const image = randomUniform([1, 16, 16, 1], { seed: 1, high: 255 });
 * measure(ofBytes, image, image); // 1.0
 */
export function ssimWith(options: SsimOptions): MeanMetric {
  const dissimilarity = dissimilarityFor('ssim', options);
  return { name: 'ssim', values: (prediction, target) => sub(1, dissimilarity(prediction, target)) };
}

/**
 * Structural similarity index of images, at most 1; the mean over the images. `ssimLoss` says how it is computed.
 *
 * @throws RangeError if prediction and target, [batch, height, width, channels], differ in shape or are smaller than the
 * window of 11 x 11
 * @example
 * const image = randomUniform([1, 16, 16, 1], { seed: 1 });
 * measure(ssim, image, image); // 1.0
 */
export const ssim: MeanMetric = /* @__PURE__ */ ssimWith({});

/**
 * `msSsim` with options, such as the range of the pixels.
 *
 * @throws RangeError if an option is unknown or has a value that it cannot have
 * @example
 * const ofBytes = msSsimWith({ dataRange: 255 });
 * const image = randomUniform([1, 32, 32, 1], { seed: 1, high: 255 });
 * measure(ofBytes, image, image); // 1.0
 */
export function msSsimWith(options: MsSsimOptions): MeanMetric {
  const dissimilarity = multiscaleDissimilarityFor('msSsim', options);
  return { name: 'msSsim', values: (prediction, target) => sub(1, dissimilarity(prediction, target)) };
}

/**
 * Multi-scale structural similarity index of images, from 0 to 1; the mean over the images. `msSsimLoss` says how it is
 * computed.
 *
 * @throws RangeError if prediction and target, [batch, height, width, channels], differ in shape or are smaller than the
 * window of 11 x 11
 * @example
 * const image = randomUniform([1, 32, 32, 1], { seed: 1 });
 * measure(msSsim, image, image); // 1.0
 */
export const msSsim: MeanMetric = /* @__PURE__ */ msSsimWith({});

/**
 * Cosine of the angle between vectors along the last axis, [batch, ..., length]: 1 for the same direction. It is Keras's
 * metric CosineSimilarity; the loss `cosineSimilarity` has the other sign.
 *
 * @throws RangeError if the shapes differ
 * @example
 * measure(meanCosineSimilarity, tensor([[3, 4], [1, 0]]), tensor([[6, 8], [0, 1]])); // 0.5
 */
export const meanCosineSimilarity: MeanMetric = {
  name: 'meanCosineSimilarity',
  values: (prediction, target) => neg(cosineSimilarity(prediction, target)),
};
