import { LogBook } from '../step/log-book.js';
import type { StreamedBatch } from './batch-stream.js';

/** Memory of this thread alone. */
const ownMemory = {
  float32: (length: number) => ({ address: 0, array: new Float32Array(length) }),
  float64: (length: number) => ({ address: 0, array: new Float64Array(length) }),
};

/**
 * What the steps of a stream leave behind, taken from memory after each of them: nobody knows how many there will be.
 * It keeps a few numbers for each step, and for each example what metrics need of it.
 */
export class StreamLog extends LogBook {
  /**
   * @param ring     where steps write, with room for two of them
   * @param capacity examples to the largest batch
   */
  constructor(
    private readonly ring: LogBook,
    private readonly capacity: number,
  ) {
    super(ownMemory, ring.objectives, []);
  }

  /** Forgets all steps, and makes room for some that `restore` will fill. */
  begin(counts: readonly number[]): void {
    this.batches.length = 0;
    for (const count of counts) this.push(count);
  }

  /** Takes what a step has left behind. */
  add({ half, count }: Pick<StreamedBatch, 'half' | 'count'>): void {
    const step = this.batches.length;
    const { begin } = this.push(count);
    this.arrays.forEach((arrays, objective) => {
      arrays.forEach((array, number) => {
        array[step] = this.ring.arrays[objective][number][half];
      });
    });
    for (const [name, { array, size }] of this.scoreArrays) {
      const from = half * this.capacity * size;
      const scores = this.ring.scoreArrays.get(name)?.array.subarray(from, from + count * size);
      array.set(scores as Float32Array, begin * size);
    }
  }

  private push(count: number) {
    const last = this.batches.at(-1);
    const batch = { begin: last ? last.begin + last.count : 0, count };
    this.batches.push(batch);
    for (const arrays of this.arrays) {
      arrays.forEach((array, number) => {
        arrays[number] = withRoom(array, this.batches.length);
      });
    }
    for (const scores of this.scoreArrays.values()) {
      scores.array = withRoom(scores.array, (batch.begin + count) * scores.size);
    }
    return batch;
  }
}

/** The array, or a larger one that begins like it. */
function withRoom<A extends Float32Array | Float64Array>(array: A, length: number): A {
  if (array.length >= length) return array;
  const larger = new (array.constructor as new (length: number) => A)(Math.max(2 * array.length, length, 64));
  larger.set(array);
  return larger;
}
