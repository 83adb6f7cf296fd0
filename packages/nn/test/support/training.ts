import { table } from '@weft/core';
import { CallContext } from '../../src/index.js';

/**
 * Training on examples of these numbers: what is drawn for an example depends on its number, the epoch, the seed and the
 * update alone.
 */
export function training(examples: readonly number[], { epoch = 0, seed = 1, update = 0 } = {}): CallContext {
  const keys = table(Uint32Array.from(examples.flatMap((example) => [example, epoch])), [examples.length, 2]);
  return new CallContext({ training: true, random: { seed: table(Uint32Array.of(seed, 0)), keys }, update });
}
