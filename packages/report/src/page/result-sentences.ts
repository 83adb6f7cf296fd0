import type { ErrorStatistics, ModelRecord, RunRecord } from '../record/run-record.js';
import { formatNumber, formatPercent, withUnit } from '../text/numbers.js';

type Latent = NonNullable<RunRecord['latent']>;

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

/** The CAE beside the CDAE on the same test images. */
export function comparisonSentences(cae: ModelRecord, cdae: ModelRecord): string[] {
  const [first, second] = [cae.testError.mean, cdae.testError.mean];
  const sentences: string[] = [];
  if (first === 0 || second === 0) {
    sentences.push(...faultlessSentences(first, second));
  } else if (Number.isFinite(first) && Number.isFinite(second) && first > 0 && second > 0) {
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
  sentences.push(...aheadSentence('PSNR', cae.psnr.mean, cdae.psnr.mean, 'dB'));
  sentences.push(...aheadSentence('SSIM', cae.ssim.mean, cdae.ssim.mean, ''));
  if (cae.parameters === cdae.parameters) {
    sentences.push('Both have the same number of parameters, so that the difference does not lie in their size.');
  }
  return sentences;
}

/** Where the mean test error of one model or of both is 0. */
function faultlessSentences(cae: number, cdae: number): string[] {
  if (cae === cdae) return ['Both models give back every test image without any error.'];
  const error = Math.max(cae, cdae);
  if (!(error > 0 && error < Infinity)) return [];
  const [name, other] = cae === 0 ? ['CAE', 'CDAE'] : ['CDAE', 'CAE'];
  return [`The ${name} makes no error at all, where the ${other}'s mean test error is ${formatNumber(error)}.`];
}

function aheadSentence(what: string, cae: number, cdae: number, unit: string): string[] {
  if (Number.isNaN(cae) || Number.isNaN(cdae)) return [];
  const [first, second] = [withUnit(cae, unit), withUnit(cdae, unit)];
  if (first === second)
    return [`Both reach a mean ${what} ${Number.isFinite(cae) ? `of ${first}` : `that is ${first}`}.`];
  const start = `In ${what} the ${cae > cdae ? 'CAE' : 'CDAE'} is ahead`;
  const difference = Math.abs(cae - cdae);
  if (Number.isFinite(difference)) return [`${start} by ${withUnit(difference, unit, 2)}.`];
  return [`${start}: the CAE's mean is ${first}, the CDAE's ${second}.`];
}

/** What the latent space says about the classes, which the training never saw. */
export function latentSentences(latent: Latent, classes: number): string[] {
  const { explainedVarianceRatio: ratios, nearestNeighbourPurity: purity, silhouette } = latent;
  const sentences: string[] = [];
  if (ratios.length >= 2 && Number.isFinite(ratios[0] + ratios[1])) {
    const [first, second] = ratios;
    sentences.push(
      `The first two principal components explain ${formatPercent(first + second)} of the latents' variance (${formatPercent(first)} and ${formatPercent(second)}); the other ${formatPercent(Math.max(0, 1 - first - second))} is not visible in the figure.`,
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
