import { formatNumber, formatPercent, rocFigure } from '@weft/report';
import type { AnomalyResult } from '../anomaly/judge-scores.js';
import type { Json } from '../definition/study.js';
import type { TrialResult } from '../execute/trial-result.js';
import { datasetOf, modelsOf, type StudiedModel } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { listText } from '../report/texts.js';

/** What the measure `anomaly` gives: the name of the normal class, and what the scores of each model come to. */
export interface AnomalyMeasurement {
  readonly normal: string;
  readonly models: Readonly<Record<string, AnomalyResult>>;
}

interface Row {
  readonly normal: string;
  readonly result: AnomalyResult;
}

/** The report of a study of anomalies: how well each class is told from all others by a model that knows it alone. */
export function anomalyReport(results: readonly TrialResult[]): StudyReport {
  const models = modelsOf(results).map((model) => ({ model, rows: rowsOf(results, model) }));
  return {
    summary: Object.fromEntries(models.map(({ model, rows }) => [model.key, summaryOf(rows)])),
    lead: models.flatMap(({ model, rows }) => sentences(model, rows)),
    cards: models.map(({ model, rows }) => ({
      value: formatNumber(meanAuroc(rows)),
      name: `${model.title}: mean AUROC`,
    })),
    tables: models.map(({ model, rows }) => ({
      caption: `${model.title}: one class normal, all others anomalies`,
      head: [
        'Normal class',
        'Score',
        'AUROC',
        '95 % interval',
        'Average precision',
        '95 % interval',
        'False alarms',
        'Found',
      ],
      rows: [...rows.map(cells), meanCells(rows)],
      textColumns: 2,
    })),
    figures: models.map(({ model, rows }) =>
      rocFigure({
        name: `roc-${model.key}`,
        title: `${model.title}: anomalies found against false alarms, by normal class`,
        dataset: datasetOf(results),
        curves: rows.map(({ normal, result }) => ({ name: normal, ...result.roc })),
      }),
    ),
    method: method(models.flatMap(({ rows }) => rows)),
    sections: [],
  };
}

function rowsOf(results: readonly TrialResult[], { key }: StudiedModel): Row[] {
  return results.flatMap(({ measurements }) => {
    const measured = measurements.anomaly as unknown as AnomalyMeasurement | undefined;
    const result = measured?.models[key];
    return measured && result ? [{ normal: measured.normal, result }] : [];
  });
}

function cells({ normal, result }: Row): string[] {
  const { chosen, auroc, averagePrecision, falsePositiveRate, recall } = result;
  const bounds = ({ lower, upper }: AnomalyResult['auroc']) => `${formatNumber(lower)} to ${formatNumber(upper)}`;
  return [
    normal,
    chosen,
    formatNumber(auroc.estimate),
    bounds(auroc),
    formatNumber(averagePrecision.estimate),
    bounds(averagePrecision),
    formatPercent(falsePositiveRate),
    formatPercent(recall),
  ];
}

const average = (rows: readonly Row[], of: (result: AnomalyResult) => number) =>
  rows.reduce((sum, { result }) => sum + of(result), 0) / rows.length;
const meanAuroc = (rows: readonly Row[]) => average(rows, ({ auroc }) => auroc.estimate);

function meanCells(rows: readonly Row[]): string[] {
  return [
    'mean',
    '',
    formatNumber(meanAuroc(rows)),
    '',
    formatNumber(average(rows, ({ averagePrecision }) => averagePrecision.estimate)),
    '',
    formatPercent(average(rows, ({ falsePositiveRate }) => falsePositiveRate)),
    formatPercent(average(rows, ({ recall }) => recall)),
  ];
}

function sentences({ title }: StudiedModel, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const sorted = [...rows].sort((a, b) => b.result.auroc.estimate - a.result.auroc.estimate);
  const [easiest, hardest] = [sorted[0], sorted[sorted.length - 1]];
  const of = rows.length === 1 ? `with ${easiest.normal} as normal` : `the mean over ${rows.length} normal classes`;
  return [
    `The ${title} has an AUROC of ${formatNumber(meanAuroc(rows))}, ${of}.`,
    ...(rows.length > 1
      ? [
          `The others are told best from ${easiest.normal} (${formatNumber(easiest.result.auroc.estimate)}), worst from ${hardest.normal} (${formatNumber(hardest.result.auroc.estimate)}).`,
        ]
      : []),
    ...choiceSentences(rows),
  ];
}

/** How far the choice is from the best one, which only labels know. */
function choiceSentences(rows: readonly Row[]): string[] {
  const names = Object.keys(rows[0].result.scores);
  if (names.length < 2) return [];
  const best = average(rows, ({ scores }) => Math.max(...names.map((name) => scores[name].auroc)));
  const always = names.map((name) => `${name} ${formatNumber(average(rows, ({ scores }) => scores[name].auroc))}`);
  return [
    `One score for all classes would have: ${listText(always)}. The best score of each class, which only anomalies could tell, has ${formatNumber(best)}.`,
  ];
}

function summaryOf(rows: readonly Row[]): Json {
  return {
    meanAuroc: rows.length > 0 ? meanAuroc(rows) : null,
    meanAveragePrecision: rows.length > 0 ? average(rows, ({ averagePrecision }) => averagePrecision.estimate) : null,
    classes: rows.map(({ normal, result: { roc: _roc, ...result } }) => ({ normal, ...result })) as unknown as Json,
  };
}

function method(rows: readonly Row[]): string[] {
  const [first] = rows;
  if (!first) return ['No trial was measured.'];
  return [
    'Each model was trained on the training images of one class alone. Test images of that class are normal, all others are anomalies; no anomaly was seen before the test.',
    `Candidates for the score of an image: ${listText(Object.keys(first.result.scores))}. mse and mae are the mean squared and absolute error of its reconstruction, ssim is 1 - SSIM, latent the mean distance of its latent to the five nearest of 5,000 training images at most, in 32 principal components at most.`,
    'The score is chosen on normal validation images alone: the one with the largest AUROC for telling them from the same images upside down and with their quarters in another order. Anomalies take no part in it.',
    `An image is called an anomaly from the ${formatPercent(first.result.quantile, 0)} quantile of the scores of validation images on: about ${formatPercent(1 - first.result.quantile, 0)} false alarms are to be expected.`,
    'Intervals are percentile intervals of the bootstrap over test images (400 samples): they say nothing of other trainings.',
  ];
}
