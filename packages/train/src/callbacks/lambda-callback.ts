import { functionOf } from '../options/kinds.js';
import { checkOptions, type Option, type OptionsOf, optional } from '../options/schema.js';
import type { Callback } from './callback.js';

type Hooks = Required<Omit<Callback, 'state' | 'restore'>>;

const hook = <Name extends keyof Hooks>(parameters: string, doc: string): Option<Hooks[Name], 'optional'> =>
  optional(functionOf<Hooks[Name]>(`a function (${parameters}) => ...`), `${doc} Without it, nothing.`);

const OPTIONS = {
  onTrainBegin: hook<'onTrainBegin'>('info', 'Called before the first epoch.'),
  onEpochBegin: hook<'onEpochBegin'>('epoch', 'Called before each epoch.'),
  nextLearningRate: hook<'nextLearningRate'>('epoch, rate', 'Gives the learning rate of each epoch.'),
  onBatchEnd: hook<'onBatchEnd'>('batch, logs, control', 'Called a moment after each step.'),
  onEpochEnd: hook<'onEpochEnd'>('epoch, logs, control', 'Called after each epoch.'),
  onTrainEnd: hook<'onTrainEnd'>('history, control', 'Called after the last epoch.'),
};

/** Options of `LambdaCallback`: functions by event. */
export type LambdaCallbackOptions = OptionsOf<typeof OPTIONS>;

/**
 * A callback of functions by event. An object with such functions is a callback, too.
 *
 * @example
 * const epochs: number[] = [];
 * const callbacks = [new LambdaCallback({ onEpochEnd: (epoch) => void epochs.push(epoch) })];
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * await fit(model, data, { epochs: 2, callbacks, threads: 1 });
 * epochs; // [0, 1]
 */
export class LambdaCallback implements Callback {
  declare readonly onTrainBegin?: Hooks['onTrainBegin'];
  declare readonly onEpochBegin?: Hooks['onEpochBegin'];
  declare readonly nextLearningRate?: Hooks['nextLearningRate'];
  declare readonly onBatchEnd?: Hooks['onBatchEnd'];
  declare readonly onEpochEnd?: Hooks['onEpochEnd'];
  declare readonly onTrainEnd?: Hooks['onTrainEnd'];

  /** @throws RangeError for an event that there is not, or if there is no function; TypeError for what is no function */
  constructor(functions: LambdaCallbackOptions) {
    const checked = checkOptions('LambdaCallback', functions, OPTIONS, '{ onEpochEnd: (epoch, logs) => ... }');
    const given = Object.entries(checked).filter(([, value]) => value !== undefined);
    if (given.length === 0) {
      throw new RangeError(
        `LambdaCallback: there is no function to call. Give at least one of ${Object.keys(OPTIONS).join(', ')}.`,
      );
    }
    Object.assign(this, Object.fromEntries(given));
  }
}
