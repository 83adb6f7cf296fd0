import type { ErrorStatistics, ModelRecord, RunRecord } from '../record/run-record.js';
import { formatNumber, formatPercent } from '../text/numbers.js';

type Latent = NonNullable<RunRecord['latent']>;

/** What the distribution of a model's test errors says: size, spread and shape. */
export function errorSentences(model: string, error: ErrorStatistics): string[] {
  const { mean, median, p95, max, skewness } = error;
  if (!Number.isFinite(mean)) return [`The ${model}'s mean test error is not a finite number.`];
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
  if (!Number.isFinite(before) || !Number.isFinite(after) || before <= 0) return [];
  const change = (after - before) / before;
  const start = `The noisy input has a mean error of ${formatNumber(before)} against the clean images, the denoised output ${formatNumber(after)}`;
  const sentences = [
    Math.abs(change) < 0.005
      ? `${start}: denoising changed next to nothing.`
      : change < 0
        ? `${start}: denoising took away ${formatPercent(-change)} of the error.`
        : `${start}: denoising made the images worse, by ${formatPercent(change)}.`,
  ];
  sentences.push(...movedSentence('PSNR', noisyInput.psnr?.mean, psnr.mean, ' dB'));
  sentences.push(...movedSentence('SSIM', noisyInput.ssim?.mean, ssim.mean, ''));
  return sentences;
}

function movedSentence(what: string, before: number | undefined, after: number, unit: string): string[] {
  if (before === undefined || !Number.isFinite(before) || !Number.isFinite(after)) return [];
  const [from, to] = [`${formatNumber(before)}${unit}`, `${formatNumber(after)}${unit}`];
  if (from === to) return [`The mean ${what} stayed at ${to}.`];
  return [`The mean ${what} ${after > before ? 'rose' : 'fell'} from ${from} to ${to}.`];
}

/** The CAE beside the CDAE on the same test images. */
export function comparisonSentences(cae: ModelRecord, cdae: ModelRecord): string[] {
  const [first, second] = [cae.testError.mean, cdae.testError.mean];
  const sentences: string[] = [];
  if (Number.isFinite(first) && Number.isFinite(second) && first > 0 && second > 0) {
    const ratio = second / first;
    if (Math.abs(ratio - 1) < 0.005)
      sentences.push('Both models have the same mean test error to within half a per cent.');
    else if (ratio > 1) {
      sentences.push(
        `The CDAE's mean test error is ${formatNumber(ratio)} times the CAE's: it has to find the image behind the noise, where the CAE is given the image itself.`,
      );
    } else {
      sentences.push(
        `The CDAE's mean test error is ${formatPercent(1 - ratio)} lower than the CAE's, though its input is noisy.`,
      );
    }
  }
  sentences.push(...aheadSentence('PSNR', cae.psnr.mean, cdae.psnr.mean, ' dB'));
  sentences.push(...aheadSentence('SSIM', cae.ssim.mean, cdae.ssim.mean, ''));
  if (cae.parameters === cdae.parameters) {
    sentences.push('Both have the same number of parameters, so that the difference does not lie in their size.');
  }
  return sentences;
}

function aheadSentence(what: string, cae: number, cdae: number, unit: string): string[] {
  if (!Number.isFinite(cae) || !Number.isFinite(cdae)) return [];
  const difference = Math.abs(cae - cdae);
  if (formatNumber(cae) === formatNumber(cdae)) return [`Both reach a mean ${what} of ${formatNumber(cae)}${unit}.`];
  return [`In ${what} the ${cae > cdae ? 'CAE' : 'CDAE'} is ahead by ${formatNumber(difference, 2)}${unit}.`];
}

/** What the latent space says about the classes, which the training never saw. */
export function latentSentences(latent: Latent, classes: number): string[] {
  const { explainedVarianceRatio: ratios, nearestNeighbourPurity: purity, silhouette } = latent;
  const sentences: string[] = [];
  if (ratios.length >= 2 && Number.isFinite(ratios[0] + ratios[1])) {
    const [first, second] = ratios;
    sentences.push(
      `The first two principal components explain ${formatPercent(first + second)} of the latents' variance (${formatPercent(first)} and ${formatPercent(second)}); the other ${formatPercent(1 - first - second)} is not visible in the figure.`,
    );
  }
  if (Number.isFinite(purity)) {
    const chance = 1 / classes;
    const judgement =
      purity > 2 * chance
        ? 'so images of a class lie near each other although the training saw no class'
        : purity > 1.1 * chance
          ? 'so the latent space tells the classes apart only faintly'
          : 'so the latent space does not tell the classes apart';
    sentences.push(
      `Of an image's nearest neighbours in latent space ${formatPercent(purity)} bear its class, where chance would give ${formatPercent(chance)} for ${classes} equal classes, ${judgement}.`,
    );
  }
  if (silhouette !== undefined && Number.isFinite(silhouette)) {
    sentences.push(`The silhouette coefficient is ${formatNumber(silhouette, 2)}: ${silhouetteMeaning(silhouette)}.`);
  }
  return sentences;
}

function silhouetteMeaning(silhouette: number): string {
  if (silhouette < 0) return 'on average an image lies nearer to another class than to its own';
  if (silhouette < 0.25) return 'the classes overlap widely';
  return silhouette < 0.5 ? 'the classes overlap in part' : 'the classes are well apart';
}
