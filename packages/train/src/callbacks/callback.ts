import type { BaseModel } from '@weft/nn';
import type { EpochHistory, EpochLogs, History } from '../history.js';
import type { Store } from '../runtime/store.js';

/** What is known when training begins. */
export interface TrainInfo {
  readonly model: BaseModel;
  readonly epochs: number;
  readonly steps: number;
  readonly trainCount: number;
  readonly validationCount: number;
  readonly threads: number;
  /** The runtime's files. */
  readonly store: Store;
  /** Epochs and, in the next epoch, steps that were done before: above 0 if training is resumed or continued. */
  readonly initialEpoch: number;
  readonly initialStep: number;
  /** Losses, metrics and times of the epochs done before. */
  readonly past: EpochHistory;
  /** Names of the losses and metrics that the logs will have, those of the validation last. */
  readonly logNames: readonly string[];
}

/** What is known after a step. */
export interface BatchLogs {
  /** Mean loss over the examples of this epoch so far. */
  readonly loss: number;
  /** Mean loss over the examples of this step. */
  readonly batchLoss: number;
  readonly epoch: number;
  readonly batches: number;
  /** Examples done in this epoch, and examples in an epoch. */
  readonly examples: number;
  readonly examplesInEpoch: number;
}

/** What a callback may change. */
export interface TrainControl {
  /** Its weights may be changed before an epoch and after it; what is changed while steps are done is overwritten. */
  readonly model: BaseModel;
  /** Set it to end training after the running step, or the epoch if it is over. */
  stopTraining: boolean;
}

/** What a callback keeps in a checkpoint: numbers, finite or not, and arrays, by name. */
export type CallbackState = Readonly<Record<string, number | Float32Array>>;

/** Functions called while a model is trained, in the main thread. Those of epochs are waited for. */
export interface Callback {
  onTrainBegin?(info: TrainInfo): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /**
   * The learning rate of an epoch, asked for behind `onEpochBegin`; the logs then have `learning_rate`. The optimiser's
   * own rate is the first one, and a number.
   *
   * @param rate   of the epoch before, or what a callback before this one gives
   * @param update name of the update whose optimiser it is, where there are several
   */
  nextLearningRate?(epoch: number, rate: number, update: string): number;
  /** Called for every step in order, a moment after it: the workers do not wait. */
  onBatchEnd?(batch: number, logs: BatchLogs, control: TrainControl): void;
  onEpochEnd?(epoch: number, logs: EpochLogs, control: TrainControl): void | Promise<void>;
  onTrainEnd?(history: History, control: TrainControl): void | Promise<void>;
  /** What it must remember for a resumed training to end as one that was never interrupted. */
  state?(): CallbackState;
  /** Called after `onTrainBegin` when training is resumed, with what `state` gave. */
  restore?(state: CallbackState): void;
}
