import { datasetTitle } from '../figures/figure.js';
import type { ModelRecord, RunRecord } from '../record/run-record.js';
import { counted, formatCount, formatNumber, formatPercent } from '../text/numbers.js';
import { lowestEpoch } from './training-sentences.js';

/** The trained models with the names that prose gives them. */
export function trainedModels({ models }: RunRecord): { name: 'CAE' | 'CDAE'; model: ModelRecord }[] {
  return [
    ...(models.cae ? [{ name: 'CAE' as const, model: models.cae }] : []),
    ...(models.cdae ? [{ name: 'CDAE' as const, model: models.cdae }] : []),
  ];
}

/** The run in a few sentences. */
export function summarySentences(record: RunRecord): string[] {
  const { data } = record;
  const trained = trainedModels(record);
  if (trained.length === 0) return ['This run trained no model.'];
  const names = trained.map(({ name }) => LONG_NAMES[name]).join(' and ');
  return [
    `This run trained ${names} on ${counted(data.trainCount, 'image')} of ${datasetTitle(record.dataset)} and tested on ${formatCount(data.testCount)}.`,
    ...trained.map(({ name, model }) =>
      Number.isFinite(model.testError.mean)
        ? `The ${name}'s mean squared error on the test set is ${formatNumber(model.testError.mean)}.`
        : `The ${name}'s error on the test set is not a finite number.`,
    ),
  ];
}

const LONG_NAMES = {
  CAE: 'a convolutional autoencoder (CAE)',
  CDAE: 'a convolutional denoising autoencoder (CDAE)',
} as const;

/** Where the data came from and how they were cut. */
export function dataSentences({ data, dataset }: RunRecord): string[] {
  const held =
    data.validationCount > 0
      ? `${counted(data.validationCount, 'image')} held out for validation`
      : 'none held out for validation';
  return [
    `${data.synthetic ? 'The images are drawn by Weft itself' : `The images are those of ${datasetTitle(dataset)}`}: ${counted(data.trainCount, 'image')} to train on, ${held}, and ${formatCount(data.testCount)} to test on, each ${data.height} × ${data.width} pixels with ${counted(data.channels, 'channel')}, in ${counted(data.classNames.length, 'class', 'classes')}.`,
    'Pixels are scaled to [0, 1], so that errors are in squared pixel intensity. The classes serve only to colour and judge the latent space.',
  ];
}

/** Which of the eight figures a run lacks and why; empty if none. `drawn` are the names of those that there are. */
export function missingFigureSentences({ models, latent }: RunRecord, drawn: readonly string[]): string[] {
  const groups: [number[], string][] = [
    [[1], 'not drawn'],
    [[2, 3, 4], models.cae ? 'not drawn' : 'the CAE was not trained in this run'],
    [
      [7],
      models.cae ? (latent ? 'not drawn' : 'the latents were not analysed') : 'the CAE was not trained in this run',
    ],
    [[5, 6, 8], models.cdae ? 'not drawn' : 'the CDAE was not trained in this run'],
  ];
  const reasons = new Map<string, number[]>();
  for (const [numbers, reason] of groups) {
    const missing = numbers.filter((number) => !drawn.includes(`figure-${number}`));
    if (missing.length > 0) reasons.set(reason, [...(reasons.get(reason) ?? []), ...missing]);
  }
  return [...reasons].map(([reason, numbers]) =>
    numbers.length === 1
      ? `Figure ${numbers[0]} is missing: ${reason}.`
      : `Figures ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)} are missing: ${reason}.`,
  );
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
  if (record.models.cdae && !options.noisePerEpoch) {
    limits.push('Each training image bore the same noise in every epoch, which a model can learn by heart in part.');
  }
  const [first, second] = record.latent?.explainedVarianceRatio ?? [];
  if (first + second < 0.5) {
    limits.push(
      `The latent scatter plot shows ${formatPercent(first + second)} of the variance: classes that overlap there may be apart in the rest.`,
    );
  }
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

/** The command that repeats the run, with every option that shapes the results. */
export function reproduceCommand({ options, dataset }: RunRecord): string {
  const flags: [string, string | number | null | undefined][] = [
    ['model', options.model],
    ['dataset', dataset],
    ['epochs', options.epochs],
    ['batch-size', options.batchSize],
    ['validation-split', options.validationSplit],
    ['learning-rate', options.learningRate],
    ['noise-factor', options.noiseFactor],
    ['seed', options.seed],
    ['limit', options.limit],
    ['test-limit', options.testLimit],
  ];
  const given = flags.flatMap(([flag, value]) => (value == null ? [] : [`--${flag} ${value}`]));
  if (options.noisePerEpoch) given.push('--noise-per-epoch');
  if (options.convolution && options.convolution !== 'auto') given.push(`--convolution ${options.convolution}`);
  if (options.fastMath) given.push('--fast-math');
  if (options.quick) given.unshift('--quick');
  return `npx --yes pnpm train ${given.join(' ')}`;
}
