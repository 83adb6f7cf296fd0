import type { CompileOptions, Placement, Program } from '@weft/core/program';
import type { Block, Copy, LeafParts, LoggedNumber, MicroBatch, StepsWork } from '@weft/train/runtime';

/** A part of memory. */
export interface Range {
  readonly address: number;
  readonly bytes: number;
}

/** What nothing writes, such as examples: known by its content. */
export interface Constant extends Range {
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A program and where its values lie. Machines compile it themselves. */
export interface JobProgram {
  readonly program: Program;
  readonly inputs: readonly Placement[];
  readonly outputs: readonly Placement[];
  /** Positions of inputs that stay the same within a stage. */
  readonly invariant: readonly number[];
  readonly options: Pick<CompileOptions, 'convolution' | 'isLowered'>;
}

/** A program, by its number, and the memory of its segments but the arena, which each machine has its own of. */
export interface JobLaunch {
  readonly program: number;
  readonly blocks: readonly Block[];
}

/** Launches for the sizes of micro-batches. */
export type JobLaunches = Readonly<Record<number, JobLaunch>>;

/** Micro-batches, leaf by leaf. */
export interface JobMicroStage {
  readonly kind: 'micro';
  readonly leaves: readonly (readonly MicroBatch[])[];
  readonly parts?: LeafParts;
  readonly first: JobLaunches;
  readonly next: JobLaunches;
}

/** Programs on slices of memory. Adding leaves up is not among them: machines do it together. */
export interface JobSliceStage {
  readonly kind: 'slices';
  readonly parts: readonly { readonly launch: JobLaunch; readonly count: number }[];
}

/** A program on values of the whole batch. */
export interface JobWholeStage {
  readonly kind: 'whole';
  readonly launch: JobLaunch;
}

/** The end of an update. */
export interface JobFinishStage {
  readonly kind: 'finish';
  readonly renewals: readonly Copy[];
  readonly logs: readonly LoggedNumber[];
  /** Whether it is the end of a step. */
  readonly endsStep: boolean;
}

/** What is done between two times that something is waited for. */
export type JobStage = JobMicroStage | JobSliceStage | JobWholeStage | JobFinishStage;

/** The stages of a step, by the number of examples in its batch. */
export type JobStages = Readonly<Record<number, readonly JobStage[]>>;

/**
 * What machines compute, as plain data: the stages of steps and their programs, in a memory that all of them have at the
 * same addresses.
 */
export interface Job {
  /** Stands for one call of `fit` or `predict`, for whose length memory is laid out. */
  readonly session: string;
  /** Bytes of the memory that machines have in common. */
  readonly top: number;
  /** What steps write before they read it. */
  readonly scratch: readonly Range[];
  readonly constants: readonly Constant[];
  readonly programs: readonly JobProgram[];
  /** Of the work, of the work that comes next, and so on. */
  readonly works: readonly JobStages[];
}

/** The part of some work that differs from call to call. */
export interface TaskCall extends Omit<StepsWork, 'session' | 'stages' | 'next'> {
  readonly next?: TaskCall;
}

/** Bytes that are no job, or a job that must not be run. */
export class JobError extends Error {
  override readonly name = 'JobError';
}
