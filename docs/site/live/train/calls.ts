import type { RateChange, Settings } from './settings.js';

/** A kind of autoencoder that can be chosen. */
export interface ModelKind {
  readonly key: string;
  readonly title: string;
  readonly longName: string;
  readonly denoises: boolean;
  /** Weights for pictures of 28 x 28. */
  readonly weights: number;
}

/** What the page asks to be trained. */
export interface Job {
  readonly settings: Settings;
  /** Pictures as an IDX file, where the settings say so. */
  readonly file: File | undefined;
  /** Name of the training in the origin's private file system: the same to go on with it. */
  readonly id: string;
}

/** Where training is when it ends, at its end or before. */
export interface Outcome {
  readonly isFinished: boolean;
}

/** A file of weights. */
export interface ModelFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
}

/** Losses of an epoch that is done. */
export interface EpochLosses {
  readonly loss: number;
  readonly validationLoss: number;
}

/** What the worker tells while it trains. */
export type TrainerEvent =
  | {
      readonly event: 'begin';
      readonly threads: number;
      /** Pictures of an epoch. */
      readonly count: number;
      readonly steps: number;
      /** Epochs and steps of the next one that were done before. */
      readonly epoch: number;
      readonly step: number;
      readonly past: readonly EpochLosses[];
    }
  | {
      readonly event: 'steps';
      readonly epoch: number;
      /** Steps of the epoch that are done. */
      readonly done: number;
      /** Losses of the last of them. */
      readonly losses: readonly number[];
    }
  | ({ readonly event: 'epoch'; readonly epoch: number } & EpochLosses)
  | ({ readonly event: 'samples' } & Samples)
  | { readonly event: 'weights'; readonly sha256: string; readonly epochs: number; readonly isWhole: boolean };

/** Pictures that were held out, and what the model makes of them. */
export interface Samples {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** [count, height, width], from 0 to 1 */
  readonly originals: Float32Array;
  /** What a model that denoises is given. */
  readonly noisy: Float32Array | undefined;
  readonly reconstructions: Float32Array;
}

/** What the worker of this page does. */
export type TrainerCalls = {
  models(): ModelKind[];
  /** Whether there is a private file system, without which nothing can be paused. */
  canPause(): Promise<boolean>;
  /** Trains to the end, or until it is paused. */
  train(job: Job): Promise<Outcome>;
  pause(): void;
  /** Sets the learning rate from the next epoch on. */
  setRate(rate: number): RateChange;
  /** The weights as they were at the end of the last epoch, or of the last step if training has paused. */
  save(): Promise<ModelFile>;
};
