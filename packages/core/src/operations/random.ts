import { normalPair } from '../random/normal.js';
import { philox4x32 } from '../random/philox.js';
import { describe, isTensor } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { checkLengths, formatShape, type Shape, sizeOf } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition, placeholder } from './definition.js';
import { shardRows } from './sharding.js';

export interface RandomAttributes extends Attributes {
  readonly distribution: 'uniform' | 'normal';
  readonly shape: Shape;
  /** Number of the random stream; streams are independent. */
  readonly stream: number;
}

export const randomDefinition: OperationDefinition<RandomAttributes> = {
  name: 'random',
  kind: 'alone',
  exact: true,
  isConstant: true,
  takes: 'any',
  shard: shardRows(['whole', 'rows'], (attributes, rows) => ({
    ...attributes,
    shape: attributes.shape.with(0, rows),
  })),
  infer([seed, keys], { shape }) {
    if (seed.dtype !== 'uint32' || seed.shape.join() !== '2') {
      throw new RangeError(
        `random: expected a seed of two words, [2] of uint32, got ${seed.dtype} ${formatShape(seed.shape)}.`,
      );
    }
    if (keys.dtype !== 'uint32' || keys.shape.length !== 2 || keys.shape[1] !== 2 || keys.shape[0] !== shape[0]) {
      throw new RangeError(
        `random: expected keys [${shape[0]},2] of uint32 for a shape of ${formatShape(shape)}, got ${keys.dtype} ${formatShape(keys.shape)}.`,
      );
    }
    return [float32(shape)];
  },
  reference({ inputs: [seed, keys], outputs: [out], attributes: { distribution, shape, stream } }) {
    const length = sizeOf(shape.slice(1));
    const words = new Uint32Array(4);
    const pair = new Float32Array(2);
    for (let index = 0; index < out.length; index++) {
      const row = Math.floor(index / length);
      const element = index % length;
      philox4x32(element >>> 2, keys[2 * row], keys[2 * row + 1], stream, seed[0], seed[1], words);
      if (distribution === 'uniform') {
        out[index] = (words[element & 3] >>> 8) * 2 ** -24;
      } else {
        normalPair(words[element & 2], words[(element & 2) + 1], pair);
        out[index] = pair[element & 1];
      }
    }
  },
};

/** What decides a draw. */
export interface RandomOptions {
  /** A whole number from 0 to 2^53 - 1, or its low and high word as a tensor of uint32 [2]. */
  readonly seed: number | Tensor;
  /** Number of the random stream, a whole number from 0 to 2^32 - 1; streams are independent. Default 0. */
  readonly stream?: number;
  /** Two uint32 for each row of the result, [shape[0], 2], such as image and epoch. A row depends on its keys alone. */
  readonly keys: Tensor;
}

/**
 * The two 32-bit halves of a seed, as data: a program is the same for every seed.
 *
 * @throws RangeError if it is not a safe whole number from 0
 */
function seedTensor(seed: number): Tensor {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `seed: got ${describe(seed)}; expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}. Give { seed }.`,
    );
  }
  const words = placeholder({ shape: [2], dtype: 'uint32' }, 'seed');
  words.node.data[0] = Uint32Array.of(seed >>> 0, Math.floor(seed / 2 ** 32));
  return words;
}

/**
 * Random numbers by Philox 4x32-10 (Salmon et al. 2011), a pure function of (seed, stream, keys, place in the row).
 * Uniform numbers are multiples of 2^-24 in [0, 1); normal ones come from them by Box and Muller's transform.
 *
 * @example
 * const keys = table(Uint32Array.of(7, 0, 8, 0), [2, 2]); // a key for each row
 * random('normal', [2, 3], { seed: 42, keys }).shape; // [2, 3]
 */
export function random(distribution: 'uniform' | 'normal', shape: Shape, options: RandomOptions): Tensor {
  checkKnownOptions('random', options ?? {}, ['seed', 'stream', 'keys']);
  const { seed, stream = 0, keys } = options ?? {};
  checkLengths('random', shape);
  if (!Number.isInteger(stream) || stream < 0 || stream >= 2 ** 32) {
    throw new RangeError(`random: stream is ${stream}; expected a whole number from 0 to ${2 ** 32 - 1}.`);
  }
  const words = isTensor(seed) ? (seed as Tensor) : seedTensor(seed as number);
  return apply(randomDefinition, [words, keys], { distribution, shape, stream });
}
