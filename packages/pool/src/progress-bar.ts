import * as train from '@weft/train';

/**
 * Writes how training goes, in the manner of Keras: on a terminal a bar that moves with the steps, and everywhere a line an
 * epoch with losses, metrics and times. Without `stream`, to the standard output.
 *
 * @example
 * await fit(model, { x, y }, { epochs: 5, callbacks: [new ProgressBar()] });
 * // Epoch 1/5 - 100/100 - 2s - 19ms/step - loss: 0.4312 - val_loss: 0.3998
 */
export class ProgressBar extends train.ProgressBar {
  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: train.ProgressBarOptions = {}) {
    super({ stream: process.stdout, ...options });
  }
}
