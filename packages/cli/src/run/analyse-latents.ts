import { nearestNeighbourPurity, principalComponents, silhouetteScore } from '@weft/analysis';
import type { Sequential } from '@weft/core';
import type { ImageDataset } from '@weft/data';
import { predict } from '@weft/pool';
import type { TestContext } from './test-model.js';

/** Neighbours and silhouettes compare all pairs in thousands of dimensions: so many images stand for all. */
const SAMPLE = 1000;
const NEIGHBOURS = 10;

/** What the latents of the test images tell of the classes. */
export interface LatentAnalysis {
  /** Coordinates along the first two principal components, [n, 2]. */
  readonly scores: Float64Array;
  readonly explainedVarianceRatio: Float64Array;
  /** Mean fraction of an image's nearest neighbours, among the sample, that bear its class. */
  readonly nearestNeighbourPurity: number;
  /** Mean silhouette coefficient of the sample; undefined if it has one class only. */
  readonly silhouette: number | undefined;
  /** The first images of the test set, which the last two numbers are of. */
  readonly sampleSize: number;
  readonly neighbours: number;
}

/**
 * Encodes the test images and looks where the classes lie.
 *
 * @returns undefined if the latents are not finite, as after a training that diverged
 * @throws the signal's reason if it was aborted
 */
export async function analyseLatents(
  encoder: Sequential,
  { images, labels, count }: ImageDataset,
  { pool, signal }: TestContext,
): Promise<LatentAnalysis | undefined> {
  const latents = await predict(encoder, images, { pool, signal });
  signal.throwIfAborted();
  if (!latents.every(Number.isFinite)) return undefined;
  const size = latents.length / count;
  const { scores, explainedVarianceRatio } = principalComponents(latents, count, size, { components: 2 });
  const sampleSize = Math.min(count, SAMPLE);
  const sample = latents.slice(0, sampleSize * size);
  const sampleLabels = labels.subarray(0, sampleSize);
  const neighbours = Math.min(NEIGHBOURS, sampleSize - 1);
  const severalClasses = new Set(sampleLabels).size > 1;
  return {
    scores,
    explainedVarianceRatio,
    nearestNeighbourPurity: nearestNeighbourPurity(sample, sampleSize, size, sampleLabels, neighbours),
    silhouette: severalClasses ? silhouetteScore(sample, sampleSize, size, sampleLabels).score : undefined,
    sampleSize,
    neighbours,
  };
}
