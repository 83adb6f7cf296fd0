import { meanSquaredErrors, peakSignalToNoiseRatios, structuralSimilarities, summaryStatistics } from '@weft/analysis';
import type { ErrorStatistics } from '@weft/report';

/** Size of the images; pixels are in [0, 1]. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How far images are from what they should be. */
export interface Comparison {
  /** Mean squared error of each image, in squared pixel intensity. */
  readonly errors: Float64Array;
  readonly testError: ErrorStatistics;
  /** Mean over the images, in decibels. */
  readonly psnr: { readonly mean: number };
  readonly ssim: { readonly mean: number };
}

/** Compares images [n, height, width, channels] with their targets. */
export function compareImages(
  target: Float32Array,
  images: Float32Array,
  { height, width, channels }: ImageShape,
): Comparison {
  const size = height * width * channels;
  const errors = meanSquaredErrors(target, images, size);
  return {
    errors,
    testError: errorStatistics(errors),
    psnr: { mean: plainMean(peakSignalToNoiseRatios(target, images, size)) },
    ssim: {
      mean: plainMean(structuralSimilarities(target, images, { height, width, channels, ...windowFor(height, width) })),
    },
  };
}

/** The window of SSIM: of 11 pixels, or the largest odd number that fits smaller images, as the loss `ssim` has it. */
function windowFor(height: number, width: number): { windowSize: number; sigma: number } {
  const side = Math.min(11, height, width);
  const windowSize = side % 2 === 1 ? side : side - 1;
  return { windowSize, sigma: (1.5 * windowSize) / 11 };
}

/** Statistics of errors; NaN throughout if one of them is not finite, as after a training that diverged. */
function errorStatistics(errors: Float64Array): ErrorStatistics {
  if (!errors.every(Number.isFinite)) {
    const none = Number.NaN;
    return { mean: none, median: none, p95: none, max: none, standardDeviation: none, skewness: none };
  }
  const { mean, median, p95, maximum, standardDeviation, skewness } = summaryStatistics(errors);
  return { mean, median, p95, max: maximum, standardDeviation, skewness };
}

/** The mean, also of values that are not finite: two images alike have an infinite PSNR. */
function plainMean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Intensities as bytes; what lies beyond [0, 1] is black or white. */
export function bytesOf(values: Float32Array): Uint8Array {
  // A clamped array rounds halves to even, and takes what is beyond a byte to its ends.
  const bytes = new Uint8ClampedArray(values.length);
  for (let index = 0; index < values.length; index++) bytes[index] = values[index] * 255;
  return new Uint8Array(bytes.buffer);
}

/** Bytes as intensities in [0, 1]. */
export function intensities(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) values[index] = bytes[index] / 255;
  return values;
}
