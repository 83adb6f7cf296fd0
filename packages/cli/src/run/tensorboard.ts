import { join } from 'node:path';
import { compute, tensor } from '@weft/core';
import { asExamples, corruption, encodePng, type ImageDataset, parseNoise } from '@weft/data';
import type { Autoencoder } from '@weft/models';
import { type Callback, mapExamples, TensorBoard, type TensorBoardImage, type WorkerPool } from '@weft/pool';
import { bytesOf, type ImageShape, intensities } from './compare-images.js';
import { viewBetween } from './run-data.js';

/** So many images are shown, side by side. */
const SHOWN = 8;

/** What a model is shown with in TensorBoard. */
export interface Board {
  /** Absolute; each model has a folder in it. */
  readonly folder: string;
  /** Test images, of which the first ones are reconstructed. */
  readonly images: ImageDataset;
  /** Noise that is added to them, for a model that denoises. */
  readonly noise: string | undefined;
  readonly seed: number;
}

/**
 * Prepares a callback that writes losses, histograms of the weights and reconstructions for TensorBoard. The pictures are
 * the first test images; below them, for a model that denoises, the same with noise, and below them what comes out.
 *
 * @param pool makes the noise; it must be idle
 */
export async function tensorBoard(
  key: string,
  { folder, images, noise, seed }: Board,
  pool: WorkerPool,
): Promise<(autoencoder: Autoencoder) => Callback> {
  const shown = viewBetween(images, 0, SHOWN);
  const examples = asExamples(shown);
  const inputs =
    noise === undefined
      ? intensities(shown.images)
      : await mapExamples(corruption(parseNoise(noise), { images: 'test' }), examples, examples.shape, { pool, seed });
  const rows = noise === undefined ? [shown.images] : [shown.images, bytesOf(inputs)];
  const { height, width, channels } = shown;
  return ({ reconstructor }) =>
    new TensorBoard({
      logDir: join(folder, key),
      histogramFreq: 1,
      images: () => {
        const batch = tensor(inputs, [shown.count, height, width, channels]);
        const [outputs] = compute([reconstructor.call(batch)]);
        return [grid('reconstructions', [...rows, bytesOf(outputs as Float32Array)], shown.count, shown)];
      },
    });
}

/** Rows of images as one picture. */
function grid(
  tag: string,
  rows: readonly Uint8Array[],
  count: number,
  { height, width, channels }: ImageShape,
): TensorBoardImage {
  const line = width * channels;
  const data = new Uint8Array(rows.length * height * count * line);
  for (const [row, images] of rows.entries()) {
    for (let image = 0; image < count; image++) {
      for (let y = 0; y < height; y++) {
        const from = (image * height + y) * line;
        data.set(images.subarray(from, from + line), ((row * height + y) * count + image) * line);
      }
    }
  }
  const picture = { height: rows.length * height, width: count * width, channels: channels as 1 | 3 | 4 };
  return { tag, ...picture, png: encodePng({ ...picture, depth: 8, data }) };
}
