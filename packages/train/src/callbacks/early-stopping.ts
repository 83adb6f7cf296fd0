import type { Callback, CallbackState, EpochLogs, TrainControl } from './callback.js';

/** A loss that callbacks watch. */
export type Monitor = 'loss' | 'valLoss';

/**
 * The loss watched, at the end of an epoch.
 *
 * @throws Error if there is none
 */
export function monitored(callback: string, monitor: Monitor, logs: EpochLogs): number {
  const value = logs[monitor];
  if (value === undefined) {
    throw new Error(`${callback}: there is no ${monitor} to watch. Give a validationSplit, or set monitor to 'loss'.`);
  }
  return value;
}

/** Options of `EarlyStopping`, as in Keras. */
export interface EarlyStoppingOptions {
  /** Default `valLoss`. */
  readonly monitor?: Monitor;
  /** Epochs without improvement that are borne. Default 0. */
  readonly patience?: number;
  /** By how much a loss must fall to be an improvement. Default 0. */
  readonly minDelta?: number;
  /** Whether the model gets back the weights of its best epoch. Default false. */
  readonly restoreBestWeights?: boolean;
}

/** Ends training when a loss has stopped falling. */
export class EarlyStopping implements Callback {
  private best = Number.POSITIVE_INFINITY;
  private waited = 0;
  private weights: Float32Array[] | undefined;
  /** The epoch in which training was ended, from 0; undefined if it was not. */
  stoppedEpoch: number | undefined;

  constructor(private readonly options: EarlyStoppingOptions = {}) {}

  onTrainBegin(): void {
    this.best = Number.POSITIVE_INFINITY;
    this.waited = 0;
    this.weights = undefined;
    this.stoppedEpoch = undefined;
  }

  onEpochEnd(epoch: number, logs: EpochLogs, control: TrainControl): void {
    const { monitor = 'valLoss', patience = 0, minDelta = 0, restoreBestWeights = false } = this.options;
    const value = monitored('EarlyStopping', monitor, logs);
    if (value < this.best - minDelta) {
      this.best = value;
      this.waited = 0;
      if (restoreBestWeights) this.weights = control.model.parameters.map(({ data }) => data.slice());
      return;
    }
    this.waited++;
    if (this.waited < Math.max(1, patience)) return;
    this.stoppedEpoch = epoch;
    control.stopTraining = true;
  }

  onTrainEnd(_history: unknown, { model }: TrainControl): void {
    const { weights } = this;
    for (const [index, saved] of weights?.entries() ?? []) model.parameters[index].data.set(saved);
  }

  state(): CallbackState {
    const { best, waited, stoppedEpoch, weights = [] } = this;
    return {
      best,
      waited,
      ...(stoppedEpoch !== undefined && { stoppedEpoch }),
      ...Object.fromEntries(weights.map((saved, index) => [`weights/${index}`, saved.slice()])),
    };
  }

  restore({ best, waited, stoppedEpoch, ...weights }: CallbackState): void {
    this.best = best as number;
    this.waited = waited as number;
    this.stoppedEpoch = stoppedEpoch as number | undefined;
    const count = Object.keys(weights).length;
    if (count === 0) return;
    this.weights = Array.from({ length: count }, (_, index) => weights[`weights/${index}`] as Float32Array);
  }
}
