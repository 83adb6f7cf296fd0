import type { MemoryPlan, Program } from '@weft/core/program';

/** A compiled program as workers get it: a module, or the program and its plan for the reference kernels. */
export interface ProgramImage {
  /** Stands for this program in the workers' caches. */
  readonly id: string;
  readonly module: WebAssembly.Module | undefined;
  readonly program: Program | undefined;
  readonly plan: MemoryPlan | undefined;
  readonly segments: number;
  /** Address of each worker's arena for it. */
  readonly arenas: readonly number[];
}

/** Programs for the sizes of pieces that occur. */
export type ProgramsBySize = Readonly<Record<number, ProgramImage>>;

/** What all tasks have in common. Addresses are bytes in the shared memory. */
export interface Task {
  /** Stands for one call of fit or predict: caches of others are dropped. */
  readonly session: string;
  readonly memory: WebAssembly.Memory;
  /** Address of the control words. */
  readonly control: number;
  readonly worker: number;
  readonly workers: number;
  readonly parameters: number;
  readonly x: number;
  readonly y: number;
  /** Address of this worker's row numbers and keys. */
  readonly keys: number;
  readonly epoch: number;
}

/** Steps of an epoch of training and, after the epoch's last, the loss on validation examples. */
export interface EpochTask extends Task {
  readonly kind: 'epoch';
  /** The steps to do: from the first, up to before the end. */
  readonly firstStep: number;
  readonly endStep: number;
  /** Whether a loss that is no finite number ends the task. */
  readonly stopsOnNaN: boolean;
  /** Address of the training examples' numbers, in the order of this epoch. */
  readonly order: number;
  readonly count: number;
  readonly batchSize: number;
  readonly piece: number;
  readonly programs: ProgramsBySize;
  readonly update: ProgramImage;
  readonly slices: number;
  readonly lanes: number;
  readonly laneBytes: number;
  readonly lanesAddress: number;
  readonly state: number;
  /** Address of each step's scalars, and bytes from one step to the next. */
  readonly scalars: number;
  readonly scalarBytes: number;
  /** Address of each step's summed loss, in float64. */
  readonly losses: number;
  readonly validation: MapTask | undefined;
}

/** A program applied to examples in their order; each piece's results go to their place. */
export interface MapTask extends Task {
  readonly kind: 'map';
  /** The examples `begin` to `begin + count` of the table. */
  readonly begin: number;
  readonly count: number;
  readonly piece: number;
  readonly programs: ProgramsBySize;
  readonly results: number;
  /** Bytes from one piece's results to the next. */
  readonly resultBytes: number;
}

/** What a task says about the worker that runs it. */
type Own = 'worker' | 'workers' | 'memory' | 'control' | 'keys';

/** A map, as a runtime is given it for all of its workers. */
export type MapWork = Omit<MapTask, Own>;

/** Steps of an epoch, as a runtime is given them for all of its workers. */
export type EpochWork = Omit<EpochTask, Own | 'validation'> & { readonly validation: MapWork | undefined };

/** Words of control: the barrier's come first. */
export const CONTROL = {
  barrier: 0,
  /** The next lane or piece that nobody works on. */
  ticket: 2,
  /** Steps done in this epoch. */
  steps: 3,
  /** Set by the main thread: stop after the running step. */
  stopWanted: 4,
  /** Set by worker 0 between barriers, to one of STOPPED: all stop here. */
  stopped: 5,
} as const;

/** Why workers stop before the end of their steps. */
export const STOPPED = { no: 0, wanted: 1, lossIsNotFinite: 2 } as const;

/** Number of control words. */
export const CONTROL_WORDS = 16;
