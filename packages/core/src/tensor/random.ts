import { less } from '../compositions/arithmetic.js';
import { add, mul } from '../operations/elementwise.js';
import { random as randomOperation } from '../operations/random.js';
import { reshape } from '../operations/reshape.js';
import { table } from './create.js';
import { checkKnownOptions, numberIn, refuse } from './options.js';
import { checkShape, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** Options of random tensors. */
export interface RandomTensorOptions {
  /** A whole number from 0 to 2^53 - 1: the same seed gives the same bits everywhere. */
  readonly seed: number | Tensor;
  /** Number of the random stream, a whole number from 0 to 2^32 - 1; streams are independent. Default 0. */
  readonly stream?: number;
}

function draw(
  name: string,
  distribution: 'uniform' | 'normal',
  shape: Shape,
  { seed, stream = 0 }: RandomTensorOptions,
): Tensor {
  checkShape(name, shape);
  const rows = shape[0] ?? 1;
  const keys = Uint32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
  const drawn = randomOperation(distribution, shape.length === 0 ? [1] : shape, {
    seed,
    stream,
    keys: table(keys, [rows, 2]),
  });
  return shape.length === 0 ? reshape(drawn, []) : drawn;
}

function checkDraw(name: string, options: RandomTensorOptions, known: readonly string[]): void {
  if (options === undefined) throw new TypeError(`${name}: there are no options. Give { seed }.`);
  checkKnownOptions(name, options, ['seed', 'stream', ...known]);
}

/**
 * Uniform random numbers from low to below high: multiples of 2^-24 in [0, 1), times high - low, plus low. Where low is
 * not 0 the sum, rounded to float32, may be high itself.
 *
 * @throws RangeError if low is above high, or an option is not known
 * @example
 * randomUniform([3], { seed: 42, low: -1 }); // [0.226, -0.478, 0.218]
 */
export function randomUniform(shape: Shape, options: RandomTensorOptions & { low?: number; high?: number }): Tensor {
  checkDraw('randomUniform', options, ['low', 'high']);
  const { low = 0, high = 1 } = options;
  if (!(low <= high)) {
    throw new RangeError(`randomUniform: low is ${low} and high is ${high}; low must be a number not above high.`);
  }
  return add(mul(draw('randomUniform', 'uniform', shape, options), high - low), low);
}

/**
 * Normal random numbers.
 *
 * @throws RangeError if the deviation is below 0, or an option is not known
 * @example
 * randomNormal([3], { seed: 42 }); // [-0.549, -1.093, 0.621]
 */
export function randomNormal(
  shape: Shape,
  options: RandomTensorOptions & { mean?: number; deviation?: number },
): Tensor {
  checkDraw('randomNormal', options, ['mean', 'deviation']);
  const { mean = 0, deviation = 1 } = options;
  numberIn('randomNormal', 'deviation', deviation, 0, Infinity);
  return add(mul(draw('randomNormal', 'normal', shape, options), deviation), mean);
}

/**
 * 1 with the given probability, else 0.
 *
 * @throws RangeError if the probability is not in [0, 1], or an option is not known
 * @example
 * randomBernoulli([5], { seed: 42, probability: 0.4 }); // [0, 1, 0, 0, 1]
 */
export function randomBernoulli(shape: Shape, options: RandomTensorOptions & { probability?: number }): Tensor {
  checkDraw('randomBernoulli', options, ['probability']);
  const { probability = 0.5 } = options;
  if (!(probability >= 0 && probability <= 1)) {
    refuse('randomBernoulli', 'probability', probability, 'a number from 0 to 1');
  }
  return less(draw('randomBernoulli', 'uniform', shape, options), probability);
}
