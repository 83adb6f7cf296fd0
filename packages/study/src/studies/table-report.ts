import { type Figure, lossCurvesFigure } from '@weft/report';
import { variedOptions } from '../execute/results-csv.js';
import type { TrialResult } from '../execute/trial-result.js';
import { datasetOf, modelsOf } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { listText, NONE, shown } from '../report/texts.js';

/** Up to so many curves can be told apart. */
const MOST_CURVES = 10;

/** The report of a study of one's own: a table of all trials, and their losses together. */
export function tableReport(results: readonly TrialResult[]): StudyReport {
  const varied = variedOptions(results);
  const models = modelsOf(results);
  return {
    summary: null,
    lead: models.flatMap(({ key, title }) => bestSentence(results, key, title)),
    cards: [],
    tables: [
      {
        caption: 'All trials',
        head: ['Trial', 'Model', ...varied, 'Loss', 'Validation loss', 'Test error (MSE)', 'PSNR (dB)', 'SSIM'],
        rows: results.flatMap(({ name, options, models }) =>
          Object.values(models).map(({ title, loss, valLoss, testError, psnr, ssim }) => [
            name,
            title,
            ...varied.map((option) => String(options[option] ?? NONE)),
            ...[loss.at(-1), valLoss.at(-1), testError.mean, psnr, ssim].map(shown),
          ]),
        ),
        textColumns: 2 + varied.length,
      },
    ],
    figures: results.length <= MOST_CURVES ? models.flatMap((model) => curves(results, model)) : [],
    method: [
      varied.length === 0
        ? 'All trials have the same options.'
        : `Trials differ in ${listText(varied)}; all other options are the same.`,
    ],
  };
}

function bestSentence(results: readonly TrialResult[], key: string, title: string): string[] {
  const tested = results.filter(({ models }) => Number.isFinite(models[key]?.testError.mean));
  if (tested.length < 2) return [];
  const error = ({ models }: TrialResult) => models[key].testError.mean;
  const best = tested.reduce((least, each) => (error(each) < error(least) ? each : least));
  const worst = tested.reduce((most, each) => (error(each) > error(most) ? each : most));
  return [
    `Of the ${title}, ${best.name} has the lowest test error, ${shown(error(best))}, and ${worst.name} the highest, ${shown(error(worst))}.`,
  ];
}

function curves(results: readonly TrialResult[], { key, title }: { key: string; title: string }): Figure[] {
  const trained = results.filter(({ models }) => models[key]);
  // Losses of different kinds have no common axis.
  if (new Set(trained.map(({ options }) => options.loss ?? null)).size > 1) return [];
  return [
    lossCurvesFigure({
      name: `losses-${key}`,
      title: `${title}: loss over the epochs`,
      dataset: datasetOf(results),
      runs: trained.map(({ name, models: { [key]: model } }) => ({
        name,
        histories: [{ loss: model.loss, valLoss: model.valLoss }],
      })),
    }),
  ];
}
