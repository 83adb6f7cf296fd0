import { setImmediate } from 'node:timers/promises';
import { meanSquaredErrors, principalComponents } from '@weft/analysis';
import { asExamples, corruption, type ImageDataset, parseNoise, subset } from '@weft/data';
import { type Exploration, encodeModel } from '@weft/formats';
import { AUTOENCODERS, type Autoencoder } from '@weft/models';
import { mapExamples, predict } from '@weft/pool';
import { InputError } from '../exit.js';
import { bytesOf, intensities } from '../run/compare-images.js';
import type { TestContext } from '../run/test-model.js';
import { weightsSha256 } from '../run/weights-sha256.js';
import { nearestOthers } from './nearest-others.js';

/** Images of an exploration: as many as the page draws without a pause. */
export const MOST_EXPLORED = 10_000;
const COMPONENTS = 50;
const NEIGHBOURS = 8;

/** What is explored: a trained model, and images that it was not trained on. */
export interface ExploredModel {
  readonly autoencoder: Autoencoder;
  /** Name of the run's folder. */
  readonly run: string;
  readonly data: {
    readonly name: string;
    readonly synthetic: boolean;
    readonly classNames: readonly string[];
    readonly test: ImageDataset;
  };
  /** Kind and strength of the noise that the inputs of a denoising model have, such as `gaussian:0.4`. */
  readonly noise: string | undefined;
  /** Decides the noise. */
  readonly seed: number;
}

/**
 * Looks how a model sees images: their latents along principal components, its outputs and their errors, neighbours.
 * The latents are those of the images without noise, as in the report.
 *
 * @param count how many of the test images, the first ones; default 10,000
 * @throws InputError if the latents or the outputs are not finite; the signal's reason if it was aborted
 * @example
 * const data = syntheticGarments({ trainCount: 1, testCount: 20 });
 * const autoencoder = buildAutoencoder('cae', { filters: [4, 4], seed: 1 });
 * const pool = await WorkerPool.create({ threads: 1 });
 * const { signal } = new AbortController();
 * const model = { autoencoder, run: 'mine', data, noise: undefined, seed: 1 };
 * const exploration = await exploreModel(model, { pool, signal });
 * await pool.close();
 * exploration.neighbours.length; // 160
 */
export async function exploreModel(
  { autoencoder, run, data, noise, seed }: ExploredModel,
  context: TestContext,
  count: number = MOST_EXPLORED,
): Promise<Exploration> {
  const test = subset(data.test, count);
  const { height, width, channels } = test;
  const { decoder, encoder, key } = autoencoder;
  const reconstructed = await reconstruct(autoencoder, test, { noise, seed }, context);
  const latents = await exploreLatents(autoencoder, test, context);
  const hasClasses = data.classNames.length > 0;
  return {
    model: key,
    title: AUTOENCODERS[key].title,
    run,
    dataset: data.name,
    synthetic: data.synthetic,
    weightsSha256: weightsSha256(autoencoder.model),
    classNames: [...data.classNames],
    latentShape: [...encoder.outputs[0].shape],
    count: test.count,
    ...{ height, width, channels },
    ...(hasClasses && { labels: test.labels }),
    ...reconstructed,
    ...latents,
    originals: test.images,
    ...(decoder && { decoder: encodeModel(decoder) }),
  };
}

/** What the model makes of the images, and how far off that is. */
async function reconstruct(
  { reconstructor, key }: Autoencoder,
  test: ImageDataset,
  { noise, seed }: Pick<ExploredModel, 'noise' | 'seed'>,
  { pool, signal }: TestContext,
) {
  const examples = asExamples(test);
  const corrupt = noise === undefined ? undefined : corruption(parseNoise(noise), { images: 'test' });
  const inputs = corrupt && bytesOf(await mapExamples(corrupt, examples, examples.shape, { pool, signal, seed }));
  const outputs = await predict(reconstructor, examples, { pool, signal, ...(corrupt && { corrupt, seed }) });
  signal.throwIfAborted();
  const size = test.height * test.width * test.channels;
  const errors = Float32Array.from(meanSquaredErrors(intensities(test.images), outputs, size));
  requireFinite(errors, 'errors', key);
  return {
    errors,
    reconstructions: bytesOf(outputs),
    ...(inputs && noise !== undefined && { inputs, noise }),
  };
}

/** Where the images lie among the latents, and next to which others. */
async function exploreLatents({ encoder, key }: Autoencoder, test: ImageDataset, { pool, signal }: TestContext) {
  const latents = await predict(encoder, asExamples(test), { pool, signal });
  signal.throwIfAborted();
  requireFinite(latents, 'latents', key);
  const size = latents.length / test.count;
  const components = Math.min(COMPONENTS, size, test.count);
  const found = principalComponents(latents, test.count, size, { components });
  // This fills the thread for seconds: Ctrl-C is looked at afterwards.
  await setImmediate();
  signal.throwIfAborted();
  const scores = Float32Array.from(found.scores);
  const neighbours = Math.min(NEIGHBOURS, test.count - 1);
  return {
    mean: Float32Array.from(found.mean),
    components: Float32Array.from(found.components),
    explainedVarianceRatio: Float32Array.from(found.explainedVarianceRatio),
    scores,
    neighbours: await nearestOthers(scores, components, neighbours, signal),
  };
}

function requireFinite(values: Float32Array, what: string, key: string): void {
  if (values.every(Number.isFinite)) return;
  throw new InputError(
    `${AUTOENCODERS[key as keyof typeof AUTOENCODERS].title}: the ${what} are not finite, as after a training that diverged: there is nothing to explore.`,
  );
}
