import { shown } from '../options/shown.js';
import type { Callback } from './callback.js';

/**
 * Sets the learning rate at the beginning of each epoch by a function of the epoch, from 0, and the rate of before. The
 * logs have `learning_rate`. A schedule, given to the optimiser as its `learningRate`, changes it with every step.
 *
 * @example
 * const halving = new LearningRateScheduler((epoch, rate) => (epoch > 0 ? rate / 2 : rate));
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const options = { epochs: 3, optimizer: new SGD({ learningRate: 0.4 }), callbacks: [halving], threads: 1 };
 * const { history } = await fit(model, data, options);
 * history.learning_rate; // [0.4, 0.2, 0.1]
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
