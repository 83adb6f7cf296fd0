import { type EpochLogs, logsOf } from '../history.js';
import { text } from '../options/kinds.js';
import { type CheckedOptions, checkOptions, type OptionsOf, required } from '../options/schema.js';
import type { Store } from '../runtime/store.js';
import type { Callback, TrainInfo } from './callback.js';
import { prepareFile } from './output-file.js';

const OPTIONS = { path: required(text('the path of a file'), 'Where the CSV file goes.') };

/** Options of `CSVLogger`. */
export type CSVLoggerOptions = OptionsOf<typeof OPTIONS>;

/**
 * Writes a line an epoch into a CSV file: epoch (from 1), losses and metrics, those of the validation, seconds,
 * examples_per_second. When training is resumed, the file begins with the epochs that were done before.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const callbacks = [new CSVLogger({ path: 'log.csv' })];
 * await fit(model, data, { epochs: 2, callbacks, threads: 1 });
 * readFileSync('log.csv', 'utf8').split('\n')[0]; // 'epoch,loss,seconds,examples_per_second'
 */
export class CSVLogger implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private store: Store | undefined;
  private names: readonly string[] = [];

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: CSVLoggerOptions) {
    this.options = checkOptions('CSVLogger', options, OPTIONS, "{ path: 'log.csv' }");
  }

  /** @throws Error if nothing can be written at its path */
  async onTrainBegin({ past, logNames, store, initialEpoch }: TrainInfo): Promise<void> {
    const { path } = this.options;
    this.store = store;
    this.names = logNames;
    await prepareFile('CSVLogger', store, path);
    const header = `${['epoch', ...logNames, 'seconds', 'examples_per_second'].join(',')}\n`;
    const first = initialEpoch - past.seconds.length;
    const rows = past.seconds.map((_, index) => this.row(first + index, logsOf(past, index)));
    await store.write(path, [header, ...rows].join(''));
  }

  async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    await this.store?.append(this.options.path, this.row(epoch, logs));
  }

  private row(epoch: number, logs: EpochLogs): string {
    const values = this.names.map((name) => logs[name] ?? '');
    return `${[epoch + 1, ...values, logs.seconds.toFixed(3), logs.examplesPerSecond.toFixed(1)].join(',')}\n`;
  }
}
