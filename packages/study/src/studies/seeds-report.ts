import { type Figure, formatNumber, intervalsFigure, lossCurvesFigure } from '@weft/report';
import type { Json } from '../definition/study.js';
import type { ModelResult, TrialResult } from '../execute/trial-result.js';
import { type Spread, spreadOf } from '../report/spread.js';
import { datasetOf, modelsOf, type StudiedModel } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { boundsText, listText, NONE, shown } from '../report/texts.js';

/** The seed that is judged against the others, if it is there. */
const DEFAULT_SEED = 42;
/** So many others are needed to judge one. */
const FEWEST_OTHERS = 3;

/** What is compared between seeds. */
const MEASURES: readonly {
  key: string;
  name: string;
  lowerIsBetter: boolean;
  of: (model: ModelResult) => number | undefined;
}[] = [
  { key: 'valLoss', name: 'final validation loss', lowerIsBetter: true, of: ({ valLoss }) => valLoss.at(-1) },
  { key: 'testMse', name: 'test error (MSE)', lowerIsBetter: true, of: ({ testError }) => testError.mean },
  { key: 'psnr', name: 'PSNR (dB)', lowerIsBetter: false, of: ({ psnr }) => psnr },
  { key: 'ssim', name: 'SSIM', lowerIsBetter: false, of: ({ ssim }) => ssim },
];

/** What the sentences are about. */
const IN_SENTENCES = ['valLoss', 'testMse'];

/** The default seed against the others. */
interface Judgement {
  readonly seed: number;
  readonly value: number;
  readonly within: boolean;
}

interface Compared {
  readonly model: StudiedModel;
  readonly measure: (typeof MEASURES)[number];
  readonly values: readonly { readonly seed: number; readonly value: number }[];
  /** Of all seeds but the one that is judged. */
  readonly spread: Spread;
  readonly judgement: Judgement | undefined;
}

/** The report of a study of seeds: how far results scatter, and whether that of the default seed is luck. */
export function seedsReport(results: readonly TrialResult[]): StudyReport {
  const models = modelsOf(results);
  const compared = models.flatMap((model) => MEASURES.flatMap((measure) => compare(results, model, measure) ?? []));
  const head = [
    'Model',
    'Measure',
    'Seeds',
    'Median',
    '95 % interval',
    'Mean',
    '95 % interval',
    'Standard deviation',
    '95 % prediction interval',
    `Seed ${DEFAULT_SEED}`,
  ];
  const judges = compared.some(({ judgement }) => judgement);
  const columns = judges ? head.length : head.length - 1;
  return {
    summary: summaryOf(compared),
    lead: compared.flatMap(sentences),
    cards: compared
      .filter(({ measure }) => measure.key === 'testMse')
      .map(({ model, spread }) => ({ value: formatNumber(spread.median), name: `${model.title}: median test error` })),
    tables: [
      {
        caption: 'Results over the seeds',
        head: head.slice(0, columns),
        rows: compared.map((each) => row(each).slice(0, columns)),
        textColumns: 2,
      },
    ],
    figures: [
      ...models.map((model) =>
        lossCurvesFigure({
          name: `losses-${model.key}`,
          title: `${model.title}: loss over the epochs, ${results.length} seeds`,
          dataset: datasetOf(results),
          runs: [{ name: model.title, histories: historiesOf(results, model) }],
        }),
      ),
      ...compared.filter(({ measure }) => measure.key === 'testMse').map((each) => spreadFigure(results, each)),
    ],
    method: method(results, judges),
  };
}

function compare(
  results: readonly TrialResult[],
  model: StudiedModel,
  measure: Compared['measure'],
): Compared | undefined {
  const values = results.flatMap(({ options, models }) => {
    const result = models[model.key];
    const value = result && measure.of(result);
    return value === undefined ? [] : [{ seed: Number(options.seed), value }];
  });
  const judged = values.find(({ seed, value }) => seed === DEFAULT_SEED && Number.isFinite(value));
  const others = values.filter((each) => each !== judged);
  const isJudged = judged && others.filter(({ value }) => Number.isFinite(value)).length >= FEWEST_OTHERS;
  const spread = spreadOf((isJudged ? others : values).map(({ value }) => value));
  if (!spread) return undefined;
  const bounds = spread.predictionInterval;
  return {
    model,
    measure,
    values,
    spread,
    judgement:
      isJudged && bounds ? { ...judged, within: judged.value >= bounds[0] && judged.value <= bounds[1] } : undefined,
  };
}

function row({ model, measure, spread, judgement }: Compared): string[] {
  return [
    model.title,
    measure.name,
    String(spread.count),
    shown(spread.median),
    boundsText(spread.medianInterval),
    shown(spread.mean),
    boundsText(spread.meanInterval),
    shown(spread.standardDeviation),
    boundsText(spread.predictionInterval),
    judgement ? `${formatNumber(judgement.value)}, ${judgement.within ? 'within' : 'outside'}` : NONE,
  ];
}

function sentences({ model, measure, values, spread, judgement }: Compared): string[] {
  // PSNR and SSIM go with the error: they are spoken of where they tell something else.
  if (!IN_SENTENCES.includes(measure.key) && judgement?.within !== false) return [];
  const { count, median, medianInterval, smallest, largest, predictionInterval } = spread;
  const lost = values.filter(({ value }) => !Number.isFinite(value));
  const what = `${measure.name} of the ${model.title}`;
  return [
    count === 1
      ? `The ${what} is ${formatNumber(median)}, of one seed: of a spread it says nothing.`
      : `The ${what} has a median of ${formatNumber(median)} over ${count} seeds (95 % interval ${boundsText(medianInterval)}); values reach from ${formatNumber(smallest)} to ${formatNumber(largest)}.`,
    ...(lost.length > 0
      ? [
          `Of seed ${listText(lost.map(({ seed }) => String(seed)))} it is no finite number: this training has diverged and is left out.`,
        ]
      : []),
    ...(judgement && predictionInterval ? [judged(judgement, predictionInterval, count, measure.lowerIsBetter)] : []),
  ];
}

function judged(
  { seed, value, within }: Judgement,
  bounds: readonly [number, number],
  count: number,
  lowerIsBetter: boolean,
): string {
  const text = `Seed ${seed} comes to ${formatNumber(value)}, ${within ? 'within' : 'outside'} the 95 % prediction interval of the other ${count} seeds (${boundsText(bounds)})`;
  if (within) return `${text}: it is a result as other seeds let expect.`;
  const isBetter = value < bounds[0] === lowerIsBetter;
  return `${text}: ${isBetter ? 'better' : 'worse'} than other seeds let expect.`;
}

/** Each seed's test error, with the interval in which one more is to be expected. */
function spreadFigure(results: readonly TrialResult[], { model, values, spread, judgement }: Compared): Figure {
  const others = values.filter(({ seed, value }) => seed !== judgement?.seed && Number.isFinite(value));
  const [lower, upper] = spread.predictionInterval ?? [spread.smallest, spread.largest];
  const seeds = judgement ? `the other ${others.length} seeds` : `${others.length} seeds`;
  return intervalsFigure({
    name: `spread-${model.key}`,
    title: `${model.title}: test error by seed`,
    dataset: datasetOf(results),
    groups: [
      {
        name: judgement ? 'other seeds' : 'all seeds',
        values: others.map(({ value }) => value),
        interval: { estimate: spread.mean, lower, upper },
      },
    ],
    valueName: 'MSE (squared pixel intensity)',
    intervalName: spread.predictionInterval ? `95 % prediction interval of ${seeds}` : 'range',
    ...(judgement && { references: [{ name: `seed ${judgement.seed}`, value: judgement.value }] }),
  });
}

function historiesOf(results: readonly TrialResult[], { key }: StudiedModel) {
  return results.flatMap(({ models }) => {
    const model = models[key];
    return model ? [{ loss: model.loss, valLoss: model.valLoss }] : [];
  });
}

function summaryOf(compared: readonly Compared[]): Json {
  const summary: Record<string, Record<string, Json>> = {};
  for (const { model, measure, values, spread, judgement } of compared) {
    summary[model.key] ??= {};
    summary[model.key][measure.key] = {
      values: Object.fromEntries(values.map(({ seed, value }) => [seed, value])),
      ...spread,
      ...(judgement && { judged: { ...judgement } }),
    };
  }
  return summary;
}

function method(results: readonly TrialResult[], judges: boolean): string[] {
  return [
    `Each seed decides first weights, the order of images and the noise; everything else is the same in all ${results.length} trainings.`,
    'Intervals of medians and means are percentile intervals of the bootstrap with 10,000 samples; of so few values they are rough, and rather too narrow.',
    "The prediction interval says where one more seed lies with a probability of 95 %, by Student's distribution, if results are normally distributed.",
    ...(judges ? [`Seed ${DEFAULT_SEED}, the default, is judged against the others and not counted among them.`] : []),
  ];
}
