import { setImmediate } from 'node:timers/promises';
import { nearestNeighbourPurity, principalComponents, silhouetteScore } from '@weft/analysis';

/** Neighbours and silhouettes compare all pairs in thousands of dimensions: so many images stand for all. */
const SAMPLE = 1000;
const NEIGHBOURS = 10;

/** What the latents of the test images tell, also of the classes where there are any. */
export interface LatentAnalysis {
  /** Coordinates along the first two principal components, [n, 2]. */
  readonly scores: Float64Array;
  readonly explainedVarianceRatio: Float64Array;
  /** Mean fraction of an image's nearest neighbours, among the sample, that have its class; undefined without classes. */
  readonly nearestNeighbourPurity: number | undefined;
  /** Mean silhouette coefficient of the sample; undefined if it has fewer than two classes. */
  readonly silhouette: number | undefined;
  /** The first images of the test set, which the last two numbers are of. */
  readonly sampleSize: number;
  readonly neighbours: number;
}

/**
 * Looks how latents lie, and where the classes lie among them.
 *
 * @param latents a vector for each image, [n, size]
 * @param count   n, at least 2
 * @param labels  class of each image, length n; undefined without classes
 * @returns undefined if the latents are not finite, as after a training that diverged
 * @throws the signal's reason if it was aborted
 */
export async function analyseLatents(
  latents: Float32Array,
  count: number,
  labels: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<LatentAnalysis | undefined> {
  if (!latents.every(Number.isFinite)) return undefined;
  const size = latents.length / count;
  const { scores, explainedVarianceRatio } = principalComponents(latents, count, size, { components: 2 });
  await letInterruptsThrough(signal);
  const sampleSize = Math.min(count, SAMPLE);
  const neighbours = Math.min(NEIGHBOURS, sampleSize - 1);
  const sampleLabels = labels?.subarray(0, sampleSize);
  const sample = latents.subarray(0, sampleSize * size);
  const purity = sampleLabels && nearestNeighbourPurity(sample, sampleSize, size, sampleLabels, neighbours);
  await letInterruptsThrough(signal);
  const severalClasses = sampleLabels && new Set(sampleLabels).size > 1;
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
