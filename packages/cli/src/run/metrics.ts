import { appendFile, writeFile } from 'node:fs/promises';
import type { Callback } from '@weft/pool';

const HEADER = 'model,epoch,loss,val_loss,seconds,images_per_second';

/** Begins the table of all models' losses: a line an epoch. */
export async function beginMetrics(path: string): Promise<void> {
  await writeFile(path, `${HEADER}\n`);
}

/** Appends a line for each epoch of a model, when it ends. */
export function metricsLogger(path: string, model: string): Callback {
  return {
    async onEpochEnd(epoch, { loss, valLoss, seconds, imagesPerSecond }) {
      const cells = [model, epoch + 1, loss, valLoss ?? '', seconds.toFixed(3), imagesPerSecond.toFixed(1)];
      await appendFile(path, `${cells.join(',')}\n`);
    },
  };
}
