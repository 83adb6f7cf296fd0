import { meanSquaredErrors, quantile } from '@weft/analysis';
import { asExamples } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import { predict, type WorkerPool } from '@weft/pool';
import { intensities } from './compare-images.js';
import type { ScoreCard } from './model-card.js';
import { imagesBetween, type TrainingSet } from './run-data.js';

/** Fraction of the validation images that count as normal. */
const QUANTILE = 0.99;

/** So many numbers are looked at at a time, to spare memory. */
const AT_A_TIME = 2e6;

/**
 * From which mean squared error on an image counts as an anomaly: a quantile over the images that were held out, each
 * given to the model as it is. Test images have no part in it.
 *
 * @param model from images to images of the same size
 * @param heldOut the last `count` images of a set
 * @returns undefined if none were held out, or the errors are no finite numbers
 * @throws the signal's reason if it was aborted
 */
export async function validationScore(
  model: BaseModel,
  heldOut: { readonly images: TrainingSet; readonly count: number },
  { pool, signal }: { readonly pool: WorkerPool; readonly signal: AbortSignal },
): Promise<ScoreCard | undefined> {
  const { images, count } = heldOut;
  if (count === 0) return undefined;
  const size = images.height * images.width * images.channels;
  const atATime = Math.max(1, Math.floor(AT_A_TIME / size));
  const errors = new Float64Array(count);
  for (let first = 0; first < count; first += atATime) {
    const from = images.count - count + first;
    const part = await imagesBetween(images, from, from + atATime);
    const outputs = (await predict(model, asExamples(part), { pool, signal })) as Float32Array;
    signal.throwIfAborted();
    errors.set(meanSquaredErrors(intensities(part.images), outputs, size), first);
  }
  if (!errors.every(Number.isFinite)) return undefined;
  return { name: 'mse', threshold: quantile(errors, QUANTILE), quantile: QUANTILE };
}
