import { expect, it } from 'vitest';
import { mapExamples, matmul, WorkerPool } from '../src/index.js';

it('results whose shape depends on the batch are refused: there is no room for them', async () => {
  await using pool = await WorkerPool.create({ threads: 1 });
  const pairs = mapExamples((x) => matmul(x, x, { transposeB: true }), new Float32Array(24), [3], {
    pool,
    batchSize: 4,
  });
  await expect(pairs).rejects.toThrow(
    'the function gives [1,1] for 1 example, but [4,4] for 4; expected results whose shape does not depend on how many',
  );
});
