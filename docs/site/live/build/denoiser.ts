import { asExamples, corruption, parseNoise, syntheticGarments } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { buildAutoencoder } from '@weft/models';
import { Adam, CosineDecay, fit } from '@weft/pool';
import type { Plugin } from 'vite';

const TRAINING = {
  key: 'cdae',
  filters: [16, 32],
  images: 6000,
  epochs: 6,
  batchSize: 32,
  learningRate: 3e-3,
  // Of all strengths, so that the page's slider finds a model that knows them.
  noise: 'gaussian:0..0.6',
  seed: 42,
} as const;

/**
 * Trains the model of the page *Denoise* and adds its file to the build: some seconds, and the same bytes on every
 * machine. Its pictures are drawn by code, so the site ships nothing that was cut from a data set.
 *
 * @param file path in the build
 */
export function denoiser(file: string): Plugin {
  return {
    name: 'weft-denoiser',
    async buildStart() {
      this.emitFile({ type: 'asset', fileName: file, source: await train() });
    },
  };
}

async function train(): Promise<Uint8Array> {
  const { key, filters, images, epochs, batchSize, learningRate, noise, seed } = TRAINING;
  const data = syntheticGarments({ trainCount: images, testCount: 1 });
  const { model } = buildAutoencoder(key, { filters, seed });
  const decaySteps = Math.ceil(images / batchSize) * epochs;
  await fit(
    model,
    { x: asExamples(data.train) },
    {
      epochs,
      batchSize,
      seed,
      optimizer: new Adam({ learningRate: new CosineDecay({ initialLearningRate: learningRate, decaySteps }) }),
      corrupt: corruption(parseNoise(noise), { perEpoch: true }),
    },
  );
  const { height, width, channels } = data.train;
  const card = {
    model: key,
    dataset: data.name,
    height,
    width,
    channels,
    scale: 1 / 255,
    noise,
    loss: 'mse',
    seed,
    epochs,
  };
  return encodeModel(model, { card: JSON.stringify(card) });
}
