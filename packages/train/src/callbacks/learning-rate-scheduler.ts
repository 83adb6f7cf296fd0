import { shown } from '../options/shown.js';
import type { Callback } from './callback.js';

/**
 * Sets the learning rate at the beginning of each epoch by a function of the epoch, from 0, and the rate of before. The
 * logs have `learning_rate`. A schedule, given to the optimiser as its `learningRate`, changes it with every step.
 *
 * @example
 * const halving = new LearningRateScheduler((epoch, rate) => (epoch > 0 && epoch % 10 === 0 ? rate / 2 : rate));
 */
export class LearningRateScheduler implements Callback {
  /** @throws TypeError if it is no function */
  constructor(private readonly schedule: (epoch: number, rate: number) => number) {
    if (typeof schedule !== 'function') {
      throw new TypeError(
        `LearningRateScheduler: got ${shown(schedule)}; expected a function (epoch, rate) => a number. A schedule is the learningRate of an optimiser.`,
      );
    }
  }

  nextLearningRate(epoch: number, rate: number): number {
    return this.schedule(epoch, rate);
  }
}
