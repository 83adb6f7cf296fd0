import { clip, div, exp, matmul, maximum, mul, reshape, sum, type Tensor, tensor, transpose } from '@weft/core';

/** Below this deviation no neighbour counts in float32, so the image stays as it is. */
const LEAST_SIGMA = 0.05;
/** Beyond so many deviations, weights are below 2e-8 of the largest. */
const REACH = 6;

/**
 * Images blurred by a Gaussian, as if they were mirrored at their edges: d c b a | a b c d | d c b a. The weights are the
 * Gaussian at whole distances, divided by their sum.
 *
 * @param x     [batch, height, width, channels], from 0 to 1
 * @param sigma standard deviation in pixels, one for all or [batch, 1, 1, 1]
 * @param most  the largest deviation that can occur
 * @see agrees with scipy.ndimage.gaussian_filter of mode `reflect`
 */
export function blurred(x: Tensor, sigma: Tensor | number, most: number): Tensor {
  const [batch, height, width, channels] = x.shape;
  const deviations = typeof sigma === 'number' ? tensor([sigma]) : reshape(sigma, [batch]);
  // Rows [batch, height, width * channels] from the left, then columns, turned to [batch, width, height * channels].
  const rows = matmul(smoothing(height, deviations, most), reshape(x, [batch, height, width * channels]));
  const turned = transpose(reshape(rows, x.shape), [0, 2, 1, 3]);
  const columns = matmul(smoothing(width, deviations, most), reshape(turned, [batch, width, height * channels]));
  return clip(transpose(reshape(columns, [batch, width, height, channels]), [0, 2, 1, 3]), 0, 1);
}

/** Matrices that smooth lines of some length from the left, one for each deviation: [deviations, length, length]. */
function smoothing(length: number, sigma: Tensor, most: number): Tensor {
  const squares = squaredDistances(length, Math.ceil((REACH * most) / (2 * length)));
  const limited = maximum(sigma, LEAST_SIGMA);
  const rates = reshape(div(-0.5, mul(limited, limited)), [-1, 1, 1, 1]);
  const weights = sum(exp(mul(rates, squares)), [1]);
  return div(weights, sum(weights, [2], { keepDims: true }));
}

/** From each place to each place and its mirror images, squared: [images, length, length]. */
function squaredDistances(length: number, periods: number): Tensor {
  const images: ((to: number) => number)[] = [];
  for (let period = -periods; period <= periods; period++) {
    const shift = 2 * length * period;
    images.push(
      (to) => shift + to,
      (to) => shift - 1 - to,
    );
  }
  const data = new Float32Array(images.length * length * length);
  let at = 0;
  for (const image of images) {
    for (let from = 0; from < length; from++) {
      for (let to = 0; to < length; to++) data[at++] = (image(to) - from) ** 2;
    }
  }
  return tensor(data, [images.length, length, length]);
}
