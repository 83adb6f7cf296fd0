import type { RoundCost } from '@weft/cluster';
import type { Sequential } from '@weft/nn';
import { WorkerPool } from '@weft/pool';
import type { Stage, StepsWork } from '@weft/train/runtime';
import { median } from '../statistics.js';
import { stepTimes } from '../training-times.js';

/** What a step costs one core, as it was measured. */
export interface MeasuredCost {
  readonly round: RoundCost;
  /** Seconds of what is not shared out among leaves. */
  readonly replicatedSeconds: number;
}

const STEPS = 4;
const EPOCHS = 3;

/**
 * Measures what a step costs one core: whole steps and steps with half of the leaves in turns; the difference is what
 * leaves take, and what remains without leaves is done by each machine. The weights of such steps are of no use.
 *
 * @param build makes the model anew for each turn
 */
export async function measureCost(build: () => Sequential, batchSize: number, turns: number): Promise<MeasuredCost> {
  const seconds: [whole: number[], half: number[]] = [[], []];
  let leaves = 0;
  for (let turn = 0; turn < turns; turn++) {
    for (const part of [0, 1] as const) {
      const pool = await WorkerPool.create({ threads: 1 });
      try {
        const run = pool.runOnAll.bind(pool);
        pool.runOnAll = (work) => {
          leaves = Math.max(leaves, leavesIn(work));
          return run(part === 0 ? work : withHalfOfTheLeaves(work));
        };
        const time = { pool, numerics: 'exact', batchSize, steps: STEPS, epochs: EPOCHS } as const;
        seconds[part].push(...(await stepTimes(build(), time)).map((milliseconds) => milliseconds / 1000));
      } finally {
        await pool.close();
      }
    }
  }
  const [whole, half] = seconds.map(median);
  const leafSeconds = (whole - half) / (leaves - halfOf(leaves));
  return {
    round: { leaves, leafSeconds, bytes: 4 * build().countWeights() },
    replicatedSeconds: Math.max(0, whole - leaves * leafSeconds),
  };
}

const halfOf = (leaves: number) => Math.ceil(leaves / 2);

function leavesIn({ stages }: StepsWork): number {
  return Math.max(...Object.values(stages).flatMap((all) => all.map(leavesOf)));
}

const leavesOf = (stage: Stage) => (stage.kind === 'micro' ? stage.leaves.length : 0);

function withHalfOfTheLeaves(work: StepsWork): StepsWork {
  const halved = (stage: Stage): Stage =>
    stage.kind === 'micro' ? { ...stage, leaves: stage.leaves.slice(0, halfOf(stage.leaves.length)) } : stage;
  const stages = Object.entries(work.stages).map(([size, all]) => [size, all.map(halved)]);
  return { ...work, stages: Object.fromEntries(stages) };
}
