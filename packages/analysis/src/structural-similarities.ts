import { requireImages } from './image-count.js';
import { requireKnownOptions } from './require-options.js';
import { shown } from './shown.js';

/** Shape of the images, and the constants of the index (defaults: those of the paper). */
export interface StructuralSimilarityOptions {
  /** pixels */
  height: number;
  /** pixels */
  width: number;
  /** channels, innermost in memory; the index is the mean of the channels' indices; default 1 */
  channels?: number;
  /** side of the square window in pixels, odd; default 11 */
  windowSize?: number;
  /** standard deviation of the window's Gaussian weights in pixels; default 1.5 */
  sigma?: number;
  /** largest minus smallest value a pixel can have; default 1 */
  dataRange?: number;
  /** stabilises the comparison of luminance; default 0.01 */
  k1?: number;
  /** stabilises the comparison of contrast; default 0.03 */
  k2?: number;
}

const OPTIONS = {
  height: true,
  width: true,
  channels: true,
  windowSize: true,
  sigma: true,
  dataRange: true,
  k1: true,
  k2: true,
} as const;

/**
 * Structural similarity index (SSIM) of each pair of images.
 *
 * The window is Gaussian, its variances and covariance are weighted means (not sample estimates), and the index is averaged
 * over the positions where the window lies wholly inside the image.
 *
 * @param images          originals, [n, height, width, channels]
 * @param reconstructions what to compare with, same shape
 * @returns index of each image, at most 1 (identical images), length n
 * @throws TypeError if one of the two is no array of numbers; RangeError if there is an unknown option, the shapes don't
 * fit, the window is even or larger than the image, or a constant is not positive
 * @see Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to structural similarity;
 * the variant of scikit-image's structural_similarity with gaussian_weights=True, use_sample_covariance=False
 * @example
 * const image = Float32Array.from({ length: 256 }, (_, at) => (at % 16) / 15);
 * structuralSimilarities(image, image, { height: 16, width: 16 }); // [1]
 */
export function structuralSimilarities(
  images: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  options: StructuralSimilarityOptions,
): Float64Array {
  requireKnownOptions('structuralSimilarities', options, OPTIONS);
  const { height, width, channels = 1, windowSize = 11, sigma = 1.5, dataRange = 1, k1 = 0.01, k2 = 0.03 } = options;
  for (const [name, value] of Object.entries({ height, width, channels, windowSize })) requireCount(name, value);
  for (const [name, value] of Object.entries({ sigma, dataRange, k1, k2 })) requirePositive(name, value);
  if (windowSize % 2 === 0 || windowSize > height || windowSize > width) {
    throw new RangeError(
      `structuralSimilarities: the window is ${windowSize}x${windowSize} but the images are ${height}x${width}. Choose an odd windowSize that fits.`,
    );
  }
  const size = height * width;
  const [originals, others, count] = requireImages('structuralSimilarities', images, reconstructions, size * channels);
  const similarities = new Float64Array(count);
  const weights = gaussianWeights(windowSize, sigma);
  const luminanceConstant = (k1 * dataRange) ** 2;
  const contrastConstant = (k2 * dataRange) ** 2;

  const first = new Float64Array(size);
  const second = new Float64Array(size);
  const squares = new Float64Array(size);
  const products = new Float64Array(size);
  const rowsFiltered = new Float64Array(size);
  const positions = (height - windowSize + 1) * (width - windowSize + 1);
  const [firstMean, secondMean, squareMean, productMean] = Array.from({ length: 4 }, () => new Float64Array(positions));

  for (let image = 0; image < similarities.length; image++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0, index = image * size * channels + channel; pixel < size; pixel++, index += channels) {
        const a = originals[index];
        const b = others[index];
        first[pixel] = a;
        second[pixel] = b;
        squares[pixel] = a * a + b * b;
        products[pixel] = a * b;
      }
      filterInside(first, height, width, weights, rowsFiltered, firstMean);
      filterInside(second, height, width, weights, rowsFiltered, secondMean);
      filterInside(squares, height, width, weights, rowsFiltered, squareMean);
      filterInside(products, height, width, weights, rowsFiltered, productMean);
      for (let position = 0; position < positions; position++) {
        const meanProduct = firstMean[position] * secondMean[position];
        const meanSquares = firstMean[position] * firstMean[position] + secondMean[position] * secondMean[position];
        const covariance = productMean[position] - meanProduct;
        const variances = squareMean[position] - meanSquares;
        sum +=
          ((2 * meanProduct + luminanceConstant) * (2 * covariance + contrastConstant)) /
          ((meanSquares + luminanceConstant) * (variances + contrastConstant));
      }
    }
    similarities[image] = sum / (positions * channels);
  }
  return similarities;
}

function gaussianWeights(windowSize: number, sigma: number): Float64Array {
  const centre = (windowSize - 1) / 2;
  const weights = Float64Array.from({ length: windowSize }, (_, index) =>
    Math.exp(-(((index - centre) / sigma) ** 2) / 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Weighted means over all windows inside the plane: along the rows first, then along the columns. */
function filterInside(
  plane: Float64Array,
  height: number,
  width: number,
  weights: Float64Array,
  rowsFiltered: Float64Array,
  result: Float64Array,
): void {
  const columns = width - weights.length + 1;
  const rows = height - weights.length + 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * plane[row * width + column + tap];
      rowsFiltered[row * columns + column] = sum;
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * rowsFiltered[(row + tap) * columns + column];
      result[row * columns + column] = sum;
    }
  }
}

function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`structuralSimilarities: ${name} is ${shown(value)}, expected a positive integer.`);
}

function requirePositive(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new RangeError(`structuralSimilarities: ${name} is ${shown(value)}, expected a positive number.`);
}
