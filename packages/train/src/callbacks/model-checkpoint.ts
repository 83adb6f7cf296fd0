import { encodeModel } from '@weft/formats';
import type { Store } from '../runtime/store.js';
import type { Callback, CallbackState, EpochLogs, TrainControl, TrainInfo } from './callback.js';
import { type Monitor, monitored } from './early-stopping.js';

/** Options of `ModelCheckpoint`, as in Keras. */
export interface ModelCheckpointOptions {
  /** Where the safetensors file goes; `{epoch}` stands for the epoch's number, from 1. */
  readonly path: string;
  /** Default `valLoss`. */
  readonly monitor?: Monitor;
  /** Whether only improvements are saved. Default false. */
  readonly saveBestOnly?: boolean;
}

/** Saves the model after each epoch, or after each that was the best so far. */
export class ModelCheckpoint implements Callback {
  private best = Number.POSITIVE_INFINITY;
  private store: Store | undefined;

  constructor(private readonly options: ModelCheckpointOptions) {}

  onTrainBegin({ store }: TrainInfo): void {
    this.store = store;
    this.best = Number.POSITIVE_INFINITY;
  }

  async onEpochEnd(epoch: number, logs: EpochLogs, { model }: TrainControl): Promise<void> {
    const { path, monitor = 'valLoss', saveBestOnly = false } = this.options;
    if (saveBestOnly) {
      const value = monitored('ModelCheckpoint', monitor, logs);
      if (!(value < this.best)) return;
      this.best = value;
    }
    await this.store?.write(path.replaceAll('{epoch}', String(epoch + 1)), encodeModel(model));
  }

  state(): CallbackState {
    return { best: this.best };
  }

  restore({ best }: CallbackState): void {
    this.best = best as number;
  }
}
