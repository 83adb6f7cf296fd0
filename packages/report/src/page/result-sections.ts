import type { ModelRecord, RunRecord } from '../record/run-record.js';
import { counted, formatCount, formatNumber, formatPercent } from '../text/numbers.js';
import { comparisonSentences, rankingSentences } from './comparison-sentences.js';
import { figureName } from './figure-names.js';
import { type Html, html, nothing, paragraph, table } from './html.js';
import type { Part, Show } from './numbered-figures.js';
import { denoisingSentences, errorSentences, latentSentences, psnrSentences } from './result-sentences.js';
import { classCount } from './run-sentences.js';
import { latentOf, objectiveOf, type TrainedModel, trainedModels } from './trained-models.js';

/** What the models do with the test images, and what their latents tell. */
export function resultSection(record: RunRecord, show: Show): Part[] {
  const trained = trainedModels(record);
  return [
    ...trained.flatMap((each) => imageParts(each, show)),
    ...trained.flatMap((each) => latentParts(record, each, show)),
    errorTable(record, trained),
  ];
}

function imageParts({ key, name, denoises, model }: TrainedModel, show: Show): Part[] {
  return [
    html`<h3>${denoises ? 'Denoising' : 'Reconstruction'} (${name})</h3>`,
    paragraph([
      ...(denoises ? denoisingSentences(model) : []),
      ...errorSentences(name, model.testError),
      ...psnrSentences(name, model.psnr.mean),
      ...elboSentences(name, model),
      ...scoreSentences(name, model),
    ]),
    show(figureName(key, denoises ? 'denoised' : 'reconstructions')),
    show(figureName(key, 'errors')),
    ...(['samples', 'interpolations', 'filters', 'features'] as const).map((kind) => show(figureName(key, kind))),
  ];
}

/** What a VAE makes of the test images in nats. */
function elboSentences(name: string, { elbo }: ModelRecord): string[] {
  if (!elbo || !Number.isFinite(elbo.negative)) return [];
  return [
    `The ${name}'s mean negative ELBO is ${formatNumber(elbo.negative, 4)} nats an image: ${formatNumber(elbo.reconstruction, 4)} for the reconstruction, by binary cross-entropy, and ${formatNumber(elbo.divergence)} for the divergence from N(0, 1).`,
  ];
}

/** From which error on an image counts as an anomaly. */
function scoreSentences(name: string, { score }: ModelRecord): string[] {
  if (!score || !Number.isFinite(score.threshold)) return [];
  return [
    `Of the validation images ${formatPercent(score.quantile)} have an error of at most ${formatNumber(score.threshold)} when the ${name} is given them without noise: above it, an image counts as an anomaly.`,
  ];
}

function latentParts(record: RunRecord, each: TrainedModel, show: Show): Part[] {
  const latent = latentOf(record, each);
  if (!latent) return [];
  return [
    html`<h3>Latent space (${each.name})</h3>`,
    paragraph(latentSentences(latent, classCount(record.data))),
    show(figureName(each.key, 'latents')),
  ];
}

function errorTable(record: RunRecord, trained: readonly TrainedModel[]): Html {
  // The noise is the same for all models that denoise.
  const noisy = trained.find(({ model }) => model.noisyInput)?.model.noisyInput;
  const row = (name: string, of: (model: ModelRecord) => number, ofNoisy?: number) => [
    name,
    ...trained.map(({ model }) => formatNumber(of(model))),
    ...(noisy ? [ofNoisy === undefined ? '–' : formatNumber(ofNoisy)] : []),
  ];
  const rows = [
    row('Mean error', ({ testError }) => testError.mean, noisy?.testError.mean),
    row('Median error', ({ testError }) => testError.median),
    row('95th percentile', ({ testError }) => testError.p95),
    row('Largest error', ({ testError }) => testError.max),
    row('Standard deviation', ({ testError }) => testError.standardDeviation),
    row('Skewness', ({ testError }) => testError.skewness),
    row('Mean PSNR (dB)', ({ psnr }) => psnr.mean, noisy?.psnr?.mean),
    row('Mean SSIM', ({ ssim }) => ssim.mean, noisy?.ssim?.mean),
  ];
  const head = ['', ...trained.map(({ name }) => name), ...(noisy ? ['Noisy input'] : [])];
  const caption = `${counted(record.data.testCount, 'test image')}; errors are mean squared errors of an image in squared pixel intensity`;
  return trained.length === 0 ? nothing : table(caption, head, rows);
}

/** Two models and more side by side. */
export function comparisonSection(trained: readonly TrainedModel[], record: RunRecord): Html[] {
  const last = (values: readonly number[]) => (values.length === 0 ? '–' : formatNumber(values[values.length - 1]));
  const row = (name: string, of: (model: ModelRecord) => string) => [name, ...trained.map(({ model }) => of(model))];
  const objectives = trained.map((each) => objectiveOf(record, each));
  const isMse = objectives.every((objective) => objective === 'mse');
  const [first, second] = trained;
  return [
    paragraph(trained.length === 2 ? comparisonSentences(first, second) : rankingSentences(trained)),
    table(
      `The ${trained.length === 2 ? 'two ' : ''}models side by side; ${isMse ? 'losses and errors' : 'errors'} in squared pixel intensity`,
      ['', ...trained.map(({ name }) => name)],
      [
        row('Parameters', ({ parameters }) => formatCount(parameters)),
        row('Epochs', ({ history }) => formatCount(history.loss.length)),
        ...(isMse ? [] : [['Loss', ...objectives]]),
        row('Last training loss', ({ history }) => last(history.loss)),
        row('Last validation loss', ({ history }) => last(history.valLoss)),
        row('Best epoch', ({ bestEpoch }) => formatCount(bestEpoch)),
        row('Mean test error', ({ testError }) => formatNumber(testError.mean)),
        row('Mean PSNR (dB)', ({ psnr }) => formatNumber(psnr.mean)),
        row('Mean SSIM', ({ ssim }) => formatNumber(ssim.mean)),
        row('Images a second', ({ imagesPerSecond }) => formatNumber(imagesPerSecond)),
      ],
    ),
  ];
}
