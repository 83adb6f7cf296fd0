import type { EpochLogs } from '../history.js';
import type { BatchLogs, Callback, TrainControl } from './callback.js';

/**
 * Ends training when a loss is not a finite number any more.
 *
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8).fill(NaN), y: new Float32Array(4) };
 * const terminate = new TerminateOnNaN();
 * await fit(model, data, { epochs: 5, onNaN: 'continue', callbacks: [terminate], threads: 1 });
 * terminate.stoppedAt; // { epoch: 0, batch: 0 }
 */
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
