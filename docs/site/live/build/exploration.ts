import { exploreModel } from '@weft/cli';
import { asExamples, syntheticGarments } from '@weft/data';
import { encodeExploration } from '@weft/formats';
import { buildAutoencoder } from '@weft/models';
import { Adam, fit, meanSquaredError, WorkerPool } from '@weft/pool';
import type { Plugin } from 'vite';

const TRAINING = {
  key: 'vae',
  filters: [16, 32],
  latentSize: 8,
  images: 4000,
  explored: 1000,
  epochs: 6,
  batchSize: 64,
  learningRate: 2e-3,
  seed: 42,
} as const;

/**
 * Trains the model that the page *Explore* shows before the visitor opens a file, and adds its exploration to the build:
 * some seconds, and the same bytes on every machine. Its pictures are drawn by code, so the site ships nothing that was
 * cut from a data set.
 *
 * @param file path in the build
 */
export function exploration(file: string): Plugin {
  return {
    name: 'weft-exploration',
    async buildStart() {
      this.emitFile({ type: 'asset', fileName: file, source: await explore() });
    },
  };
}

async function explore(): Promise<Uint8Array> {
  const { key, filters, latentSize, images, explored, epochs, batchSize, learningRate, seed } = TRAINING;
  const data = syntheticGarments({ trainCount: images, testCount: explored });
  const autoencoder = buildAutoencoder(key, { filters, latentSize, seed });
  const pool = await WorkerPool.create();
  try {
    const objective = autoencoder.objective(meanSquaredError, new Adam({ learningRate }));
    await fit(autoencoder.model, { x: asExamples(data.train) }, { ...objective, epochs, batchSize, seed, pool });
    const { signal } = new AbortController();
    const model = { autoencoder, run: 'site', data, noise: undefined, seed };
    return encodeExploration(await exploreModel(model, { pool, signal }));
  } finally {
    await pool.close();
  }
}
