import { expect, it } from 'vitest';
import { argMax, cast, mapExamples, WorkerPool } from '../src/index.js';

it('results that are whole numbers are given as the floats that they stand for', async () => {
  await using pool = await WorkerPool.create({ threads: 2 });
  const x = Float32Array.of(1, 3, 2, 9, 8, 7);
  expect(await mapExamples((rows) => argMax(rows), x, [3], { pool })).toEqual(Float32Array.of(1, 0));
  const keys = await mapExamples((_, { exampleKeys }) => cast(exampleKeys, 'float32'), x, [3], { pool });
  expect(keys).toEqual(Float32Array.of(0, 0, 1, 0));
  await expect(mapExamples((_, { exampleKeys }) => exampleKeys, x, [3], { pool })).rejects.toThrow(
    "the function gives uint32; expected float32. Convert the result with cast(x, 'float32').",
  );
});
