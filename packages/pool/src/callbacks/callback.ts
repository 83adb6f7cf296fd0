import type { Sequential } from '@weft/core';
import type { History } from '../history.js';

/** What is known when training begins. */
export interface TrainInfo {
  readonly model: Sequential;
  readonly epochs: number;
  readonly steps: number;
  readonly trainCount: number;
  readonly validationCount: number;
  readonly threads: number;
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
  readonly images: number;
  readonly imagesInEpoch: number;
}

/** What is known after an epoch. */
export interface EpochLogs {
  readonly loss: number;
  readonly valLoss?: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** What a callback may change. */
export interface TrainControl {
  /** Its weights may be changed before an epoch and after it; what is changed while steps are done is overwritten. */
  readonly model: Sequential;
  /** Set it to end training after the running step, or the epoch if it is over. */
  stopTraining: boolean;
}

/** Functions called while a model is trained, in the main thread. Those of epochs are waited for. */
export interface Callback {
  onTrainBegin?(info: TrainInfo): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** Called for every step in order, a moment after it: the workers do not wait. */
  onBatchEnd?(batch: number, logs: BatchLogs, control: TrainControl): void;
  onEpochEnd?(epoch: number, logs: EpochLogs, control: TrainControl): void | Promise<void>;
  onTrainEnd?(history: History, control: TrainControl): void | Promise<void>;
}
