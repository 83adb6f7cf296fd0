import { type Figure, formatNumber, formatPercent, matrixFigure } from '@weft/report';
import type { Json } from '../definition/study.js';
import type { TrialResult } from '../execute/trial-result.js';
import { datasetOf, modelsOf, type StudiedModel } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { listText, shown } from '../report/texts.js';

/** How far a model's outputs are from the clean images. */
interface Errors {
  readonly mse: number;
  readonly psnr: number;
  readonly ssim: number;
}

/** What the measure `noise` gives: errors of each model on each noise. */
export type NoiseMeasurement = Readonly<Record<string, Readonly<Record<string, Errors>>>>;

const MEASURES = [
  { key: 'mse', name: 'MSE (squared pixel intensity)', title: 'mean squared error', best: 'lowest' },
  { key: 'psnr', name: 'PSNR (dB)', title: 'PSNR', best: 'highest' },
  { key: 'ssim', name: 'SSIM', title: 'SSIM', best: 'highest' },
] as const;

/** One model: trained on each noise (rows), tested on each (columns). */
interface Matrix {
  readonly model: StudiedModel;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  at(row: string, column: string): Errors | undefined;
}

/** The report of a study of noise: what models that were trained on one noise make of others. */
export function noiseReport(results: readonly TrialResult[]): StudyReport {
  const matrices = modelsOf(results).map((model) => matrixOf(results, model));
  const [first] = matrices;
  return {
    summary: Object.fromEntries(matrices.map(summaryOf)),
    lead: [...matrices.flatMap(ownSentences), ...comparisons(results, matrices)],
    cards: [],
    tables: [
      {
        caption: 'Tested on the noise that each was trained on',
        head: ['Model', 'Noise', 'MSE', 'PSNR (dB)', 'SSIM'],
        rows: matrices.flatMap((matrix) =>
          matrix.rows.flatMap((noise) => {
            const errors = matrix.at(noise, noise);
            return errors ? [[matrix.model.title, noise, ...[errors.mse, errors.psnr, errors.ssim].map(shown)]] : [];
          }),
        ),
        textColumns: 2,
      },
    ],
    figures: matrices.flatMap((matrix) => figuresOf(results, matrix)),
    method: [
      `Each model was trained ${results.length} times, on one noise at a time, and tested on ${first ? first.columns.length : 0} noises with the same test images; noise of test images is drawn from the same seed for all.`,
      'Errors are between the output and the clean image; the best number of a column has a frame.',
    ],
  };
}

function matrixOf(results: readonly TrialResult[], model: StudiedModel): Matrix {
  const rows = results.filter(({ models }) => models[model.key]).map(({ options }) => String(options.noise));
  const of = (result: TrialResult) =>
    (result.measurements.noise as unknown as NoiseMeasurement | undefined)?.[model.key] ?? {};
  const columns = [...new Set(results.flatMap((result) => Object.keys(of(result))))];
  return {
    model,
    rows,
    columns,
    at: (row, column) => {
      const trial = results.find(({ options }) => options.noise === row);
      return trial && of(trial)[column];
    },
  };
}

function figuresOf(results: readonly TrialResult[], { model, rows, columns, at }: Matrix): Figure[] {
  if (columns.length === 0) return [];
  return MEASURES.map(({ key, name, title, best }) =>
    matrixFigure({
      name: `${key}-${model.key}`,
      title: `${model.title}: ${title} by noise in training and in the test`,
      dataset: datasetOf(results),
      rows,
      columns,
      values: rows.flatMap((row) => columns.map((column) => at(row, column)?.[key] ?? Number.NaN)),
      valueName: name,
      rowTitle: 'Trained on',
      columnTitle: 'Tested on',
      best,
    }),
  );
}

/** Whether it pays to have seen the noise, and what does best over all. */
function ownSentences({ model, rows, columns, at }: Matrix): string[] {
  const shared = columns.filter((column) => rows.includes(column));
  if (rows.length < 2 || shared.length === 0) return [];
  const psnr = (row: string, column: string) => at(row, column)?.psnr ?? Number.NaN;
  const best = (column: string) => [...rows].sort((a, b) => psnr(b, column) - psnr(a, column))[0];
  const own = shared.filter((column) => best(column) === column);
  const means = rows.map((row) => ({
    row,
    mean: columns.reduce((sum, column) => sum + psnr(row, column), 0) / columns.length,
  }));
  const widest = means.reduce((most, each) => (each.mean > most.mean ? each : most));
  return [
    `On ${own.length} of ${shared.length} noises the ${model.title} that was trained on that noise has the highest PSNR.`,
    `Over all tests the ${model.title} trained on ${widest.row} has the highest mean PSNR, ${formatNumber(widest.mean)} dB.`,
  ];
}

/** Each model against the first, at the same noise. */
function comparisons(results: readonly TrialResult[], [first, ...others]: readonly Matrix[]): string[] {
  return others.flatMap((other) => {
    const ratios = first.rows.flatMap((noise) => {
      const [a, b] = [first.at(noise, noise), other.at(noise, noise)];
      return a && b && a.mse > 0 ? [{ noise, change: b.mse / a.mse - 1 }] : [];
    });
    if (ratios.length === 0) return [];
    const changes = ratios.map(({ change }) => change);
    const [low, high] = [Math.min(...changes), Math.max(...changes)];
    const range = ratios.length === 1 ? changeText(low) : `between ${changeText(low)} and ${changeText(high)}`;
    const parameters = [other, first].map(({ model }) => results[0].models[model.key]?.parameters);
    return [
      `Tested on the noise that each was trained on (${listText(ratios.map(({ noise }) => noise))}), the MSE of the ${other.model.title} is ${range} than that of the ${first.model.title}; it has ${shownCount(parameters[0])} parameters, the ${first.model.title} ${shownCount(parameters[1])}.`,
    ];
  });
}

const changeText = (change: number) => `${formatPercent(Math.abs(change))} ${change > 0 ? 'higher' : 'lower'}`;
const shownCount = (count: number | undefined) => (count === undefined ? 'unknown' : count.toLocaleString('en-GB'));

function summaryOf({ model, rows, columns, at }: Matrix): [string, Json] {
  const of = (row: string) => Object.fromEntries(columns.map((column) => [column, { ...at(row, column) } as Json]));
  return [model.key, Object.fromEntries(rows.map((row) => [row, of(row)]))];
}
