import { afterAll, beforeAll } from 'vitest';
import { WorkerPool } from '../../src/index.js';

/** Pools of 1, 2, 3 and 5 threads, which are there while the tests of a file or of a `describe` run. */
export function poolsOfSeveralSizes(): readonly WorkerPool[] {
  const pools: WorkerPool[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2, 3, 5]) pools.push(await WorkerPool.create({ threads }));
  });
  afterAll(async () => {
    for (const pool of pools) await pool.close();
  });
  return pools;
}
