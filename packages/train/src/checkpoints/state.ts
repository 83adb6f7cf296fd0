import type { CallbackState } from '../callbacks/callback.js';
import type { EpochHistory } from '../history.js';
import type { Fingerprint } from './fingerprint.js';

/** A tensor of float32 in row-major order. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

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
  /** By the parameters' names. */
  readonly weights: ReadonlyMap<string, StateTensor>;
  /** What the optimiser keeps for each parameter: a map for each of its slots. */
  readonly optimizer: readonly ReadonlyMap<string, StateTensor>[];
  /** Summed loss of each step of the running epoch. */
  readonly losses: Float64Array;
  readonly history: EpochHistory;
  /** For each callback; empty for those that keep no state. */
  readonly callbacks: readonly CallbackState[];
}
