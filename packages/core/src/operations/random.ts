import { normalPair } from '../random/normal.js';
import { philox4x32 } from '../random/philox.js';
import { describe } from '../tensor/describe.js';
import { checkKnownOptions } from '../tensor/options.js';
import { checkLengths, formatShape, type Shape, sizeOf } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardRows } from './sharding.js';

export interface RandomAttributes extends Attributes {
  readonly distribution: 'uniform' | 'normal';
  readonly shape: Shape;
  /** Low and high 32 bits of the seed. */
  readonly seed: readonly [number, number];
  /** What the numbers are for: draws for different purposes are independent. */
  readonly purpose: number;
}

export const randomDefinition: OperationDefinition<RandomAttributes> = {
  name: 'random',
  kind: 'alone',
  exact: true,
  isConstant: true,
  takes: 'any',
  shard: shardRows(['rows'], (attributes, rows) => ({
    ...attributes,
    shape: attributes.shape.with(0, rows),
  })),
  infer([keys], { shape }) {
    if (keys.dtype !== 'uint32' || keys.shape.length !== 2 || keys.shape[1] !== 2 || keys.shape[0] !== shape[0]) {
      throw new RangeError(
        `random: expected keys [${shape[0]},2] of uint32 for a shape of ${formatShape(shape)}, got ${keys.dtype} ${formatShape(keys.shape)}.`,
      );
    }
    return [float32(shape)];
  },
  reference({ inputs: [keys], outputs: [out], attributes: { distribution, shape, seed, purpose } }) {
    const length = sizeOf(shape.slice(1));
    const words = new Uint32Array(4);
    const pair = new Float32Array(2);
    for (let index = 0; index < out.length; index++) {
      const row = Math.floor(index / length);
      const element = index % length;
      philox4x32(element >>> 2, keys[2 * row], keys[2 * row + 1], purpose, seed[0], seed[1], words);
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
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** What the numbers are for, a whole number from 0 to 2^32 - 1; draws for different purposes are independent. Default 0. */
  readonly purpose?: number;
  /** Two uint32 for each row of the result, [shape[0], 2], such as image and epoch. A row depends on its keys alone. */
  readonly keys: Tensor;
}

/**
 * The two 32-bit halves of a seed.
 *
 * @throws RangeError if it is not a safe whole number from 0
 */
function seedWords(seed: number): [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `seed: got ${describe(seed)}; expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}. Give { seed }.`,
    );
  }
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/**
 * Random numbers by Philox 4x32-10 (Salmon et al. 2011), a pure function of (seed, purpose, keys, place in the row).
 * Uniform numbers are multiples of 2^-24 in [0, 1); normal ones come from them by Box and Muller's transform.
 */
export function random(distribution: 'uniform' | 'normal', shape: Shape, options: RandomOptions): Tensor {
  checkKnownOptions('random', options ?? {}, ['seed', 'purpose', 'keys']);
  const { seed, purpose = 0, keys } = options ?? {};
  checkLengths('random', shape);
  if (!Number.isInteger(purpose) || purpose < 0 || purpose >= 2 ** 32) {
    throw new RangeError(`random: purpose is ${purpose}; expected a whole number from 0 to ${2 ** 32 - 1}.`);
  }
  return apply(randomDefinition, [keys], { distribution, shape, seed: seedWords(seed), purpose });
}
