import type { ErrorStatistics, LatentRecord, ModelRecord } from '../record/run-record.js';
import { formatNumber, formatPercent, withUnit } from '../text/numbers.js';

/** What the distribution of a model's test errors says: size, spread and shape. */
export function errorSentences(model: string, error: ErrorStatistics): string[] {
  const { mean, median, p95, max, skewness } = error;
  if (!Number.isFinite(mean)) return [`The ${model}'s mean test error is not a finite number.`];
  if (mean === 0) return [`The ${model} gives back every test image without any error.`];
  const greyLevels = Math.sqrt(mean) * 255;
  const sentences = [
    `The ${model}'s mean test error is ${formatNumber(mean)}, a root mean square deviation of ${formatNumber(greyLevels, 2)} of 255 grey levels.`,
  ];
  if (Number.isFinite(median) && median > 0) {
    sentences.push(`The median is ${formatNumber(median)}${relation(mean, median, 'the mean lies', 'it')}.`);
  }
  if (Number.isFinite(p95) && Number.isFinite(max)) {
    const multiple = mean > 0 ? `, ${formatNumber(max / mean, 2)} times the mean` : '';
    sentences.push(
      `95 % of the images have at most ${formatNumber(p95)}; the worst has ${formatNumber(max)}${multiple}.`,
    );
  }
  sentences.push(skewnessSentence(skewness));
  return sentences;
}

/** Why a model's mean PSNR is infinite; empty if it is not. */
export function psnrSentences(model: string, mean: number): string[] {
  if (mean !== Infinity) return [];
  return [`The ${model}'s mean PSNR is infinite, because at least one test image comes back without any error.`];
}

function relation(value: number, reference: number, subject: string, object: string): string {
  const difference = (value - reference) / reference;
  if (Math.abs(difference) < 0.005) return '';
  return `; ${subject} ${formatPercent(Math.abs(difference))} ${difference > 0 ? 'above' : 'below'} ${object}`;
}

function skewnessSentence(skewness: number): string {
  if (!Number.isFinite(skewness)) return 'Their skewness is not defined, as when all errors are equal.';
  const number = `(skewness ${formatNumber(skewness)})`;
  if (Math.abs(skewness) < 0.5) return `The errors are spread about evenly around their mean ${number}.`;
  const degree = Math.abs(skewness) > 1 ? 'strongly' : 'moderately';
  return skewness > 0
    ? `The errors are ${degree} skewed to the right ${number}: a tail of images is much harder than the rest.`
    : `The errors are ${degree} skewed to the left ${number}: a tail of images is much easier than the rest.`;
}

/** How far denoising brought the images towards the clean ones; empty if the noisy input was not measured. */
export function denoisingSentences({ noisyInput, testError, psnr, ssim }: ModelRecord): string[] {
  if (!noisyInput) return [];
  const [before, after] = [noisyInput.testError.mean, testError.mean];
  if (!Number.isFinite(before) || !Number.isFinite(after) || before < 0) return [];
  return [
    before === 0 ? noNoiseSentence(after) : changeSentence(before, after),
    ...movedSentence('PSNR', noisyInput.psnr?.mean, psnr.mean, 'dB'),
    ...movedSentence('SSIM', noisyInput.ssim?.mean, ssim.mean, ''),
  ];
}

function noNoiseSentence(after: number): string {
  const start = 'The noisy input is the same as the clean images, so that there was no noise to take away';
  return after === 0
    ? `${start}, and so is the denoised output.`
    : `${start}; the denoised output has a mean error of ${formatNumber(after)}.`;
}

function changeSentence(before: number, after: number): string {
  const change = (after - before) / before;
  const start = `The noisy input has a mean error of ${formatNumber(before)} against the clean images, the denoised output ${formatNumber(after)}`;
  if (Math.abs(change) < 0.005) return `${start}: denoising changed next to nothing.`;
  return change < 0
    ? `${start}: denoising took away ${formatPercent(-change)} of the error.`
    : `${start}: denoising made the images worse, by ${formatPercent(change)}.`;
}

function movedSentence(what: string, before: number | undefined, after: number, unit: string): string[] {
  if (before === undefined || Number.isNaN(before) || Number.isNaN(after)) return [];
  const [from, to] = [withUnit(before, unit), withUnit(after, unit)];
  if (from === to) return [`The mean ${what} stayed ${Number.isFinite(after) ? `at ${to}` : to}.`];
  return [`The mean ${what} ${after > before ? 'rose' : 'fell'} from ${from} to ${to}.`];
}

/**
 * What the latent space says about the images and their classes, which the training never saw.
 *
 * @param classes how many there are; 0 if there are none to speak of
 */
export function latentSentences(latent: LatentRecord, classes: number): string[] {
  const { explainedVarianceRatio: ratios, nearestNeighbourPurity: purity, silhouette } = latent;
  const sentences: string[] = [];
  if (ratios.length >= 2 && Number.isFinite(ratios[0] + ratios[1])) {
    const [first, second] = ratios;
    sentences.push(
      `The first two principal components explain ${formatPercent(first + second)} of the latents' variance (${formatPercent(first)} and ${formatPercent(second)}); the other ${formatPercent(Math.max(0, 1 - first - second))} is not visible in the figure.`,
    );
  }
  if (classes > 0 && purity !== undefined && Number.isFinite(purity)) {
    const chance = 1 / classes;
    const judgement =
      purity > 2 * chance
        ? 'so images of a class lie near each other although the training saw no class'
        : purity > 1.1 * chance
          ? 'so the latent space tells the classes apart only faintly'
          : 'so the latent space does not tell the classes apart';
    sentences.push(
      `Of an image's nearest neighbours in latent space ${formatPercent(purity)} have its class, where chance would give ${formatPercent(chance)} for ${classes} equal classes, ${judgement}.`,
    );
  }
  if (classes > 0 && silhouette !== undefined && Number.isFinite(silhouette)) {
    sentences.push(`The silhouette coefficient is ${formatNumber(silhouette, 2)}: ${silhouetteMeaning(silhouette)}.`);
  }
  return sentences;
}

function silhouetteMeaning(silhouette: number): string {
  if (silhouette < 0) return 'on average an image lies nearer to another class than to its own';
  if (silhouette < 0.25) return 'the classes overlap widely';
  return silhouette < 0.5 ? 'the classes overlap in part' : 'the classes are well apart';
}
