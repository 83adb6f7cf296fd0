import { logsOf } from '../history.js';
import type { Store } from '../runtime/store.js';
import type { Callback, EpochLogs, TrainInfo } from './callback.js';

/**
 * Writes a line an epoch into a CSV file: epoch (from 1), loss, val_loss, seconds, images_per_second. When training is
 * resumed, the file begins with the epochs that were done before.
 */
export class CSVLogger implements Callback {
  private store: Store | undefined;

  constructor(private readonly options: { readonly path: string }) {}

  async onTrainBegin({ history, store }: TrainInfo): Promise<void> {
    this.store = store;
    const rows = history.loss.map((_, epoch) => csvRow(epoch, logsOf(history, epoch)));
    await store.write(this.options.path, ['epoch,loss,val_loss,seconds,images_per_second\n', ...rows].join(''));
  }

  async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    await this.store?.append(this.options.path, csvRow(epoch, logs));
  }
}

function csvRow(epoch: number, { loss, valLoss, seconds, imagesPerSecond }: EpochLogs): string {
  return `${[epoch + 1, loss, valLoss ?? '', seconds.toFixed(3), imagesPerSecond.toFixed(1)].join(',')}\n`;
}
