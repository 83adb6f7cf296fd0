import { setTimeout as wait } from 'node:timers/promises';
import { WorkerPool } from '@weft/pool';
import type { Stage, StepsWork } from '@weft/train/runtime';

/** What is slept in the place of computing. */
export interface Sleep {
  /** Seconds of one thread for a leaf. */
  readonly leafSeconds: number;
  /** Seconds at the end of each step. */
  readonly replicatedSeconds: number;
}

/** Has all pools of this process sleep as long as they would compute. They compute nothing: memory stays as it is. */
export function sleepInsteadOfComputing(sleep: Sleep): void {
  WorkerPool.prototype.runOnAll = async function (this: WorkerPool, work) {
    await wait(1000 * secondsOf(work, this.threads, sleep));
  };
}

/** Seconds that some work takes: threads draw leaves one by one. */
export function secondsOf({ stages, next }: StepsWork, threads: number, sleep: Sleep): number {
  const ofStage = (stage: Stage) => {
    if (stage.kind === 'micro') return Math.ceil(stage.leaves.length / threads) * sleep.leafSeconds;
    return stage.kind === 'finish' ? sleep.replicatedSeconds : 0;
  };
  const own = Object.values(stages)
    .flat()
    .reduce((total, stage) => total + ofStage(stage), 0);
  return own + (next ? secondsOf(next, threads, sleep) : 0);
}
