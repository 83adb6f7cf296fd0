import type { Examples } from '../../src/index.js';

/** Cuts examples into batches. */
export function batchesOf(data: Examples, count: number, batchSize: number): Examples[] {
  const cut = (array: unknown, begin: number, end: number): never => {
    if (typeof array !== 'object' || array === null) return array as never;
    if (array instanceof Float32Array || array instanceof Int32Array || array instanceof Uint8Array) {
      const size = array.length / count;
      return array.slice(begin * size, end * size) as never;
    }
    const parts = Object.entries(array).map(([key, value]) => [
      key,
      key === 'shape' || key === 'scale' ? value : cut(value, begin, end),
    ]);
    return Object.fromEntries(parts) as never;
  };
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, index) =>
    cut(data, index * batchSize, Math.min(count, (index + 1) * batchSize)),
  );
}

/** Batches that come later than they are asked for. */
export async function* lateBatches<T>(batches: readonly T[]): AsyncGenerator<T> {
  for (const batch of batches) {
    await new Promise((resolve) => setImmediate(resolve));
    yield batch;
  }
}
