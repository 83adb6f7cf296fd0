import type { DescribedArray, ExampleRecords } from '../../src/index.js';

/** The numbers of an array as records, some of which come later than others that were asked for after them. */
export function recordsOf(
  { data, scale }: DescribedArray,
  shape: readonly number[],
  sha256 = 'the hash',
): ExampleRecords & { readonly calls: number[] } {
  const size = shape.reduce((product, length) => product * length, 1);
  const calls: number[] = [];
  return {
    count: data.length / size,
    shape,
    ...(scale !== undefined && { scale }),
    dtype: data instanceof Uint8Array ? 'uint8' : data instanceof Int32Array ? 'int32' : 'float32',
    sha256,
    calls,
    async read(indices, into) {
      const numbers = [...indices];
      calls.push(numbers.length);
      // The caller's array may become another one's.
      indices.fill(0);
      for (let turn = calls.length % 2; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      into.fill(77);
      for (const [at, index] of numbers.entries()) into.set(data.subarray(index * size, (index + 1) * size), at * size);
    },
  };
}
