import type { Program } from '@weft/core/program';
import { byteLength, isOfKind } from '@weft/core/program';

/** Examples that a worker takes through a program at a time: from `begin`, `count` of them. */
export interface MicroBatch {
  readonly begin: number;
  readonly count: number;
}

/**
 * Cuts a number of examples into micro-batches of a size; the last one holds what is left.
 *
 * @example
 * microBatchesOf(5, 3).map(({ count }) => count); // [3, 2]
 */
export function microBatchesOf(examples: number, size: number): MicroBatch[] {
  return Array.from({ length: Math.ceil(examples / size) }, (_, index) => ({
    begin: index * size,
    count: Math.min(size, examples - index * size),
  }));
}

/** The micro-batches that each leaf adds up, in their order: an even share, by position, for any number of threads. */
export function leavesOf(microBatches: readonly MicroBatch[], leaves: number): (readonly MicroBatch[])[] {
  const { length } = microBatches;
  return Array.from({ length: leaves }, (_, leaf) =>
    microBatches.slice(Math.floor((leaf * length) / leaves), Math.floor(((leaf + 1) * length) / leaves)),
  );
}

/** Bytes of the values of a micro-batch that are stored, with their gradients as many again. A constant, for the bits. */
const MICRO_BATCH_BYTES = 8 * 2 ** 20;

/**
 * Weights are read, and their gradients are written, once for each micro-batch, most of them transformed: that moves
 * about so many times their bytes. A micro-batch moves as many of its own, or memory is kept busy with weights.
 */
const WEIGHT_TRAFFIC = 16;

/** Examples that a micro-batch has at least: weights are read, and their gradients transformed, once for each. */
const SMALLEST = 2;

/** Largest micro-batch, and how many of them a batch should make if it can, so that there is work for many threads. */
const LARGEST = 64;
const WANTED = 16;

/**
 * Examples to a micro-batch: as many as fit into the caches, or as large weights need, but no more than leave work for
 * many threads. It follows
 * from the program as it was traced and from the batch alone, since it decides the last bits of sums.
 *
 * @param traced at the size of the batch, with its gradients still to be computed
 */
export function microBatchSize(traced: Program, batch: number): number {
  const { values, operations } = traced;
  const bytesOf = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + byteLength(values[value]), 0);
  const stored = operations.reduce((total, { name, outputs }) => {
    if (name === 'gradient' || isOfKind(name, 'elementwise', 'view', 'reduction')) return total;
    return total + bytesOf(outputs.filter((value) => values[value].shape[0] === batch));
  }, 0);
  const gradients = bytesOf(operations.flatMap(({ name, outputs }) => (name === 'gradient' ? outputs : [])));
  const bytes = MICRO_BATCH_BYTES + WEIGHT_TRAFFIC * gradients;
  const most = Math.min(LARGEST, Math.max(SMALLEST, bytes / Math.max(1, stored / batch)));
  // The power of two below, by bits: the last bits of a logarithm differ between engines.
  const fitting = 2 ** (31 - Math.clz32(most));
  // Micro-batches that share an accumulator would only read large weights more often.
  const wanted = leafCount(WANTED, gradients);
  return Math.min(batch, fitting, Math.max(4, Math.ceil(batch / wanted)));
}

/** Bytes that the leaves of a batch take in all where every micro-batch has one of its own. */
const COMFORTABLE_BYTES = 64 * 2 ** 20;

/** Leaves that a batch has at least, and the bytes that they may take for it. */
const FEWEST = 16;
const MOST_BYTES = 2 ** 30;

/**
 * Gradient accumulators of a batch: one for each micro-batch, fewer where they would take too much memory.
 *
 * @param bytesOfLeaf of the sums that a micro-batch adds to
 */
export function leafCount(microBatches: number, bytesOfLeaf: number): number {
  const bytes = Math.max(1, bytesOfLeaf);
  const wanted = Math.max(FEWEST, Math.floor(COMFORTABLE_BYTES / bytes));
  return Math.max(1, Math.min(microBatches, wanted, Math.floor(MOST_BYTES / bytes)));
}

/** Whether a model is so large that there are fewer leaves than threads may want. */
export function isShortOfLeaves(microBatches: number, leaves: number): boolean {
  return leaves < Math.min(microBatches, FEWEST);
}

/**
 * Combines values as a binary tree that splits at the largest power of two below their number. A
 * thread that holds a whole subtree can combine it alone, so that no bit depends on who held what.
 *
 * @example
 * combineTree(['a', 'b', 'c'], (a, b) => `(${a}${b})`); // '((ab)c)'
 */
export function combineTree<T>(values: readonly T[], combine: (a: T, b: T) => T): T {
  if (values.length === 1) return values[0];
  const split = 2 ** (31 - Math.clz32(values.length - 1));
  return combine(combineTree(values.slice(0, split), combine), combineTree(values.slice(split), combine));
}
