import type { MemoryPlan, Program } from '@weft/core/program';
import type { Stage, StagesBySize } from './step/stages.js';

/** A compiled program as workers get it: a module, or the program and its plan for the reference kernels. */
export interface ProgramImage {
  /** Stands for this program, in one memory, in the workers' caches. */
  readonly id: string;
  readonly module: WebAssembly.Module | undefined;
  readonly program: Program | undefined;
  readonly plan: MemoryPlan | undefined;
  readonly segments: number;
}

/** Steps over the batches of some examples, as all workers are given them. */
export interface StepsWork {
  /** Stands for one call of `fit` or `predict`: while it runs, no program is dropped from the workers' caches. */
  readonly session: string;
  /** By the number of examples in a batch. */
  readonly stages: StagesBySize;
  /** Examples in all, and in a batch; the last batch holds what is left. */
  readonly count: number;
  readonly batchSize: number;
  /** The steps to do: from the first, up to before the end. */
  readonly firstStep: number;
  readonly endStep: number;
  /** Whether they are counted for the main thread, which may end them. */
  readonly isReported: boolean;
  /** Addresses of numbers that end the steps if one of them is not finite: a float64 for each step. */
  readonly finite: readonly number[];
  /** What blocks count steps by. Default: the step. */
  readonly resultStep?: number;
  /** What comes after the last step of all, such as validation. */
  readonly next?: StepsWork | undefined;
}

/** What a worker knows about itself. */
export interface WorkerPart {
  readonly memory: WebAssembly.Memory;
  /** Address of the control words. */
  readonly control: number;
  readonly worker: number;
  readonly workers: number;
}

/** A worker's part of some work. */
export interface Task extends WorkerPart {
  readonly work: StepsWork;
}

/**
 * Workers that some work needs: as many as its widest stage has parts. No result depends on their number.
 *
 * @param threads the most that there are
 * @example
 * const work = { session: '', count: 8, batchSize: 8, firstStep: 0, endStep: 1, isReported: false, finite: [] };
 * usefulWorkers({ ...work, stages: {} }, 4); // 1
 */
export function usefulWorkers({ stages, next }: StepsWork, threads: number): number {
  const widest = Math.max(1, ...Object.values(stages).flat().map(partsOf));
  return Math.min(threads, Math.max(widest, next ? usefulWorkers(next, threads) : 1));
}

function partsOf(stage: Stage): number {
  if (stage.kind === 'micro') return stage.leaves.length;
  return stage.kind === 'slices' ? stage.parts.reduce((total, { count }) => total + count, 0) : 1;
}

/**
 * Words of control: the barrier's come first.
 *
 * @example
 * const words = new Int32Array(CONTROL_WORDS);
 * words[CONTROL.stopWanted] = 1; // workers stop after the running step
 */
export const CONTROL = {
  barrier: 0,
  /** Steps done of the work that is reported. */
  steps: 2,
  /** Set by the main thread: stop after the running step. */
  stopWanted: 3,
  /** Set by worker 0 between barriers, to one of STOPPED: all stop here. */
  stopped: 4,
} as const;

/**
 * Why workers stop before the end of their steps.
 *
 * @example
 * STOPPED.lossIsNotFinite; // 2
 */
export const STOPPED = { no: 0, wanted: 1, lossIsNotFinite: 2 } as const;

/**
 * Number of control words.
 *
 * @example
 * const memory = new SharedMemory(16);
 * const address = memory.allocate(4 * CONTROL_WORDS);
 */
export const CONTROL_WORDS = 16;
