import { meanAbsoluteErrors, meanSquaredErrors, structuralSimilarities } from '@weft/analysis';
import { asExamples, type ImageDataset } from '@weft/data';
import { predict } from '@weft/pool';
import {
  type AnomalyMeasurement,
  type AnomalyResult,
  judgeScores,
  latentDistances,
  pseudoAnomalies,
  type Scores,
} from '@weft/study';
import { InputError } from '../exit.js';
import { intensities } from '../run/compare-images.js';
import { viewBetween } from '../run/run-data.js';
import type { OpenTrial, TrialModel } from './open-trial.js';

/** So many training images the latents are compared with, and so many validation images are looked at. */
const MOST_NEIGHBOURS = 5000;
const MOST_VALIDATION = 2000;

/** Images as floats from 0 to 1. */
type Images = Float32Array;

/**
 * How well images of other classes than those that were trained on are told by their scores.
 *
 * @param quantile part of the normal validation images that the threshold lets pass
 */
export async function measureAnomaly(trial: OpenTrial, quantile: number): Promise<AnomalyMeasurement> {
  const { train, validation, test, classNames } = trial;
  const normal = [...new Set(train.labels)].sort((a, b) => a - b);
  if (validation.count === 0) {
    throw new InputError('anomaly: no image was held out to choose a score by. Give a --validation-split above 0.');
  }
  const isAnomaly = Uint8Array.from(test.labels, (label) => Number(!normal.includes(label)));
  const models: Record<string, AnomalyResult> = {};
  for (const model of trial.models) {
    const score = await scorer(model, trial);
    const heldOut = intensities(viewBetween(validation, 0, MOST_VALIDATION).images);
    const { upsideDown, shuffled } = pseudoAnomalies(heldOut, validation);
    const scores = {
      validation: await score(heldOut),
      pseudo: [await score(upsideDown), await score(shuffled)],
      test: await score(intensities(test.images)),
      isAnomaly,
    };
    models[model.key] = judgeScores(scores, { quantile });
  }
  return { normal: normal.map((label) => classNames[label] ?? `class ${label}`).join(', '), models };
}

/** Gives the scores of images, larger for those that a model finds unusual. */
async function scorer(
  { autoencoder }: TrialModel,
  { train, pool, signal }: OpenTrial,
): Promise<(images: Images) => Promise<Scores>> {
  const { height, width, channels } = train;
  const size = height * width * channels;
  const examples = (data: Images) => ({ data, shape: [height, width, channels] });
  const known = (await predict(autoencoder.encoder, asExamples(viewBetween(train, 0, MOST_NEIGHBOURS)), {
    pool,
    signal,
  })) as Float32Array;
  const distances = latentDistances(known, known.length / Math.min(train.count, MOST_NEIGHBOURS));
  return async (images) => {
    const outputs = (await predict(autoencoder.reconstructor, examples(images), { pool, signal })) as Float32Array;
    const latents = (await predict(autoencoder.encoder, examples(images), { pool, signal })) as Float32Array;
    signal.throwIfAborted();
    return {
      mse: meanSquaredErrors(images, outputs, size),
      mae: meanAbsoluteErrors(images, outputs, size),
      ...similarity(images, outputs, train),
      latent: distances(latents),
    };
  };
}

/** SSIM needs images that its window of 11 pixels fits into. */
function similarity(images: Images, outputs: Images, { height, width, channels }: ImageDataset): Scores {
  if (Math.min(height, width) < 11) return {};
  return { ssim: structuralSimilarities(images, outputs, { height, width, channels }).map((value) => 1 - value) };
}
