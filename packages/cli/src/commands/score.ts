import { basename } from 'node:path';
import { choice, folder, number } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { UsageError } from '../exit.js';
import { chooseModel } from '../pictures/choose-model.js';
import { overwriteOption, pictureOptions } from '../pictures/options.js';
import { pictureModel } from '../pictures/picture-model.js';
import { datedPath } from '../run/directory.js';
import type { ScoreName } from '../scoring/error-map.js';
import { scoreFolder } from '../scoring/score-folder.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath } from './trained-models.js';

const scoreOptions = {
  ...pictureOptions,
  score: option<ScoreName | undefined>({
    kind: choice('mse', 'top'),
    default: undefined,
    defaultText: "the model's own, or mse",
    help: 'What is measured. mse: the mean squared error between a picture, as the model takes it, and its reconstruction; top: the mean of the largest 1 % of the smoothed squared errors, which suits small defects.',
  }),
  smoothing: option({
    kind: number({ from: 0, below: 100, example: 2 }),
    default: 2,
    help: "Standard deviation of the Gaussian that smooths the errors for heat maps and for top, in pixels of the model's images; 0: none.",
  }),
  threshold: option<number | undefined>({
    kind: number({ from: 0, example: 0.01 }),
    default: undefined,
    defaultText: "the model's own, where it has that score",
    help: 'A picture with this score or a higher one counts as anomalous.',
  }),
  normal: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'A folder of normal pictures, whose scores decide the threshold. Take pictures that the model was not trained on, as it knows those better.',
  }),
  quantile: option({
    kind: number({ from: 0, below: 1, example: 0.99 }),
    default: 0.99,
    help: 'The fraction of the pictures of --normal that lie at or below the threshold.',
  }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/scores/<time>-<DIR>',
    help: 'Where the results are written.',
  }),
  overwrite: overwriteOption,
  json: jsonOption('the scores'),
  ...commonOptions,
};

export const score: Command<typeof scoreOptions> = {
  usage: 'weft score MODEL DIR [options]',
  summary: 'Score how anomalous pictures are, and show where.',
  description:
    "Puts the pictures of a folder through an autoencoder: what it reconstructs badly is anomalous. Writes scores.csv, scores.json, a heat map of each picture's errors in heatmaps, and report.html. MODEL is a .safetensors file or a run's folder. Of a folder with train and test the pictures of test are scored, and ground_truth holds masks, as in MVTec AD. Where there are class folders and one is good or normal, all others are defects, and the scores are measured: area under the receiver operating characteristic (AUROC), average precision and F1, for each kind of defect too; with masks also the AUROC of pixels and per-region overlap. Exit codes: 0 all done, whatever was found, 1 failure, 2 wrong usage, 3 the model, or a picture, is missing, damaged or does not fit.",
  options: scoreOptions,
  positionals: { least: 2, most: 2 },
  async run({ values, given, positionals: [path, from], terminal }) {
    checkThresholdOptions(values, given);
    const model = pictureModel(await chooseModel(path, values.model), values);
    const place = givenPath(from);
    const request = {
      ...values,
      model,
      from: place,
      normal: values.normal === undefined ? undefined : givenPath(values.normal),
      out: givenPath(values.out ?? datedPath('scores', basename(place), new Date())),
      score: values.score ?? model.saved.card.score?.name ?? 'mse',
    };
    return scoreFolder(request, terminal);
  },
};

function checkThresholdOptions({ threshold, normal }: Values<typeof scoreOptions>, given: ReadonlySet<string>): void {
  if (threshold !== undefined && normal !== undefined) {
    throw new UsageError('--normal: the threshold is given by --threshold already. Leave one of them out.');
  }
  if (given.has('quantile') && normal === undefined) {
    throw new UsageError('--quantile: there are no normal pictures to take it of. Give --normal too, or leave it out.');
  }
}
