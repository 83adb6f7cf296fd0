import type { ExampleArray, ExampleArrays, Examples } from '../data.js';

/** Some examples of a stream: as `Examples`, or as a tuple. `predict` also takes the array of the only input. */
export type Batch =
  | Examples
  | readonly [x: ExampleArrays, y?: ExampleArrays | undefined, sampleWeight?: Float32Array | undefined]
  | ExampleArray;

/** Batches one after another: an array of them, a generator, an async generator, or another iterable. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/**
 * Examples that are read batch by batch, so that they may be more than memory holds.
 *
 * A function is called for each epoch, from 0. An iterable is asked for an iterator at the beginning of each epoch: an
 * array begins again, and a generator continues. The first batch is the largest.
 *
 * @example
 * async function* batches(epoch: number) {
 *   for (let shard = 0; shard < 4; shard++) yield { x: new Float32Array(16).fill(shard), y: new Float32Array(8) };
 * }
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * await fit(model, batches, { epochs: 3, threads: 1 });
 */
export type ExampleStream = Batches | ((epoch: number) => Batches | Promise<Batches>);

/** An array that somebody has forgotten to make a typed one. */
const isOfNumbers = ([first]: readonly unknown[]): boolean =>
  Array.isArray(first) ? isOfNumbers(first) : first === undefined || typeof first === 'number';

/** Whether data is a stream, and not arrays of examples. */
export function isStream(data: unknown): data is ExampleStream {
  if (typeof data === 'function') return true;
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  if (Array.isArray(data)) return !isOfNumbers(data);
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** A batch with its arrays by name. */
export function examplesOf(batch: unknown): unknown {
  if (Array.isArray(batch) && !isOfNumbers(batch) && batch.length <= 3) {
    const [x, y, sampleWeight] = batch;
    return { x, ...(y !== undefined && { y }), ...(sampleWeight !== undefined && { sampleWeight }) };
  }
  return batch;
}
