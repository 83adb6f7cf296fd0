import type { NonFiniteValue } from './non-finite.js';
import type { LogBook } from './step/log-book.js';
import type { StepReporter } from './step-reporter.js';
import type { StepsWork } from './task.js';

/** Where the steps of an epoch begin. */
export interface EpochBegin {
  readonly epoch: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  /** Updates that the optimisers had counted before the epoch. */
  readonly updatesBefore: number;
  /** Learning rates that callbacks have set, by update. */
  readonly rates: readonly number[];
}

/** Which steps are done, and what ends them before. */
export interface StepRange {
  readonly first: number;
  /** Steps from here on are not done; it may lie behind the epoch's end. */
  readonly end: number;
  readonly milliseconds: number;
  /** Whether a loss that is not finite ends them. */
  readonly stopsOnNaN: boolean;
}

/** The steps of a training's epochs: over arrays in memory, or over the batches of a stream. */
export interface EpochSteps {
  readonly log: LogBook;
  readonly validationLog: LogBook | undefined;
  /** Infinite while the end of a stream is not known. */
  readonly stepsInEpoch: number;
  readonly examplesInEpoch: number;
  /** Whether the last step had a loss that is not a finite number, which ended the run. */
  readonly isLossLost: boolean;
  /** What reading the next batch has thrown: the steps before it are done. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Whether so many steps are all of the running epoch. */
  isOver(step: number): boolean;
  /** Gets ready for the steps of an epoch. */
  begin(begin: EpochBegin): Promise<void>;
  /** Does steps of the epoch that was begun; behind its last one also the validation. Gives how many are done. */
  run(range: StepRange, reporter: StepReporter): Promise<number>;
  /** All programs that it may run, at the places where it runs them first. */
  guarded(): StepsWork;
  /** What may be wrong with the data where a loss is not finite, as far as the data is at hand. */
  findNonFinite(): NonFiniteValue | undefined;
}
