import { formatNumber, formatPercent, withUnit } from '../text/numbers.js';
import type { TrainedModel } from './trained-models.js';

/** Two models on the same test images. */
export function comparisonSentences(first: TrainedModel, second: TrainedModel): string[] {
  const sentences = errorSentences(first, second);
  sentences.push(...aheadSentence('PSNR', first, second, ({ model }) => model.psnr.mean, 'dB'));
  sentences.push(...aheadSentence('SSIM', first, second, ({ model }) => model.ssim.mean, ''));
  if (first.model.parameters === second.model.parameters) {
    sentences.push('Both have the same number of parameters, so that the difference does not lie in their size.');
  }
  return sentences;
}

function errorSentences(first: TrainedModel, second: TrainedModel): string[] {
  const [one, other] = [first.model.testError.mean, second.model.testError.mean];
  if (one === 0 || other === 0) return faultlessSentences(first, second);
  if (!Number.isFinite(one) || !Number.isFinite(other) || one < 0 || other < 0) return [];
  const ratio = other / one;
  if (Math.abs(ratio - 1) < 0.005) return ['Both models have the same mean test error to within half a per cent.'];
  const isHarder = second.denoises && !first.denoises;
  if (ratio > 1) {
    const reason = isHarder
      ? `: it has to find the image behind the noise, where the ${first.name} is given the image itself`
      : '';
    return [`The ${second.name}'s mean test error is ${formatNumber(ratio)} times the ${first.name}'s${reason}.`];
  }
  return [
    `The ${second.name}'s mean test error is ${formatPercent(1 - ratio)} lower than the ${first.name}'s${isHarder ? ', though its input is noisy' : ''}.`,
  ];
}

/** Where the mean test error of one model or of both is 0. */
function faultlessSentences(first: TrainedModel, second: TrainedModel): string[] {
  const [one, two] = [first.model.testError.mean, second.model.testError.mean];
  if (one === two) return ['Both models give back every test image without any error.'];
  const error = Math.max(one, two);
  if (!(error > 0 && error < Infinity)) return [];
  const [name, other] = one === 0 ? [first.name, second.name] : [second.name, first.name];
  return [`The ${name} makes no error at all, where the ${other}'s mean test error is ${formatNumber(error)}.`];
}

function aheadSentence(
  what: string,
  one: TrainedModel,
  two: TrainedModel,
  meanOf: (model: TrainedModel) => number,
  unit: string,
): string[] {
  const [mean, other] = [meanOf(one), meanOf(two)];
  if (Number.isNaN(mean) || Number.isNaN(other)) return [];
  const [first, second] = [withUnit(mean, unit), withUnit(other, unit)];
  if (first === second)
    return [`Both reach a mean ${what} ${Number.isFinite(mean) ? `of ${first}` : `that is ${first}`}.`];
  const start = `In ${what} the ${mean > other ? one.name : two.name} is ahead`;
  const difference = Math.abs(mean - other);
  if (Number.isFinite(difference)) return [`${start} by ${withUnit(difference, unit, 2)}.`];
  return [`${start}: the ${one.name}'s mean is ${first}, the ${two.name}'s ${second}.`];
}

/** Which of several models has the lowest mean test error, and which the highest. */
export function rankingSentences(models: readonly TrainedModel[]): string[] {
  const meanOf = ({ model }: TrainedModel) => model.testError.mean;
  const ranked = models.filter((each) => Number.isFinite(meanOf(each))).sort((a, b) => meanOf(a) - meanOf(b));
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (!worst || meanOf(best) === meanOf(worst)) return [];
  const isMixed = ranked.some(({ denoises }) => denoises) && ranked.some(({ denoises }) => !denoises);
  return [
    `The ${best.name} has the lowest mean test error, ${formatNumber(meanOf(best))}; the ${worst.name} has the highest, ${formatNumber(meanOf(worst))}.`,
    ...(isMixed
      ? ['Models that denoise are given noisy images, the others the images themselves: their errors are of two tasks.']
      : []),
  ];
}
