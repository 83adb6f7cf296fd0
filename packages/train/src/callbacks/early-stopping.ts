import type { EpochLogs } from '../history.js';
import { flag, number, wholeNumber } from '../options/kinds.js';
import { type CheckedOptions, checkOptions, defaulted, type OptionsOf } from '../options/schema.js';
import type { Callback, CallbackState, TrainControl, TrainInfo } from './callback.js';
import { MONITOR_OPTIONS, Monitor } from './monitor.js';

const OPTIONS = {
  ...MONITOR_OPTIONS,
  patience: defaulted(wholeNumber(0), 0, 'Epochs without improvement after which training ends.'),
  minDelta: defaulted(
    number('a number from 0', (value) => value >= 0 && value < Number.POSITIVE_INFINITY),
    0,
    'By how much the value must get better to be an improvement.',
  ),
  restoreBestWeights: defaulted(flag, false, 'Whether the model gets back the weights of its best epoch.'),
};

/** Options of `EarlyStopping`, as in Keras. */
export type EarlyStoppingOptions = OptionsOf<typeof OPTIONS>;

/**
 * Ends training when a loss or metric does not get better any more.
 *
 * @example
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'zeros' })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) }; // there is nothing to learn
 * const stopping = new EarlyStopping({ monitor: 'loss', patience: 2 });
 * await fit(model, data, { epochs: 10, callbacks: [stopping], threads: 1 });
 * stopping.stoppedEpoch; // 2
 */
export class EarlyStopping implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private readonly monitor: Monitor;
  private best: number;
  private waited = 0;
  private weights: Float32Array[] | undefined;
  /** The epoch in which training was ended, from 0; undefined if it was not. */
  stoppedEpoch: number | undefined;

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: EarlyStoppingOptions = {}) {
    this.options = checkOptions('EarlyStopping', options, OPTIONS, '{ patience: 3 }');
    this.monitor = new Monitor('EarlyStopping', this.options.monitor, this.options.mode);
    this.best = this.monitor.worst;
  }

  /** @throws RangeError if the logs will not have what it watches */
  onTrainBegin(info: TrainInfo): void {
    this.monitor.check(info);
    this.best = this.monitor.worst;
    this.waited = 0;
    this.weights = undefined;
    this.stoppedEpoch = undefined;
  }

  onEpochEnd(epoch: number, logs: EpochLogs, control: TrainControl): void {
    const { patience, minDelta, restoreBestWeights } = this.options;
    const value = this.monitor.valueIn(logs);
    if (this.monitor.isBetter(value, this.best, minDelta)) {
      this.best = value;
      this.waited = 0;
      if (restoreBestWeights) this.weights = control.model.weights.map(({ data }) => data.slice());
      return;
    }
    this.waited++;
    if (this.waited < Math.max(1, patience)) return;
    this.stoppedEpoch = epoch;
    control.stopTraining = true;
  }

  onTrainEnd(_history: unknown, { model }: TrainControl): void {
    const { weights } = this;
    for (const [index, saved] of weights?.entries() ?? []) model.weights[index].weight.assign(saved);
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
