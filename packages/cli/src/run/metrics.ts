import type { Callback, EpochLogs } from '@weft/pool';

const HEADER = 'model,epoch,loss,val_loss,seconds,images_per_second';

/** The table of all models' losses, a line an epoch; written anew as a whole whenever there is another line. */
export class MetricsTable {
  private readonly rows = new Map<string, string[]>();

  /** @param write puts the text of the table where it belongs */
  constructor(private readonly write: (text: string) => Promise<void>) {}

  /** Adds a line for each epoch of a model, when it ends; those before a resumption when training begins. */
  logger(model: string): Callback {
    const rows: string[] = [];
    this.rows.set(model, rows);
    return {
      onTrainBegin: async ({ history: { loss, valLoss, seconds, imagesPerSecond } }) => {
        const logs = (epoch: number) => ({
          loss: loss[epoch],
          ...(valLoss.length > 0 && { valLoss: valLoss[epoch] }),
          seconds: seconds[epoch],
          imagesPerSecond: imagesPerSecond[epoch],
        });
        rows.push(...loss.map((_, epoch) => row(model, epoch, logs(epoch))));
        await this.save();
      },
      onEpochEnd: async (epoch, logs) => {
        rows.push(row(model, epoch, logs));
        await this.save();
      },
    };
  }

  private async save(): Promise<void> {
    await this.write(`${[HEADER, ...[...this.rows.values()].flat()].join('\n')}\n`);
  }
}

function row(model: string, epoch: number, { loss, valLoss, seconds, imagesPerSecond }: EpochLogs): string {
  return [model, epoch + 1, loss, valLoss ?? '', seconds.toFixed(3), imagesPerSecond.toFixed(1)].join(',');
}
