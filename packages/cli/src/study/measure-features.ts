import { bootstrapInterval } from '@weft/analysis';
import { asExamples, type ImageDataset } from '@weft/data';
import { predict } from '@weft/pool';
import type { Accuracy, FeatureResult, FeaturesMeasurement } from '@weft/study';
import { classifyAside } from '../classify/classify-aside.js';
import { InputError } from '../exit.js';
import { intensities } from '../run/compare-images.js';
import { viewBetween } from '../run/run-data.js';
import type { OpenTrial } from './open-trial.js';

/** How the classifiers are fitted. */
const SETTINGS = { c: 1, tolerance: 1e-5, maxIterations: 1000, neighbours: 5 } as const;

/** Numbers of images, row after row. */
interface Features {
  readonly train: Float32Array;
  readonly test: Float32Array;
}

/**
 * How well two simple classifiers tell the classes by the latents of each model, and by the pixels.
 *
 * @param examples first training images that classifiers are given
 */
export async function measureFeatures(
  { models, train: all, test, classNames, pool, signal }: OpenTrial,
  examples: number,
): Promise<FeaturesMeasurement> {
  const train = viewBetween(all, 0, examples);
  if (new Set(train.labels).size < 2) {
    throw new InputError('features: the images are of one class only, expected two or more to tell apart.');
  }
  const labels = { train: train.labels, test: test.labels, classCount: classNames.length };
  const pixels = await classified({ train: intensities(train.images), test: intensities(test.images) }, labels, signal);
  const results: Record<string, FeatureResult> = {};
  for (const { key, autoencoder } of models) {
    const encode = async (images: ImageDataset) =>
      (await predict(autoencoder.encoder, asExamples(images), { pool, signal })) as Float32Array;
    const features = { train: await encode(train), test: await encode(test) };
    results[key] = await classified(features, labels, signal);
  }
  return { examples: train.count, pixels, models: results };
}

async function classified(
  { train, test }: Features,
  labels: { readonly train: Uint8Array; readonly test: Uint8Array; readonly classCount: number },
  signal: AbortSignal,
): Promise<FeatureResult> {
  const rows = labels.train.length;
  const columns = train.length / rows;
  const task = { train, test, columns, labels: labels.train, classCount: labels.classCount, ...SETTINGS };
  const call = { signal, onSecond: () => undefined };
  const fitted = await classifyAside({ ...task, classifier: 'logistic-regression' }, call);
  const neighbours = Math.min(SETTINGS.neighbours, rows);
  const nearest = await classifyAside({ ...task, neighbours, classifier: 'nearest-neighbours' }, call);
  return {
    dimensions: columns,
    logisticRegression: accuracy(fitted.predicted, labels.test),
    nearestNeighbours: accuracy(nearest.predicted, labels.test),
    converged: fitted.fit?.converged ?? false,
  };
}

function accuracy(predicted: ArrayLike<number>, labels: Uint8Array): Accuracy {
  const { estimate, lower, upper } = bootstrapInterval(
    Float64Array.from(labels, (label, at) => Number(predicted[at] === label)),
  );
  return { estimate, lower, upper };
}
