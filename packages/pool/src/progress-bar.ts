import * as train from '@weft/train';

/**
 * Writes how training goes, in the manner of Keras: on a terminal a bar that moves with the steps, and everywhere a line an
 * epoch with losses, metrics and times. Without `stream`, to the standard output.
 *
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const callbacks = [new ProgressBar()];
 * await fit(model, data, { epochs: 5, callbacks, threads: 1 });
 * // Epoch 1/5 - 1/1 - 2s - 19ms/step - loss: 0.4312
 */
export class ProgressBar extends train.ProgressBar {
  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: train.ProgressBarOptions = {}) {
    super({ stream: process.stdout, ...options });
  }
}
