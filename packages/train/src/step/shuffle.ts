import { RandomStream } from '@weft/core';

/** The random stream that the order of training examples is drawn from. */
const SHUFFLE_STREAM = 0x73687566;

/** Brings numbers of examples into the order of an epoch. */
export function shuffleOrder(numbers: Uint32Array, seed: number, epoch: number): void {
  new RandomStream(seed, SHUFFLE_STREAM, epoch).shuffle(numbers);
}
