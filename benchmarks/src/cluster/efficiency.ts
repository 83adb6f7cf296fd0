import { convAutoencoder } from '@weft/models';
import { WorkerPool } from '@weft/pool';
import { median } from '../statistics.js';
import { type StepRun, stepSeconds, withCluster } from './runs.js';

/** Two workers of one thread each beside one process with two threads. */
export interface Efficiency {
  readonly pool: number;
  readonly cluster: number;
  /** Of rounds: the time of the pool's step divided by the cluster's. */
  readonly ratios: readonly number[];
}

/** Measures the step of the convolutional autoencoder both ways, in turns, so that both meet the same noise. */
export async function measureEfficiency(rounds: number, run: StepRun): Promise<Efficiency> {
  const build = () => convAutoencoder().model;
  const pool = await WorkerPool.create({ threads: 2 });
  try {
    return await withCluster({ count: 2 }, async (runtime) => {
      const [pools, clusters]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        pools.push(median(await stepSeconds(pool, build(), run)));
        clusters.push(median(await stepSeconds(runtime, build(), run)));
      }
      const ratios = pools.map((time, round) => time / clusters[round]);
      return { pool: median(pools), cluster: median(clusters), ratios };
    });
  } finally {
    await pool.close();
  }
}
