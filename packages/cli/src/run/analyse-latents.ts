import { setImmediate } from 'node:timers/promises';
import { nearestNeighbourPurity, principalComponents, silhouetteScore } from '@weft/analysis';

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
 * Looks where the classes lie among latents.
 *
 * @param latents a vector for each image, [n, size]
 * @param labels  class of each image, length n
 * @returns undefined if the latents are not finite, as after a training that diverged
 * @throws the signal's reason if it was aborted
 */
export async function analyseLatents(
  latents: Float32Array,
  labels: Uint8Array,
  signal: AbortSignal,
): Promise<LatentAnalysis | undefined> {
  if (!latents.every(Number.isFinite)) return undefined;
  const count = labels.length;
  const size = latents.length / count;
  const { scores, explainedVarianceRatio } = principalComponents(latents, count, size, { components: 2 });
  await letInterruptsThrough(signal);
  const sampleSize = Math.min(count, SAMPLE);
  const sample = latents.subarray(0, sampleSize * size);
  const sampleLabels = labels.subarray(0, sampleSize);
  const neighbours = Math.min(NEIGHBOURS, sampleSize - 1);
  const purity = nearestNeighbourPurity(sample, sampleSize, size, sampleLabels, neighbours);
  await letInterruptsThrough(signal);
  const severalClasses = new Set(sampleLabels).size > 1;
  return {
    scores,
    explainedVarianceRatio,
    nearestNeighbourPurity: purity,
    silhouette: severalClasses ? silhouetteScore(sample, sampleSize, size, sampleLabels).score : undefined,
    sampleSize,
    neighbours,
  };
}

/** The analysis fills the thread for seconds: between its parts Ctrl-C is looked at. */
async function letInterruptsThrough(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
