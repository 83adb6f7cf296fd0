import type { CallbackState } from '../callbacks/callback.js';
import type { EpochHistory, OptimizerState, StateTensor } from '../history.js';
import type { Fingerprint } from './fingerprint.js';

/** Everything that the rest of a training depends on, after some step. */
export interface TrainingState {
  readonly fingerprint: Fingerprint;
  /** Epochs that were to be trained; a resumed training may ask for more. */
  readonly epochs: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done in the epoch after them. */
  readonly step: number;
  /** Steps done in all, which the optimiser counts. */
  readonly steps: number;
  /** Whether a callback has ended the training. */
  readonly stopped: boolean;
  /** Spent on the running epoch. */
  readonly seconds: number;
  /** The lowest validation loss (training loss if there is none) after an epoch, and the steps done by then. */
  readonly best: { readonly value: number; readonly steps: number } | undefined;
  /** By path: those that are trained, and state such as moving averages. */
  readonly weights: ReadonlyMap<string, StateTensor>;
  /** What optimisers keep, by update and slot, such as `0/momentum`, and by path. */
  readonly slots: OptimizerState['slots'];
  /** Updates that the optimisers had counted before this training began. */
  readonly stepsBefore: number;
  /** Learning rates that callbacks have set, by update; none where no callback does. */
  readonly rates: readonly number[];
  /** Numbers of the running epoch's steps, and values of its examples. */
  readonly log: { readonly numbers: Float64Array; readonly scores: Float32Array };
  readonly history: EpochHistory;
  /** For each callback; empty for those that keep no state. */
  readonly callbacks: readonly CallbackState[];
}
