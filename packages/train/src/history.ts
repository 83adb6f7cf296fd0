import type { ConvolutionRecord } from '@weft/core/program';
import type { EpochLogs } from './callbacks/callback.js';
import type { EpochHistory } from './checkpoints/state.js';

/** What happened during `fit`, an entry an epoch. */
export interface History {
  /** Mean training loss, over the examples as they were met. */
  readonly loss: number[];
  /** Mean validation loss after each epoch; empty without validation. */
  readonly valLoss: number[];
  readonly seconds: number[];
  readonly imagesPerSecond: number[];
  /** Steps done in all, those before a resumption too. */
  steps: number;
  /** Whether the signal ended it before all epochs were done. */
  aborted: boolean;
  /** Examples that a worker takes through forward and backward at a time. */
  microBatchSize: number;
  convolutions: readonly ConvolutionRecord[];
}

/** What a history says of one of its epochs. */
export function logsOf({ loss, valLoss, seconds, imagesPerSecond }: EpochHistory, epoch: number): EpochLogs {
  return {
    loss: loss[epoch],
    ...(valLoss.length > 0 && { valLoss: valLoss[epoch] }),
    seconds: seconds[epoch],
    imagesPerSecond: imagesPerSecond[epoch],
  };
}
