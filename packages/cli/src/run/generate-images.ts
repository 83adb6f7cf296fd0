import { asExamples, type ImageDataset, subset } from '@weft/data';
import { type Autoencoder, interpolate, sampleLatents } from '@weft/models';
import { predict } from '@weft/pool';
import type { TestContext } from './test-model.js';

/** Images that are drawn from the prior. */
const SAMPLES = 40;
/** Pairs of test images that strips of images connect, and images of a strip. */
const [STRIPS, STEPS] = [4, 10];

/** Images that a model makes of latents, and latents that are images. */
export interface Generated {
  /** Of draws from the prior, where there is one. */
  readonly samples?: Float32Array;
  /** From one test image to the next, a strip each. */
  readonly interpolations?: readonly Float32Array[];
  /** What the encoder gives for the first test image, if that is an image of several channels. */
  readonly features?: { readonly activations: Float32Array; readonly shape: readonly [number, number, number] };
}

/**
 * Makes images of latents: of draws, and of latents between those of test images.
 *
 * @throws the signal's reason if it was aborted
 */
export async function generateImages(
  autoencoder: Autoencoder,
  test: ImageDataset,
  seed: number,
  { pool, signal }: TestContext,
): Promise<Generated> {
  const { encoder, decoder, prior } = autoencoder;
  const compute = async (model: typeof encoder, x: Parameters<typeof predict>[1]) => {
    const outputs = (await predict(model, x, { pool, signal })) as Float32Array;
    signal.throwIfAborted();
    return outputs;
  };
  const shown = subset(test, 2 * STRIPS);
  const latents = await compute(encoder, asExamples(shown));
  const size = latents.length / shown.count;
  const latent = (index: number) => latents.subarray(index * size, (index + 1) * size);
  const pairs = Array.from({ length: Math.floor(shown.count / 2) }, (_, pair) => [
    latent(2 * pair),
    latent(2 * pair + 1),
  ]);
  const [height, width, channels, ...more] = encoder.outputShape;
  const isImage = channels !== undefined && more.length === 0;
  const interpolations: Float32Array[] = [];
  for (const [from, to] of decoder ? pairs : []) {
    interpolations.push(await compute(decoder as typeof encoder, interpolate(from, to, STEPS)));
  }
  return {
    ...(prior && decoder && { samples: await compute(decoder, sampleLatents(autoencoder, SAMPLES, seed)) }),
    ...(interpolations.length > 0 && { interpolations }),
    ...(isImage && { features: { activations: latent(0).slice(), shape: [height, width, channels] as const } }),
  };
}
