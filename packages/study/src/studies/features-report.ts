import { formatCount, formatNumber, formatPercent, intervalsFigure } from '@weft/report';
import type { Json } from '../definition/study.js';
import type { TrialResult } from '../execute/trial-result.js';
import { datasetOf, modelsOf } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';

/** Share of the test images that were put into their class, with a 95 % interval of the bootstrap over test images. */
export interface Accuracy {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** What two classifiers make of some features. */
export interface FeatureResult {
  /** Numbers for each image. */
  readonly dimensions: number;
  readonly logisticRegression: Accuracy;
  readonly nearestNeighbours: Accuracy;
  /** Whether the logistic regression reached its tolerance. */
  readonly converged: boolean;
}

/** What the measure `features` gives. */
export interface FeaturesMeasurement {
  /** Training images that classifiers were given. */
  readonly examples: number;
  readonly pixels: FeatureResult;
  readonly models: Readonly<Record<string, FeatureResult>>;
}

const CLASSIFIERS = [
  { key: 'logisticRegression', name: 'logistic regression' },
  { key: 'nearestNeighbours', name: 'five nearest neighbours' },
] as const;

interface Row {
  readonly trial: string;
  readonly title: string;
  readonly result: FeatureResult;
}

/** The report of a study of features: are latents better than pixels? */
export function featuresReport(results: readonly TrialResult[]): StudyReport {
  const measured = results.flatMap(({ name, models, measurements }) => {
    const found = measurements.features as unknown as FeaturesMeasurement | undefined;
    return found ? [{ name, models, found }] : [];
  });
  const [first] = measured;
  if (!first)
    return { summary: null, lead: [], cards: [], tables: [], figures: [], method: ['No trial was measured.'] };
  const pixels: Row = { trial: NO_TRIAL, title: 'pixels', result: first.found.pixels };
  const rows = measured.flatMap(({ name, models, found }) =>
    Object.entries(found.models).map(([key, result]) => ({ trial: name, title: models[key]?.title ?? key, result })),
  );
  return {
    summary: Object.fromEntries(measured.map(({ name, found }) => [name, found as unknown as Json])),
    lead: CLASSIFIERS.flatMap(({ key, name }) => sentence(rows, pixels, key, name)),
    cards: [],
    tables: [table([pixels, ...rows])],
    figures: CLASSIFIERS.map(({ key, name }) =>
      intervalsFigure({
        name: key === 'logisticRegression' ? 'logistic-regression' : 'nearest-neighbours',
        title: `Accuracy of ${name} on latents`,
        dataset: datasetOf(results),
        groups: modelsOf(results).map(({ title }) => {
          const own = rows.filter((row) => row.title === title).map(({ result }) => result[key]);
          // The interval of one training is over test images; several show their own spread.
          return {
            name: title,
            values: own.map(({ estimate }) => estimate),
            ...(own.length === 1 && { interval: own[0] }),
          };
        }),
        valueName: 'Accuracy (share of the test images)',
        references: [{ name: 'pixels', value: pixels.result[key].estimate }],
      }),
    ),
    method: [
      `Both classifiers were given the first ${formatCount(first.found.examples)} training images with their classes, and asked for the classes of all test images: once by the pixels, once by the latents of each model, which has never seen a class.`,
      'The logistic regression is multinomial, with an L2 penalty of C = 1; features are given to it as they are.',
      'Intervals are percentile intervals of the bootstrap over test images.',
      ...(rows.every(({ result }) => result.converged)
        ? []
        : ['Not every logistic regression has reached its tolerance: the table names them.']),
    ],
  };
}

const NO_TRIAL = '–';

function sentence(rows: readonly Row[], pixels: Row, key: (typeof CLASSIFIERS)[number]['key'], name: string): string[] {
  if (rows.length === 0) return [];
  const best = rows.reduce((most, row) => (row.result[key].estimate > most.result[key].estimate ? row : most));
  const [of, reference] = [best.result[key], pixels.result[key]];
  const verdict =
    of.lower > reference.upper
      ? 'the latents are better features'
      : of.upper < reference.lower
        ? 'pixels are better features'
        : 'by the intervals neither are better features';
  return [
    `By ${name}, the latents of the ${best.title} (${formatCount(best.result.dimensions)} numbers) put ${formatPercent(of.estimate)} of the test images into their class, pixels (${formatCount(pixels.result.dimensions)} numbers) ${formatPercent(reference.estimate)}: ${verdict}.`,
  ];
}

function table(rows: readonly Row[]) {
  const bounds = ({ lower, upper }: Accuracy) => `${formatNumber(lower)} to ${formatNumber(upper)}`;
  return {
    caption: 'Share of the test images that are put into their class',
    head: [
      'Features',
      'Trial',
      'Numbers',
      'Logistic regression',
      '95 % interval',
      'Five nearest neighbours',
      '95 % interval',
    ],
    rows: rows.map(({ trial, title, result }) => [
      title,
      trial,
      formatCount(result.dimensions),
      `${formatNumber(result.logisticRegression.estimate)}${result.converged ? '' : ' (not converged)'}`,
      bounds(result.logisticRegression),
      formatNumber(result.nearestNeighbours.estimate),
      bounds(result.nearestNeighbours),
    ]),
    textColumns: 2,
  };
}
