import { describe, expect, it } from 'vitest';
import { availableThreads, WorkerPool } from '../src/index.js';

describe('closing a pool', () => {
  // Node 20 aborts the process of a worker that is ended while it loads its code.
  it.each([1, availableThreads() + 1])('waits until %d workers have loaded their code', async (threads) => {
    const pool = await WorkerPool.create({ threads });
    await pool.close();
    expect(pool.loaded[0]).toBe(threads);
  });
});
