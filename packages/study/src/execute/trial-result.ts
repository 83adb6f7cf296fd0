import type { ErrorStatistics, RunRecord } from '@weft/report';
import type { Json, TrialOptions } from '../definition/study.js';

/** What the training and the test of one model have come to. */
export interface ModelResult {
  /** How prose names it, such as CAE. */
  readonly title: string;
  readonly parameters: number;
  /** Loss of each epoch, as the training minimises it. */
  readonly loss: readonly number[];
  readonly valLoss: readonly number[];
  /** Per-image mean squared errors on the test set, in squared pixel intensity. */
  readonly testError: ErrorStatistics;
  /** Decibels, a mean over the test images. */
  readonly psnr: number;
  readonly ssim: number;
  readonly weightsSha256: string;
}

/** What a trial has come to. It is plain JSON, and nothing in it depends on when, where or how fast it was performed. */
export interface TrialResult {
  readonly name: string;
  /** Every option that decides the result. */
  readonly options: TrialOptions;
  readonly dataset: string;
  /** The data are a drawn stand-in. */
  readonly synthetic: boolean;
  readonly trainCount: number;
  readonly validationCount: number;
  readonly testCount: number;
  /** SHA-256 of the data, where the run's folder says it. */
  readonly dataSha256?: { readonly train: string; readonly test: string };
  readonly models: Readonly<Record<string, ModelResult>>;
  /** What was measured besides, by kind of measure. */
  readonly measurements: Readonly<Record<string, Json>>;
}

/** The models of a run, without what depends on the machine. */
export function modelResults({ models }: Pick<RunRecord, 'models'>): Record<string, ModelResult> {
  const results = Object.entries(models).map(([key, model]): [string, ModelResult] => {
    const { loss, valLoss } = model.history;
    const { mean, median, p95, max, standardDeviation, skewness } = model.testError;
    return [
      key,
      {
        title: model.title ?? key.toUpperCase(),
        parameters: model.parameters,
        loss: [...loss],
        valLoss: [...valLoss],
        testError: { mean, median, p95, max, standardDeviation, skewness },
        psnr: model.psnr.mean,
        ssim: model.ssim.mean,
        weightsSha256: model.weightsSha256,
      },
    ];
  });
  return Object.fromEntries(results);
}
