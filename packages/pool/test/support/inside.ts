import type { Worker } from 'node:worker_threads';
import type { WorkerPool } from '../../src/index.js';
import type { Workers } from '../../src/workers.js';

/** The parts of a pool that its users do not see. */
export function insideOf(pool: WorkerPool): { workers: Workers; piscina: { readonly threads: Worker[] } } {
  const workers = Reflect.get(pool, 'workers') as Workers;
  return { workers, piscina: Reflect.get(workers, 'piscina') };
}
