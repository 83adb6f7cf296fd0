import type { TrialOptions } from '../definition/study.js';

/** A value of an option. */
export type OptionValue = boolean | number | string;

/** Lower and upper end, both of which can come. */
export type Ends = readonly [low: number, high: number];

/** Values of an option to draw from. */
export type Range =
  | { readonly uniform: Ends }
  /** Each factor is as likely as any other of the same size. */
  | { readonly logUniform: Ends }
  /** Whole numbers. */
  | { readonly integers: Ends }
  /** Both ends are powers of two. */
  | { readonly powersOfTwo: Ends }
  | { readonly choice: readonly OptionValue[] };

/** What results are compared by. */
export interface Score {
  readonly of: ScoreName;
  readonly goal: 'minimise' | 'maximise';
  /** The model whose score it is, where trials train several. */
  readonly model?: string;
}

export type ScoreName = 'valLoss' | 'loss' | 'testError' | 'psnr' | 'ssim';

/** All trials begin with few epochs, and only the best of each rung go on. */
export interface Halving {
  /** One trial in so many goes on, with so many times the epochs. */
  readonly factor: number;
  /** Of the first rung. */
  readonly firstEpochs: number;
  /** Of the last rung. */
  readonly mostEpochs: number;
}

/** A search for good options. It is plain JSON. */
export interface Sweep {
  readonly name: string;
  /** Heading of the report. */
  readonly title: string;
  /** Options that all trials share. */
  readonly base: TrialOptions;
  /** Options to search: each combination of the lists' values is tried with each point of the ranges. */
  readonly space: Readonly<Record<string, readonly OptionValue[] | Range>>;
  /** How many points are drawn from the ranges, if there are any. */
  readonly trials?: number;
  /** Decides the points. */
  readonly seed: number;
  readonly score: Score;
  readonly halving?: Halving;
}

/** Whether values are drawn, and not all of them tried. */
export function isRange(axis: Sweep['space'][string]): axis is Range {
  return !Array.isArray(axis);
}
