/** What the page is told of runs, as JSON. Numbers that are not finite are null. */

/**
 * - `running`: a process of this machine writes into the run's folder.
 * - `elsewhere`: a process of another machine does, as far as can be told from here.
 * - `interrupted`: none does, and the run is not whole.
 */
export type RunState = 'running' | 'elsewhere' | 'finished' | 'interrupted';

/** An epoch of a model's training. */
export interface EpochView {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number | null;
  readonly valLoss: number | null;
  readonly seconds: number | null;
  readonly imagesPerSecond: number | null;
}

/** How far a model's training is within an epoch. */
export interface PaceView {
  readonly epoch: number;
  readonly images: number;
  readonly imagesInEpoch: number;
  readonly loss: number | null;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Rows of pictures that a model makes of the same few test images. */
export interface SamplesView {
  readonly count: number;
  /** Size of one image, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Rows from top to bottom; each is one picture of `count` images side by side. */
  readonly rows: readonly { readonly title: string; readonly file: string }[];
}

/** How the training of a model goes. */
export interface ModelView {
  readonly key: string;
  /** How people name it, such as CAE. */
  readonly title: string;
  /** Epochs that were asked for, if that is known. */
  readonly epochs: number | null;
  /** Epochs done. */
  readonly done: number;
  /** Of all epochs done those that are drawn; the last one is among them. */
  readonly rows: readonly EpochView[];
  /** Epochs done, with fractions, and the loss there; of this session only. */
  readonly curve: readonly (readonly [number, number | null])[];
  readonly pace: PaceView | null;
  /** Of the test images, once the run is finished. */
  readonly test: { readonly mse: number | null; readonly psnr: number | null; readonly ssim: number | null } | null;
  readonly samples: SamplesView | null;
  /** Why there are no samples, or no newer ones. */
  readonly samplesNote: string | null;
}

/** A line of the list of runs. */
export interface RunSummary {
  /** Stands in addresses. */
  readonly id: string;
  /** Path of its folder, within the one that is served. */
  readonly name: string;
  readonly state: RunState;
  /** Such as `Training CAE, epoch 3 of 20`. */
  readonly status: string;
  /** Part of the epochs of all models that is done, in [0, 1]; null if that is not known. */
  readonly done: number | null;
  readonly loss: number | null;
  readonly valLoss: number | null;
  /** Titles of the models. */
  readonly models: readonly string[];
  readonly dataset: string | null;
  /** When something was written last: ISO 8601. */
  readonly changedAt: string | null;
}

/** The list of runs. */
export interface RunList {
  /** The folder that is served. */
  readonly folder: string;
  readonly runs: readonly RunSummary[];
  /** What was not looked at, as a sentence. */
  readonly note: string | null;
}

/** All that the page shows of a run. */
export interface RunView {
  readonly summary: RunSummary;
  readonly models: readonly ModelView[];
  /** Names and values. */
  readonly options: readonly (readonly [string, string])[];
  /** Files that can be opened, within the run's address. */
  readonly files: readonly { readonly title: string; readonly file: string }[];
  readonly figures: readonly { readonly file: string; readonly title: string }[];
  /** What resuming would do, if the run was interrupted. */
  readonly resume: { readonly command: string; readonly effect: string } | null;
  /** What of the run could not be read, in sentences. */
  readonly problems: readonly string[];
}
