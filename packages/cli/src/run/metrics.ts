import { type CsvCell, encodeCsv } from '@weft/formats/arrays';
import type { Callback, EpochLogs } from '@weft/pool';

const HEADER = ['model', 'epoch', 'loss', 'val_loss', 'seconds', 'images_per_second'];

type Row = readonly CsvCell[];

/** The table of all models' losses, a line an epoch; written anew as a whole whenever there is another line. */
export class MetricsTable {
  private readonly rows = new Map<string, Row[]>();

  /** @param write puts the text of the table where it belongs */
  constructor(private readonly write: (text: string) => Promise<void>) {}

  /** Adds a line for each epoch of a model, when it ends; those before a resumption when training begins. */
  logger(model: string): Callback {
    const rows: Row[] = [];
    this.rows.set(model, rows);
    return {
      onTrainBegin: async ({ past: { history, seconds, examplesPerSecond } }) => {
        const logs = (epoch: number) => ({
          loss: history.loss[epoch],
          ...(history.val_loss && { val_loss: history.val_loss[epoch] }),
          seconds: seconds[epoch],
          examplesPerSecond: examplesPerSecond[epoch],
        });
        rows.splice(0, rows.length, ...seconds.map((_, epoch) => row(model, epoch, logs(epoch))));
        await this.save();
      },
      onEpochEnd: async (epoch, logs) => {
        rows.push(row(model, epoch, logs));
        await this.save();
      },
    };
  }

  private async save(): Promise<void> {
    await this.write(encodeCsv([HEADER, ...[...this.rows.values()].flat()], '\n'));
  }
}

function row(model: string, epoch: number, { loss, val_loss, seconds, examplesPerSecond }: EpochLogs): Row {
  return [model, epoch + 1, loss, val_loss, seconds.toFixed(3), examplesPerSecond.toFixed(1)];
}
