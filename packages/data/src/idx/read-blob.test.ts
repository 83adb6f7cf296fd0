import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdx } from './read.js';
import { readIdxBlob } from './read-blob.js';
import { writeIdx } from './write.js';

const sample = writeIdx({ type: 'uint8', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] });
const promising = (rows: number) => {
  const bytes = Uint8Array.from(sample);
  new DataView(bytes.buffer).setUint32(4, rows);
  return bytes;
};
const read = (bytes: Uint8Array, options = {}) => readIdxBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]), options);

it('reads what readIdx reads, compressed or not', async () => {
  const arrays = fc.record({
    type: fc.constantFrom('uint8' as const, 'int16' as const, 'float32' as const),
    shape: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 3 }),
    compressed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(arrays, async ({ type, shape, compressed }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const file = writeIdx({ type, shape, data: Array.from({ length: count }, (_, index) => (7 * index) % 251) });
      const bytes = compressed ? new Uint8Array(gzipSync(file)) : file;
      expect(await read(bytes)).toEqual(readIdx(bytes));
    }),
    { numRuns: 50 },
  );
});

describe('refuses', () => {
  it.each<[string, Uint8Array, string]>([
    ['a file of another kind', Uint8Array.of(1, 2, 3, 4, 5), 'it begins with the bytes 01 02 03 04'],
    ['an empty file', new Uint8Array(0), 'it has 0 bytes'],
    ['a file cut short', sample.subarray(0, -1), 'is cut short'],
    ['bytes too many', Uint8Array.of(...sample, 0), 'is damaged: its header promises 2 x 3'],
    ['a compressed file cut short', new Uint8Array(gzipSync(sample)).subarray(0, -9), 'its gzip compression is broken'],
    ['compressed bytes too few', new Uint8Array(gzipSync(promising(4))), 'is cut short'],
    ['compressed bytes too many', new Uint8Array(gzipSync(promising(1))), 'is damaged'],
    ['a promise that no compression keeps', new Uint8Array(gzipSync(promising(2 ** 24))), 'compressed bytes can hold'],
    ['a promise beyond what is allowed', promising(2 ** 31), 'is too large'],
  ])('%s', async (_, bytes, part) => {
    await expect(read(bytes, { name: 'images.gz' })).rejects.toThrow(part);
  });

  it('what is no file, and options that there are not', async () => {
    await expect(readIdxBlob(sample as never)).rejects.toThrow('got a Uint8Array of 18, expected a Blob or a File.');
    await expect(read(sample, { size: 3 })).rejects.toThrow("there is no option 'size'");
  });
});
