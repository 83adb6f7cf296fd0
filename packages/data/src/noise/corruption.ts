import { add, clip, div, greater, greaterEqual, less, maximum, mul, type Tensor, where } from '@weft/core';
import { checkKnownOptions, formatShape, oneOf } from '@weft/core/program';
import { blurred } from './blur.js';
import { type NoiseDraws, NoiseSource, type NoisyImages } from './draws.js';
import { occluded } from './occlusion.js';
import { poissonCounts } from './poisson.js';
import { checkNoise, type NoiseKind, type NoiseSpec, type NoiseTerm } from './spec.js';

/** Options of `corruption`. */
export interface CorruptionOptions {
  /** Noise of test images is drawn independently of that of training images. Default `training`. */
  readonly images?: NoisyImages;
  /** Whether an image has other noise, and another strength, in each epoch. Default false. */
  readonly perEpoch?: boolean;
}

/** Makes noisy images of clean ones, as a part of a program: what `fit` and `predict` take as `corrupt`. */
export type NoiseFunction = (x: Tensor, draws: NoiseDraws) => Tensor;

/**
 * Noise for images [batch, height, width, channels] with pixels from 0 to 1; so are those of the result. Noises are applied in
 * their order. An image's noise depends on the seed, the image's key and `images` alone: it is the same at any place of
 * a batch, for any micro-batch and any number of threads.
 *
 * - `gaussian` adds a normal number to each pixel and channel, and limits the sum to 0 and 1. Of any shape [batch, ...].
 * - `poisson` counts photons for each pixel and channel: x becomes s · Poisson(x / s), which has mean x and variance
 *   s · x; what is above 1 becomes 1. Counts of 10 and less are exact, larger ones within 3e-4 of the distribution function.
 * - `salt-pepper` makes a part of the pixels black or white, all channels of a pixel alike; each with half of the probability.
 * - `blur` draws nothing but its strength. The image is mirrored at its edges; all channels are blurred alike.
 * - `occlusion` puts a black rectangle onto each image, on all channels; its sides and its place are drawn.
 *
 * A strength of 0 leaves images as they are.
 *
 * @throws RangeError if the noise or an option is not what it must be; when called, if the images have another shape
 * @example
 * const corrupt = corruption(parseNoise('gaussian:0.1..0.5'), { perEpoch: true });
 * const layers = [new Conv2D({ filters: 1, kernelSize: 3, padding: 'same' })];
 * const denoiser = new Sequential(layers, { inputShape: [28, 28, 1] });
 * const { train } = syntheticGarments({ trainCount: 8, testCount: 1 });
 * await fit(denoiser, { x: asExamples(train) }, { epochs: 1, corrupt, threads: 1 });
 */
export function corruption(spec: NoiseSpec, options: CorruptionOptions = {}): NoiseFunction {
  checkNoise(spec);
  checkKnownOptions('corruption', options, ['images', 'perEpoch']);
  const { perEpoch = false } = options;
  const images = oneOf('corruption', 'images', options.images ?? 'training', ['training', 'test']);
  return (x, { seed, exampleKeys, epochKeys }) =>
    spec.reduce((y, term, position) => {
      if (isNothing(term)) return y;
      if (term.kind !== 'gaussian') checkImages(term.kind, y);
      return APPLY[term.kind](y, term, new NoiseSource(seed, perEpoch ? epochKeys : exampleKeys, images, position));
    }, x);
}

const APPLY: Readonly<Record<NoiseKind, (x: Tensor, term: NoiseTerm, source: NoiseSource) => Tensor>> = {
  gaussian: (x, term, source) =>
    clip(add(x, mul(source.draw('normal', 'normal', x.shape), source.strengths(term, x))), 0, 1),

  poisson(x, term, source) {
    const strength = source.strengths(term, x);
    const step = typeof strength === 'number' ? strength : maximum(strength, LEAST_STRENGTH);
    const counts = poissonCounts(div(x, step), 1 / Math.max(term.low, LEAST_STRENGTH), source);
    const noisy = clip(mul(counts, step), 0, 1);
    return where(greater(strength, LEAST_STRENGTH), noisy, x);
  },

  'salt-pepper'(x, term, source) {
    const [batch, height, width] = x.shape;
    const drawn = source.draw('uniform', 'uniform', [batch, height, width, 1]);
    const part = source.strengths(term, x);
    return where(less(drawn, part), greaterEqual(drawn, mul(part, 0.5)), x);
  },

  blur: (x, term, source) => blurred(x, source.strengths(term, x), term.high),

  occlusion: (x, term, source) => occluded(x, source.strengths(term, x), source),
};

/** A photon of less than 1e-7 of a white pixel is below what float32 tells apart: images stay as they are. */
const LEAST_STRENGTH = 1e-7;

const isNothing = ({ kind, high }: NoiseTerm) => high <= (kind === 'poisson' ? LEAST_STRENGTH : 0);

function checkImages(kind: NoiseKind, { shape }: Tensor): void {
  if (shape.length === 4) return;
  throw new RangeError(`noise: ${kind} got ${formatShape(shape)}; expected images, [batch, height, width, channels].`);
}
