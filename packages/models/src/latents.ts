import { RandomStream } from '@weft/core';
import { checkKnownOptions, oneOf, refuse, sizeOf } from '@weft/core/program';
import type { Parts } from './kind.js';
import { wholeFrom } from './options.js';

/** Latents are drawn independently of first weights, order and noise. */
const STREAM = 0x6c617465;

/**
 * Latents drawn from the prior N(0, 1) of an autoencoder, for its decoder. Latent i depends on the seed and i alone.
 *
 * @param count from 1
 * @param seed  a whole number from 0
 * @returns [count, ...shape of the latent], row-major
 * @throws RangeError if the autoencoder's latents follow no known distribution, or a number is not what it must be
 * @example
 * const vae = buildAutoencoder('vae', { height: 8, width: 8, latentSize: 2 });
 * const images = await predict(vae.decoder!, sampleLatents(vae, 3, 1));
 * images.length; // 192
 */
export function sampleLatents(autoencoder: Parts, count: number, seed: number): Float32Array {
  const { prior, decoder, model } = autoencoder;
  if (prior === undefined || !decoder) {
    throw new RangeError(
      `sampleLatents: the latents of ${model.name} follow no known distribution. Use a vae, or an adversarial ` +
        "autoencoder with { critic: 'latents' }.",
    );
  }
  wholeFrom('sampleLatents', 'count', count, 1);
  wholeFrom('sampleLatents', 'seed', seed, 0);
  const size = sizeOf(decoder.inputShape);
  const latents = new Float32Array(count * size);
  for (let latent = 0; latent < count; latent++) {
    const random = new RandomStream(seed, STREAM, latent);
    for (let at = latent * size; at < (latent + 1) * size; at++) latents[at] = random.normal();
  }
  return latents;
}

/** Options of `interpolate`. */
export interface InterpolateOptions {
  /** `linear` goes straight on; `spherical` turns from one direction to the other, as fits N(0, 1). Default `linear`. */
  readonly path?: 'linear' | 'spherical' | undefined;
}

/** Below this sine of the angle, two directions count as one line, and the way is straight. */
const LEAST_SINE = 1e-6;

/** By what the latents are multiplied at a place from 0 to 1. */
type Factors = (place: number) => readonly [number, number];

function sphericalFactors(a: ArrayLike<number>, b: ArrayLike<number>): Factors | undefined {
  let [product, lengthOfA, lengthOfB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    lengthOfA += a[i] * a[i];
    lengthOfB += b[i] * b[i];
  }
  const cosine = product / Math.sqrt(lengthOfA * lengthOfB);
  const angle = Math.acos(Math.min(Math.max(cosine, -1), 1));
  const sine = Math.sin(angle);
  if (!(sine > LEAST_SINE)) return undefined;
  return (place) => [Math.sin((1 - place) * angle) / sine, Math.sin(place * angle) / sine];
}

/**
 * Latents from one to another at equal distances, both ends among them.
 *
 * @param steps number of latents, from 2
 * @returns [steps, length of a], row-major
 * @throws RangeError if the latents have different lengths, or an option is not what it must be
 * @see Shoemake (1985), Animating rotation with quaternion curves, for the spherical path
 * @example
 * interpolate([0, 0], [3, 6], 4); // [0, 0, 1, 2, 2, 4, 3, 6]
 * interpolate([1, 0], [0, 1], 3, { path: 'spherical' }); // [1, 0, 0.7071, 0.7071, 0, 1]
 */
export function interpolate(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  steps: number,
  options: InterpolateOptions = {},
): Float32Array {
  checkKnownOptions('interpolate', options, ['path']);
  const { path = 'linear' } = options;
  oneOf('interpolate', 'path', path, ['linear', 'spherical']);
  wholeFrom('interpolate', 'steps', steps, 2);
  if (a.length !== b.length || a.length === 0) {
    refuse(
      'interpolate',
      'b',
      `of ${b.length} numbers`,
      `a latent as long as a, which has ${a.length} numbers, from 1`,
    );
  }
  const straight: Factors = (place) => [1 - place, place];
  const factors = (path === 'spherical' && sphericalFactors(a, b)) || straight;
  return Float32Array.from({ length: steps * a.length }, (_, at) => {
    const [step, i] = [Math.floor(at / a.length), at % a.length];
    if (step === 0) return a[i];
    if (step === steps - 1) return b[i];
    const [ofA, ofB] = factors(step / (steps - 1));
    return ofA * a[i] + ofB * b[i];
  });
}
