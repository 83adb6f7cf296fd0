import {
  confusionMatrixFigure,
  type DatasetInfo,
  type Figure,
  figureBlock,
  formatNumber,
  formatPercent,
  intervalsFigure,
  list,
  renderPage,
  table,
} from '@weft/report';
import { wrap } from '../arguments/help.js';
import type { OpenRun, RunModel } from '../compare/open-runs.js';
import { datasetTitle } from '../run/results-table.js';
import { formatCount, formatTable } from '../terminal/text.js';
import { WEFT_VERSION } from '../version.js';
import type { ClassifierTask } from './classifiers.js';
import type { Contrast, Judged } from './judge.js';

/** What `weft classify` has found. */
export interface Classification {
  readonly run: Pick<OpenRun, 'name' | 'path'>;
  readonly model: Pick<RunModel, 'key' | 'title'>;
  readonly dataset: DatasetInfo;
  readonly testSha256: string;
  readonly trainCount: number;
  readonly testCount: number;
  readonly settings: Pick<ClassifierTask, 'c' | 'tolerance' | 'maxIterations' | 'neighbours'>;
  readonly judged: readonly Judged[];
  readonly contrasts: readonly Contrast[];
}

/** How prose names a classifier. */
export function classifierName(
  classifier: ClassifierTask['classifier'],
  { neighbours }: Pick<ClassifierTask, 'neighbours'>,
): string {
  if (classifier === 'logistic-regression') return 'Logistic regression';
  return neighbours === 1 ? 'Nearest neighbour' : `${neighbours} nearest neighbours`;
}

/** What classify.json holds. */
export function classifyRecord(found: Classification) {
  const { run, model, dataset, judged, contrasts, ...others } = found;
  return {
    weft: WEFT_VERSION,
    run: run.path,
    model: model.key,
    dataset: dataset.name,
    classNames: dataset.classNames,
    ...others,
    results: judged.map(({ classifier, features, accuracy, fit, confusion }) => ({
      classifier,
      features: features.key,
      size: features.size,
      accuracy: accuracy.estimate,
      interval: [accuracy.lower, accuracy.upper],
      ...fit,
      confusion: dataset.classNames.map((_, row, { length }) => [
        ...confusion.subarray(row * length, (row + 1) * length),
      ]),
    })),
    latentsMinusPixels: contrasts.map(({ classifier, difference }) => ({
      classifier,
      accuracy: difference.estimate,
      interval: [difference.lower, difference.upper],
    })),
  };
}

const HEAD = ['Classifier', 'Features', 'Numbers', 'Accuracy', '95 % interval', 'Objective', 'Iterations', 'Converged'];

function rows({ judged, settings }: Classification): string[][] {
  return judged.map(({ classifier, features, accuracy, fit }) => [
    classifierName(classifier, settings),
    features.name,
    formatCount(features.size),
    formatPercent(accuracy.estimate),
    `${formatPercent(accuracy.lower)} to ${formatPercent(accuracy.upper)}`,
    fit ? formatNumber(fit.objective, 5) : '–',
    fit ? formatCount(fit.iterations) : '–',
    fit ? (fit.converged ? 'yes' : 'no') : '–',
  ]);
}

function sentences({ contrasts, settings, judged, model }: Classification): string[] {
  const compared = contrasts.map(({ classifier, difference: { estimate, lower, upper } }) => {
    const points = (value: number) => formatNumber(100 * value);
    const name = classifierName(classifier, settings);
    const interval = `95 % interval ${points(lower)} to ${points(upper)}`;
    if (lower <= 0 && upper >= 0) {
      return `${name}: the test examples do not tell latents of the ${model.title} and pixels apart (difference in accuracy ${points(estimate)} percentage points, ${interval}).`;
    }
    return `${name}: latents of the ${model.title} give ${points(Math.abs(estimate))} percentage points ${estimate > 0 ? 'more' : 'less'} accuracy than pixels (difference ${points(estimate)}, ${interval}).`;
  });
  const short = judged.filter(({ fit }) => fit && !fit.converged);
  return [
    ...compared,
    ...short.map(
      ({ features, fit }) =>
        `The logistic regression on ${features.name} did not reach its tolerance: ${
          (fit?.iterations ?? 0) < settings.maxIterations
            ? 'in float32 no step made its objective smaller. Give a larger --tolerance.'
            : 'give more --max-iterations.'
        }`,
    ),
  ];
}

const splitText = ({ trainCount, testCount, dataset }: Classification) =>
  `Of the first ${formatCount(trainCount + testCount)} test images of ${datasetTitle(dataset.name)}, in their order, the first ${formatCount(trainCount)} are learned from and the last ${formatCount(testCount)} are tested.`;

/** For the terminal. */
export function classifyText(found: Classification): string {
  const paragraphs = [splitText(found), ...sentences(found)].map((sentence) => wrap(sentence).join('\n'));
  const [head, ...body] = [HEAD, ...rows(found)].map(([classifier, features, ...others]) => [
    `${classifier}, ${features}`,
    ...others,
  ]);
  return [formatTable([['', ...head.slice(1)], ...body]), paragraphs.join('\n')].join('\n\n');
}

/** Accuracies with their intervals, and a confusion matrix for each classifier. */
export function classifyFigures({ judged, dataset, settings }: Classification): Figure[] {
  const heading = { dataset };
  const title = ({ classifier, features }: Judged) => `${classifierName(classifier, settings)}, ${features.name}`;
  return [
    intervalsFigure({
      ...heading,
      name: 'accuracies',
      title: 'Accuracy of classifiers, latents against pixels',
      valueName: 'Accuracy',
      groups: judged.map(({ classifier, features, accuracy }) => ({
        name: `${classifier === 'logistic-regression' ? 'Logistic' : 'Neighbours'}: ${features.key}`,
        values: [],
        interval: accuracy,
      })),
    }),
    ...(dataset.classNames.length > MOST_CLASSES
      ? []
      : judged.map((each) =>
          confusionMatrixFigure({
            ...heading,
            name: `confusion-${each.classifier}-${each.features.key}`,
            title: title(each),
            counts: each.confusion,
            classNames: dataset.classNames,
          }),
        )),
  ];
}

/** As many as a matrix shows. */
const MOST_CLASSES = 20;

/** report.html. */
export function classifyPage(found: Classification, figures: readonly Figure[]): string {
  const { run, model, dataset, settings, judged } = found;
  const [accuracies, ...matrices] = figures;
  return renderPage({
    title: `Classes of ${datasetTitle(dataset.name)}: latents against pixels`,
    meta: `Run ${run.name}, ${model.title}`,
    synthetic: dataset.synthetic,
    lead: sentences(found),
    cards: judged.map(({ accuracy, classifier, features }) => ({
      value: formatPercent(accuracy.estimate),
      name: `${classifierName(classifier, settings)}, ${features.name}`,
    })),
    sections: [
      {
        id: 'accuracies',
        title: 'Accuracies',
        body: [table('Accuracy on the test examples', HEAD, rows(found), 2), figureBlock(accuracies)],
      },
      { id: 'confusion', title: 'Which classes are mistaken', body: matrices.map(figureBlock) },
      { id: 'method', title: 'How it was done', body: [list(method(found))] },
    ],
    footer: 'Written by weft classify. classify.json holds all numbers.',
    generator: `Weft ${WEFT_VERSION}`,
  });
}

function method(found: Classification): string[] {
  const { c, tolerance, maxIterations, neighbours } = found.settings;
  return [
    `${splitText(found)} The model was not trained on any of them.`,
    `Latents are what the encoder of the ${found.model.title} makes of clean images, flattened; pixels lie from 0 to 1. Neither is scaled.`,
    `The logistic regression is multinomial with an L2 penalty on coefficients (C = ${c}), fitted until the largest element of the gradient is at most ${tolerance} or for ${maxIterations} iterations. Its objective is the mean cross-entropy in nats plus the penalty.`,
    `Nearest neighbours vote with equal weights among ${neighbours} by Euclidean distance.`,
    'Intervals are 95 % confidence intervals by the bootstrap over the test examples (2,000 samples, percentiles). Differences are taken example by example.',
  ];
}
