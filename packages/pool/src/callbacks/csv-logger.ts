import { appendFile, writeFile } from 'node:fs/promises';
import type { Callback, EpochLogs } from './callback.js';

/** Writes a line an epoch into a CSV file: epoch (from 1), loss, val_loss, seconds, images_per_second. */
export class CSVLogger implements Callback {
  constructor(private readonly options: { readonly path: string }) {}

  async onTrainBegin(): Promise<void> {
    await writeFile(this.options.path, 'epoch,loss,val_loss,seconds,images_per_second\n');
  }

  async onEpochEnd(epoch: number, { loss, valLoss, seconds, imagesPerSecond }: EpochLogs): Promise<void> {
    const cells = [epoch + 1, loss, valLoss ?? '', seconds.toFixed(3), imagesPerSecond.toFixed(1)];
    await appendFile(this.options.path, `${cells.join(',')}\n`);
  }
}
