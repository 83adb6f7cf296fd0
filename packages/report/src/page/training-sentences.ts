import type { TrainingHistory } from '../record/run-record.js';
import { counted, formatNumber, formatPercent } from '../text/numbers.js';

type Losses = Pick<TrainingHistory, 'loss' | 'valLoss'>;

/** Changes below this fraction count as none. */
const LEVEL = 0.005;

/**
 * What a history of losses says: how both losses moved, where the lowest was, how validation compares with training,
 * and whether training had come to rest. Nothing is said that the numbers do not show.
 */
export function trainingSentences(model: string, { loss, valLoss }: Losses): string[] {
  if (loss.length === 0) return [`The ${model} was not trained for any epoch.`];
  const sentences =
    loss.length === 1
      ? [singleEpochSentence(model, loss[0], valLoss[0])]
      : [
          ...movementSentences('training loss', loss, `Over ${counted(loss.length, 'epoch')} the ${model}'s`),
          ...(valLoss.length > 0 ? movementSentences('validation loss', valLoss, 'The') : []),
        ];
  if (valLoss.length === 0) sentences.push('No images were held out, so there is no validation loss.');
  const judged = valLoss.length > 0 ? valLoss : loss;
  sentences.push(...lowestSentences(valLoss.length > 0 ? 'validation' : 'training', judged));
  sentences.push(...gapSentences(loss, valLoss), ...restSentences(loss));
  return sentences;
}

/** Epoch of the lowest finite loss, counted from 1; undefined if none is finite. */
export function lowestEpoch(losses: readonly number[]): number | undefined {
  let best: number | undefined;
  losses.forEach((loss, index) => {
    if (Number.isFinite(loss) && (best === undefined || loss < losses[best - 1])) best = index + 1;
  });
  return best;
}

function singleEpochSentence(model: string, training: number, validation: number | undefined): string {
  const losses = validation === undefined ? [training] : [training, validation];
  const texts = losses.map((loss, index) => `a ${index === 0 ? 'training' : 'validation'} loss ${value(loss)}`);
  const diverged = losses.every(Number.isFinite) ? '' : ': training diverged';
  return `The ${model} was trained for one epoch, which shows no trend, with ${texts.join(' and ')}${diverged}.`;
}

function value(loss: number): string {
  return Number.isFinite(loss) ? `of ${formatNumber(loss)}` : 'that is not a finite number';
}

function movementSentences(what: string, losses: readonly number[], start: string): string[] {
  const broken = losses.findIndex((loss) => !Number.isFinite(loss));
  if (broken >= 0) {
    const count = losses.filter((loss) => !Number.isFinite(loss)).length;
    return [
      losses.length - broken === count
        ? `${start} ${what} is not a finite number from epoch ${broken + 1} on: training diverged.`
        : `${start} ${what} is not a finite number in ${counted(count, 'epoch')}, first in epoch ${broken + 1}: training was unstable.`,
    ];
  }
  const [first, last] = [losses[0], losses[losses.length - 1]];
  const change = (last - first) / first;
  if (first === last || Math.abs(change) < LEVEL) {
    return [
      `${start} ${what} stayed level: ${formatNumber(first)} in the first epoch, ${formatNumber(last)} in the last.`,
    ];
  }
  const range = `from ${formatNumber(first)} to ${formatNumber(last)}`;
  if (change < 0) return [`${start} ${what} fell ${range}, by ${formatPercent(-change)}.`];
  return [`${start} ${what} rose ${range}${rise(last / first)}.`];
}

function rise(factor: number): string {
  if (!Number.isFinite(factor)) return '';
  return factor < 2 ? `, by ${formatPercent(factor - 1)}` : `, to ${formatNumber(factor)} times its first value`;
}

function lowestSentences(which: string, losses: readonly number[]): string[] {
  const best = lowestEpoch(losses);
  if (best === undefined || losses.length === 1) return [];
  const [lowest, last] = [losses[best - 1], losses[losses.length - 1]];
  if (best === losses.length) return [`The ${which} loss was lowest in the last epoch.`];
  const start = `The ${which} loss was lowest in epoch ${best} of ${losses.length}, at ${formatNumber(lowest)}`;
  const factor = last / lowest;
  if (!Number.isFinite(factor) || factor <= 1) return [`${start}.`];
  return [
    factor < 2
      ? `${start}; in the last epoch it lay ${formatPercent(factor - 1)} above that.`
      : `${start}; in the last epoch it was ${formatNumber(factor)} times that.`,
  ];
}

function gapSentences(loss: readonly number[], valLoss: readonly number[]): string[] {
  const [training, validation] = [loss[loss.length - 1], valLoss[valLoss.length - 1]];
  const factor = validation / training;
  if (valLoss.length === 0 || !Number.isFinite(factor) || factor < 0) return [];
  const start = 'At the end the validation loss';
  if (Math.abs(factor - 1) < LEVEL) return [`${start} equals the training loss to within half a per cent.`];
  if (factor < 1) {
    return [
      `${start} lies ${formatPercent(1 - factor)} below the training loss, which is a mean over the epoch while the weights still changed.`,
    ];
  }
  const sentence =
    factor < 2
      ? `${start} lies ${formatPercent(factor - 1)} above the training loss`
      : `${start} is ${formatNumber(factor)} times the training loss`;
  return [factor > 1.2 ? `${sentence}, which points to overfitting.` : `${sentence}.`];
}

function restSentences(loss: readonly number[]): string[] {
  if (loss.length < 3) return [];
  const [before, last] = [loss[loss.length - 2], loss[loss.length - 1]];
  const change = (last - before) / before;
  if (!Number.isFinite(change)) return [];
  if (change < -0.01) {
    return [
      `Training had not come to rest: the last epoch alone lowered the training loss by ${formatPercent(-change)}.`,
    ];
  }
  if (change > 1) return [`The last epoch raised the training loss to ${formatNumber(change + 1)} times what it was.`];
  if (change > 0.01) return [`The last epoch raised the training loss by ${formatPercent(change)}.`];
  return ['In the last epoch the training loss changed by less than 1 %.'];
}
