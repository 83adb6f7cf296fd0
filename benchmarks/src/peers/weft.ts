import { fit, predict, WorkerPool } from '@weft/pool';
import { serve } from './serve.js';
import { weftEngine } from './weft-engine.js';

await serve(async (job, ...examples) => {
  const createPool = () => WorkerPool.create({ threads: job.threads });
  const { vectorBits } = await createPool();
  const place = `Node ${process.version.slice(1)} at ${vectorBits} bits`;
  return weftEngine({ fit, predict, createPool, place }, job, ...examples);
});
