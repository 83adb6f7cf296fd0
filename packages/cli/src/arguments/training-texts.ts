import { noiseText, parseNoise } from '@weft/data';
import { imageLossText } from '@weft/models';
import { EarlyStopping } from '@weft/pool';
import { type Kind, language, wholeNumber } from './kinds.js';

/** `--loss`: read by `imageLoss` of `@weft/models`. */
export const loss: Kind<string> = language(
  'LOSS',
  'mse, mae, bce, ssim, ms-ssim, or a weighted sum such as 0.8*ssim+0.2*mae',
  '0.8*ssim+0.2*mae',
  imageLossText,
);

/** `--noise`: read by `parseNoise` of `@weft/data`. */
export const noise: Kind<string> = language(
  'NOISE',
  'a kind of noise and its strength, or a range of strengths, such as gaussian:0.4 or poisson:0.01..0.1',
  'gaussian:0.4',
  (text) => noiseText(parseNoise(text)),
);

/** `--early-stopping`: how many epochs without improvement end a training. */
export const patience: Kind<number> = { ...wholeNumber(1), placeholder: 'EPOCHS', example: '5' };

/**
 * Ends training after so many epochs in which the loss did not get better, with the weights of the best epoch.
 *
 * @param isValidated whether there is a validation loss to watch; else it is the training loss
 */
export function earlyStopping(epochs: number, isValidated: boolean): EarlyStopping {
  return new EarlyStopping({
    monitor: isValidated ? 'val_loss' : 'loss',
    patience: epochs,
    restoreBestWeights: true,
  });
}
