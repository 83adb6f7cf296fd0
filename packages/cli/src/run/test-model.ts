import { asExamples, corruption, type ImageDataset, parseNoise } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import { mapExamples, predict, type WorkerPool } from '@weft/pool';
import { errorExamples } from '@weft/report';
import { type Comparison, compareImages, type ImageShape, intensities } from './compare-images.js';

/** So many images are kept to be drawn. */
const SHOWN = 10;

/** What a test works with. */
export interface TestContext {
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
}

/** A model's outputs for the test images, and how far they are from the clean images. */
export interface TestResult extends Comparison {
  /** The first outputs. */
  readonly outputs: Float32Array;
  /** The noisy inputs, for a model that denoises. */
  readonly noisy?: Comparison & { readonly inputs: Float32Array };
  /** Some images of each bin of the histogram of errors. */
  readonly examples: TestExamples;
}

/** Some of the test images, with what a model made of them. */
export interface TestExamples {
  /** Places among the test images, from 0. */
  readonly indices: readonly number[];
  /** Images in the order of the indices. */
  readonly outputs: Float32Array;
  /** The noisy inputs, for a model that denoises. */
  readonly inputs?: Float32Array;
}

/** The images that a model is tested on, and whether noise is added to them. */
export interface TestSet {
  readonly images: ImageDataset;
  /** Kind and strength of the noise, such as `gaussian:0.4`; undefined for none. */
  readonly noise: string | undefined;
  /** Decides the noise. */
  readonly seed: number;
}

/**
 * Tests a model that gives images back: clean ones, or noisy ones from which it is to find the clean.
 *
 * @param model of one input and one output, both of the shape of the images
 *
 * @throws the signal's reason if it was aborted
 */
export async function testModel(
  model: BaseModel,
  { images, noise, seed }: TestSet,
  { pool, signal }: TestContext,
): Promise<TestResult> {
  const examples = asExamples(images);
  const target = intensities(images.images);
  const shown = SHOWN * images.height * images.width * images.channels;
  const compare = (values: Float32Array) => {
    signal.throwIfAborted();
    return compareImages(target, values, images);
  };
  // Each array of all images is forgotten before the next is made.
  const test = async (options: object) => {
    const outputs = (await predict(model, examples, { pool, signal, ...options })) as Float32Array;
    const comparison = compare(outputs);
    const indices = errorExamples(comparison.errors);
    const kept = { indices, outputs: imagesAt(outputs, indices, images) };
    return { ...comparison, outputs: outputs.slice(0, shown), examples: kept };
  };
  if (noise === undefined) return test({});
  const corrupt = corruption(parseNoise(noise), { images: 'test' });
  const addNoise = async ({ indices }: TestExamples) => {
    const inputs = await mapExamples(corrupt, examples, examples.shape, { pool, signal, seed });
    const noisy = { ...compare(inputs), inputs: inputs.slice(0, shown) };
    return { noisy, inputs: imagesAt(inputs, indices, images) };
  };
  const tested = await test({ corrupt, seed });
  const { noisy, inputs } = await addNoise(tested.examples);
  return { ...tested, noisy, examples: { ...tested.examples, inputs } };
}

/** Copies of some images. */
export function imagesAt<Kind extends Uint8Array | Float32Array>(
  all: Kind,
  indices: readonly number[],
  { height, width, channels }: ImageShape,
): Kind {
  const size = height * width * channels;
  const images = new (all.constructor as new (length: number) => Kind)(indices.length * size);
  for (const [at, index] of indices.entries()) images.set(all.subarray(index * size, (index + 1) * size), at * size);
  return images;
}
