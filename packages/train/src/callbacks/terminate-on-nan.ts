import type { EpochLogs } from '../history.js';
import type { BatchLogs, Callback, TrainControl } from './callback.js';

/** Ends training when a loss is not a finite number any more. */
export class TerminateOnNaN implements Callback {
  /** Where the loss was lost: epoch and step, from 0; undefined if it was not. */
  stoppedAt: { readonly epoch: number; readonly batch: number } | undefined;

  onTrainBegin(): void {
    this.stoppedAt = undefined;
  }

  onBatchEnd(batch: number, { batchLoss, epoch }: BatchLogs, control: TrainControl): void {
    if (Number.isFinite(batchLoss) || this.stoppedAt) return;
    this.stoppedAt = { epoch, batch };
    control.stopTraining = true;
  }

  onEpochEnd(_epoch: number, { loss }: EpochLogs, control: TrainControl): void {
    if (!Number.isFinite(loss)) control.stopTraining = true;
  }
}
