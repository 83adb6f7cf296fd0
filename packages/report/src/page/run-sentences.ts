import { datasetTitle } from '../figures/figure.js';
import type { LatentRecord, ModelRecord, RunRecord } from '../record/run-record.js';
import { counted, formatCount, formatNumber, formatPercent } from '../text/numbers.js';
import { joined, latentOf, trainedModels } from './trained-models.js';
import { lowestEpoch } from './training-sentences.js';

/** The run in a few sentences. */
export function summarySentences(record: RunRecord): string[] {
  const { data } = record;
  const trained = trainedModels(record);
  if (trained.length === 0) return ['This run trained no model.'];
  return [
    `This run trained ${joined(trained.map(({ longName }) => longName))} on ${counted(data.trainCount, 'image')} of ${datasetTitle(record.dataset)} and tested on ${formatCount(data.testCount)}.`,
    ...trained.map(({ name, model }) =>
      Number.isFinite(model.testError.mean)
        ? `The ${name}'s mean squared error on the test set is ${formatNumber(model.testError.mean)}.`
        : `The ${name}'s error on the test set is not a finite number.`,
    ),
  ];
}

/** Where the data came from and how they were cut. */
export function dataSentences({ data, dataset }: RunRecord): string[] {
  const held =
    data.validationCount > 0
      ? `${counted(data.validationCount, 'image')} held out for validation`
      : 'none held out for validation';
  const classes = classCount(data);
  const inClasses = classes === 0 ? '' : `, in ${counted(classes, 'class', 'classes')}`;
  return [
    `${data.synthetic ? 'The images are drawn by Weft itself' : `The images are those of ${datasetTitle(dataset)}`}: ${counted(data.trainCount, 'image')} to train on, ${held}, and ${formatCount(data.testCount)} to test on, each ${data.height} × ${data.width} pixels with ${counted(data.channels, 'channel')}${inClasses}.`,
    'Pixels are scaled to [0, 1], so that errors are in squared pixel intensity.',
    ...(classes === 0 ? [] : ['The classes serve only to colour and judge the latent space.']),
  ];
}

/** How many classes there are to speak of: pictures that are all of one class have none. */
export function classCount({ classNames }: RunRecord['data']): number {
  return classNames.length < 2 ? 0 : classNames.length;
}

/** What this run does not show. */
export function limitSentences(record: RunRecord): string[] {
  const { options, data, numerics } = record;
  const trained = trainedModels(record);
  const limits: string[] = [];
  if (data.synthetic) {
    limits.push(
      'The data are a synthetic stand-in, drawn by Weft: none of these numbers says anything about Fashion-MNIST, nor can they be compared with results on it.',
    );
  }
  if (options.quick) limits.push('This was a quick run, meant to show that everything works, not how well it can.');
  if (options.limit)
    limits.push(
      `Only the first ${counted(options.limit, 'training image')} ${options.limit === 1 ? 'was' : 'were'} used.`,
    );
  if (options.testLimit)
    limits.push(
      `Only the first ${counted(options.testLimit, 'test image')} ${options.testLimit === 1 ? 'was' : 'were'} used.`,
    );
  for (const { name, model } of trained) limits.push(...trainingLimits(name, model));
  if (trained.length > 0) {
    limits.push(
      `All numbers come from one run with seed ${options.seed}; how much they vary from seed to seed was not measured.`,
      'Mean squared error prefers a blurred image to a sharp one slightly out of place; a low error need not look good.',
    );
  }
  if (trained.some(({ denoises }) => denoises) && !options.noisePerEpoch) {
    limits.push('Each training image had the same noise in every epoch, which a model can learn by heart in part.');
  }
  for (const each of trained) limits.push(...latentLimits(each.name, latentOf(record, each), trained.length > 1));
  if (numerics.mode === 'fast-math') {
    limits.push('Fast math was used: on another machine the last bits, and so the numbers, may differ a little.');
  }
  if (numerics.kernels === 'reference') {
    limits.push(
      'The reference kernels ran instead of WebAssembly SIMD: the times say nothing about the speed of Weft.',
    );
  }
  return limits;
}

function trainingLimits(name: string, { history }: ModelRecord): string[] {
  const judged = history.valLoss.length > 0 ? history.valLoss : history.loss;
  const which = history.valLoss.length > 0 ? 'validation' : 'training';
  if (judged.some((loss) => !Number.isFinite(loss))) {
    return [`The ${name}'s ${which} loss was not finite throughout; its results are not to be trusted.`];
  }
  const best = lowestEpoch(judged);
  if (best !== undefined && best < judged.length) {
    return [`The ${name}'s ${which} loss was lowest in epoch ${best}, before the last (${judged.length}).`];
  }
  if (judged.length > 1)
    return [`The ${name}'s ${which} loss was lowest in the last epoch; more epochs may lower it further.`];
  return [];
}

function latentLimits(name: string, latent: LatentRecord | undefined, isOneOfSeveral: boolean): string[] {
  const [first, second] = latent?.explainedVarianceRatio ?? [];
  if (!(first + second < 0.5)) return [];
  const plot = isOneOfSeveral ? `The ${name}'s latent scatter plot` : 'The latent scatter plot';
  return [
    `${plot} shows ${formatPercent(first + second)} of the variance: groups that overlap there may be apart in the rest.`,
  ];
}
