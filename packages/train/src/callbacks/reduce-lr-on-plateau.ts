import type { EpochLogs } from '../history.js';
import { number, wholeNumber } from '../options/kinds.js';
import { type CheckedOptions, checkOptions, defaulted, type OptionsOf } from '../options/schema.js';
import type { Callback, CallbackState, TrainInfo } from './callback.js';
import { MONITOR_OPTIONS, Monitor } from './monitor.js';

const from0 = number('a number from 0', (value) => value >= 0 && value < Number.POSITIVE_INFINITY);

const OPTIONS = {
  ...MONITOR_OPTIONS,
  factor: defaulted(
    number('a number above 0 and below 1', (value) => value > 0 && value < 1),
    0.1,
    'By what the learning rate is multiplied.',
  ),
  patience: defaulted(wholeNumber(0), 10, 'Epochs without improvement after which it is.'),
  minDelta: defaulted(from0, 1e-4, 'By how much the value must get better to be an improvement.'),
  cooldown: defaulted(wholeNumber(0), 0, 'Epochs after that in which nothing is counted.'),
  minLr: defaulted(from0, 0, 'The smallest learning rate.'),
};

/** Options of `ReduceLROnPlateau`, as in Keras. */
export type ReduceLROnPlateauOptions = OptionsOf<typeof OPTIONS>;

/**
 * Makes the learning rate smaller when a loss or metric does not get better any more. The logs have `learning_rate`,
 * that of the epoch. A later call of `fit` begins with the rate of its optimiser again.
 *
 * @example
 * const plateau = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 1 });
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'zeros' })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) }; // there is nothing to learn
 * const options = { epochs: 4, optimizer: new SGD({ learningRate: 0.4 }), callbacks: [plateau], threads: 1 };
 * const { history } = await fit(model, data, options);
 * history.learning_rate; // [0.4, 0.4, 0.2, 0.1]
 */
export class ReduceLROnPlateau implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private readonly monitor: Monitor;
  private best: number;
  private waited = 0;
  /** Epochs of the cooldown that are left. */
  private cooling = 0;
  /** Whether the last epoch said that the rate is to become smaller. */
  private isDue = false;

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    this.options = checkOptions('ReduceLROnPlateau', options, OPTIONS, '{ patience: 3 }');
    this.monitor = new Monitor('ReduceLROnPlateau', this.options.monitor, this.options.mode);
    this.best = this.monitor.worst;
  }

  /** @throws RangeError if the logs will not have what it watches */
  onTrainBegin(info: TrainInfo): void {
    this.monitor.check(info);
    this.restore({ best: this.monitor.worst, waited: 0, cooling: 0, isDue: 0 });
  }

  nextLearningRate(_epoch: number, rate: number): number {
    const { factor, minLr } = this.options;
    return this.isDue && rate > minLr ? Math.max(rate * factor, minLr) : rate;
  }

  onEpochEnd(_epoch: number, logs: EpochLogs): void {
    const { patience, minDelta, cooldown, minLr } = this.options;
    this.isDue = false;
    if (this.cooling > 0) {
      this.cooling--;
      this.waited = 0;
    }
    const value = this.monitor.valueIn(logs);
    if (this.monitor.isBetter(value, this.best, minDelta)) {
      this.best = value;
      this.waited = 0;
      return;
    }
    if (this.cooling > 0) return;
    this.waited++;
    const rates = Object.entries(logs).filter(([name]) => name.startsWith('learning_rate'));
    if (this.waited < patience || !rates.some(([, rate = 0]) => rate > minLr)) return;
    this.isDue = true;
    this.cooling = cooldown;
    this.waited = 0;
  }

  state(): CallbackState {
    const { best, waited, cooling, isDue } = this;
    return { best, waited, cooling, isDue: Number(isDue) };
  }

  restore({ best, waited, cooling, isDue }: CallbackState): void {
    this.best = best as number;
    this.waited = waited as number;
    this.cooling = cooling as number;
    this.isDue = isDue === 1;
  }
}
