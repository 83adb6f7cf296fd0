import type { NoiseMeasurement } from '@weft/study';
import { testModel } from '../run/test-model.js';
import type { OpenTrial } from './open-trial.js';

/** How far models' outputs are from the clean test images, for each noise on them. */
export async function measureNoise(
  { models, test, seed, pool, signal }: OpenTrial,
  noises: readonly string[],
): Promise<NoiseMeasurement> {
  const measured: Record<string, NoiseMeasurement[string]> = {};
  for (const { key, autoencoder } of models) {
    const errors: Record<string, NoiseMeasurement[string][string]> = {};
    for (const noise of noises) {
      const set = { images: test, noise, seed };
      const { testError, psnr, ssim } = await testModel(autoencoder.reconstructor, set, { pool, signal });
      errors[noise] = { mse: testError.mean, psnr: psnr.mean, ssim: ssim.mean };
    }
    measured[key] = errors;
  }
  return measured;
}
