import type { Shape } from '@weft/core';
import { RandomStream } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import { choice } from '../options/readers.js';

/** Names of the ways to draw the first values of a weight. */
export type Initializer = 'glorotUniform' | 'heNormal' | 'randomUniform' | 'zeros' | 'ones';

type Draw = (data: Float32Array, shape: Shape, random: RandomStream) => void;

/** Standard deviation of a standard normal variable that is cut off at two deviations. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Keras's for `RandomUniform`. */
const UNIFORM_LIMIT = 0.05;

/** The first word of the streams that weights are drawn from; added to a model's own stream. */
const WEIGHTS_STREAM = 0x57454947;

/** How many inputs and outputs meet in a weight: [in, out] for matrices, [height, width, in, out] for kernels. */
function fans(shape: Shape): [number, number] {
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1];
  const field = sizeOf(shape.slice(0, -2));
  return [field * shape[shape.length - 2], field * shape[shape.length - 1]];
}

const draws: Readonly<Record<Initializer, Draw>> = {
  zeros: () => {},
  ones: (data) => void data.fill(1),
  glorotUniform(data, shape, random) {
    const [fanIn, fanOut] = fans(shape);
    const limit = Math.sqrt(6 / Math.max(1, fanIn + fanOut));
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * limit;
  },
  randomUniform(data, _shape, random) {
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * UNIFORM_LIMIT;
  },
  heNormal(data, shape, random) {
    const deviation = Math.sqrt(2 / Math.max(1, fans(shape)[0])) / TRUNCATED_DEVIATION;
    for (let i = 0; i < data.length; i++) {
      let value = random.normal();
      while (Math.abs(value) > 2) value = random.normal();
      data[i] = value * deviation;
    }
  },
};

/** The name of an initialiser. */
export const initializerName = choice(...(Object.keys(draws) as Initializer[]));

/** What decides the first values of a weight. */
export interface InitializationOptions {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Which random stream the model draws from; models of different streams draw independently. */
  readonly stream: number;
  /** Which of the model's weights it is. */
  readonly index: number;
}

/**
 * First values of a weight, a function of (initialiser, shape, seed, stream, index) alone; the same bits everywhere.
 *
 * - `glorotUniform`: uniform within sqrt(6 / (fanIn + fanOut)) of zero
 * - `heNormal`: normal, cut off at two deviations, with variance 2 / fanIn after the cut
 * - `randomUniform`: uniform from -0.05 to 0.05
 * - `zeros`, `ones`
 *
 * @returns row-major values
 * @see Glorot and Bengio (2010), equation 16; He et al. (2015), equation 10; cut off and scaled as in Keras
 */
export function initialValues(
  initializer: Initializer,
  shape: Shape,
  { seed, stream, index }: InitializationOptions,
): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  draws[initializer](data, shape, new RandomStream(seed, (WEIGHTS_STREAM + stream) >>> 0, index));
  return data;
}
