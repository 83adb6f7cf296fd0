import { asExamples, type ImageDataset } from '@weft/data';
import { type Autoencoder, elboTerms } from '@weft/models';
import { mapExamples } from '@weft/pool';
import type { ModelRecord } from '@weft/report';
import type { TestContext } from './test-model.js';

/**
 * The mean negative ELBO of the test images in nats an image, with codes that are drawn once for each.
 *
 * @returns undefined for a model that is no VAE
 * @throws the signal's reason if it was aborted
 */
export async function meanElbo(
  autoencoder: Autoencoder,
  test: ImageDataset,
  seed: number,
  { pool, signal }: TestContext,
): Promise<ModelRecord['elbo']> {
  if (autoencoder.key !== 'vae') return undefined;
  const examples = asExamples(test);
  const terms = (await mapExamples(elboTerms(autoencoder), examples, examples.shape, {
    pool,
    signal,
    seed,
  })) as Float32Array;
  signal.throwIfAborted();
  const mean = (term: number) => {
    let sum = 0;
    for (let image = 0; image < test.count; image++) sum += terms[2 * image + term];
    return sum / test.count;
  };
  const [reconstruction, divergence] = [mean(0), mean(1)];
  return { negative: reconstruction + divergence, reconstruction, divergence };
}
