import { encodeModel } from '@weft/formats';
import type { EpochLogs } from '../history.js';
import { flag, text } from '../options/kinds.js';
import { type CheckedOptions, checkOptions, defaulted, type OptionsOf, required } from '../options/schema.js';
import { folderOf, type Store } from '../runtime/store.js';
import type { Callback, CallbackState, TrainControl, TrainInfo } from './callback.js';
import { MONITOR_OPTIONS, Monitor } from './monitor.js';
import { prepareFile, prepareFolder } from './output-file.js';
import { PathPattern } from './path-pattern.js';

const OPTIONS = {
  path: required(
    text('the path of a file'),
    'Where the safetensors file goes. `{epoch:02d}`, `{val_loss:.2f}` and other names of the logs stand for their numbers; epochs count from 1.',
  ),
  ...MONITOR_OPTIONS,
  saveBestOnly: defaulted(flag, false, 'Whether only improvements are saved.'),
};

/** Options of `ModelCheckpoint`, as in Keras. */
export type ModelCheckpointOptions = OptionsOf<typeof OPTIONS>;

/**
 * Saves the model after each epoch, or after each that was the best so far.
 *
 * @example
 * import { readdirSync } from 'node:fs';
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const callbacks = [new ModelCheckpoint({ path: 'models/{epoch:02d}.safetensors' })];
 * await fit(model, data, { epochs: 2, callbacks, threads: 1 });
 * readdirSync('models').sort(); // ['01.safetensors', '02.safetensors']
 */
export class ModelCheckpoint implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private readonly monitor: Monitor;
  private readonly pattern: PathPattern;
  private best: number;
  private store: Store | undefined;

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: ModelCheckpointOptions) {
    this.options = checkOptions('ModelCheckpoint', options, OPTIONS, "{ path: 'model-{epoch:02d}.safetensors' }");
    this.monitor = new Monitor('ModelCheckpoint', this.options.monitor, this.options.mode);
    this.pattern = new PathPattern('ModelCheckpoint', this.options.path);
    this.best = this.monitor.worst;
  }

  /** @throws RangeError if the logs will not have what it names; Error if nothing can be written at its path */
  async onTrainBegin(info: TrainInfo): Promise<void> {
    const { pattern, options } = this;
    if (options.saveBestOnly) this.monitor.check(info);
    pattern.check(info.logNames);
    this.store = info.store;
    this.best = this.monitor.worst;
    const folder = folderOf(pattern.beginning);
    if (!pattern.hasValues) await prepareFile('ModelCheckpoint', info.store, pattern.fill({}));
    else if (folder !== '') await prepareFolder('ModelCheckpoint', info.store, folder);
  }

  async onEpochEnd(epoch: number, logs: EpochLogs, { model }: TrainControl): Promise<void> {
    const { store } = this;
    if (!store) return;
    if (this.options.saveBestOnly) {
      const value = this.monitor.valueIn(logs);
      if (!this.monitor.isBetter(value, this.best)) return;
      this.best = value;
    }
    const path = this.pattern.fill({ ...logs, epoch: epoch + 1 });
    // The folder's name may have values in it, too.
    await prepareFile('ModelCheckpoint', store, path);
    await store.write(path, encodeModel(model));
  }

  state(): CallbackState {
    return { best: this.best };
  }

  restore({ best }: CallbackState): void {
    this.best = best as number;
  }
}
