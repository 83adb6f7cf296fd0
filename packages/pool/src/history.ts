import type { ConvolutionRecord } from '@weft/core';

/** What happened during `fit`, an entry an epoch. */
export interface History {
  /** Mean training loss, over the examples as they were met. */
  readonly loss: number[];
  /** Mean validation loss after each epoch; empty without validation. */
  readonly valLoss: number[];
  readonly seconds: number[];
  readonly imagesPerSecond: number[];
  /** Steps done in all. */
  steps: number;
  /** Whether the signal ended it before all epochs were done. */
  aborted: boolean;
  /** Examples that a worker takes through forward and backward at a time. */
  microBatchSize: number;
  convolutions: readonly ConvolutionRecord[];
}
