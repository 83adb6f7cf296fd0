import { formatCount, formatNumber, linesFigure } from '@weft/report';
import type { ModelResult, TrialResult } from '../execute/trial-result.js';
import { type Level, levelsOf, middle } from '../report/levels.js';
import { datasetOf, modelsOf, type StudiedModel } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { shown } from '../report/texts.js';

const MEASURES = [
  {
    key: 'mse',
    title: 'Test error',
    name: 'MSE (squared pixel intensity)',
    of: (model: ModelResult) => model.testError.mean,
  },
  { key: 'ssim', title: 'SSIM', name: 'SSIM', of: ({ ssim }: ModelResult) => ssim },
] as const;

/** The report of a study of the bottleneck: error against the size of the latent. */
export function bottleneckReport(trials: readonly TrialResult[]): StudyReport {
  const levels = levelsOf(trials, 'latentSize').sort((a, b) => Number(a.value) - Number(b.value));
  const models = modelsOf(trials);
  const of = ({ key }: StudiedModel) => levels.filter(({ model }) => model.key === key);
  const seeds = Math.max(...levels.map(({ results }) => results.length));
  return {
    summary: models.flatMap((model) =>
      of(model).map(({ value, results }) => ({
        model: model.key,
        latentSize: value,
        parameters: results[0].parameters,
        ...Object.fromEntries(MEASURES.map((measure) => [measure.key, results.map(measure.of)])),
      })),
    ),
    lead: models.flatMap((model) => sentences(of(model), model.title)),
    cards: [],
    tables: [
      {
        caption: seeds > 1 ? `Medians of ${seeds} seeds on the test images` : 'On the test images',
        head: ['Model', 'Numbers in a latent', 'Parameters', 'MSE', 'PSNR (dB)', 'SSIM'],
        rows: models.flatMap((model) =>
          of(model).map((level) => [
            model.title,
            formatCount(Number(level.value)),
            formatCount(level.results[0].parameters),
            ...[
              ({ testError }: ModelResult) => testError.mean,
              ({ psnr }: ModelResult) => psnr,
              ({ ssim }: ModelResult) => ssim,
            ].map((each) => shown(middle(level, each))),
          ]),
        ),
        textColumns: 1,
      },
    ],
    figures: MEASURES.map((measure) =>
      linesFigure({
        name: `${measure.key}-by-size`,
        title: `${measure.title} against the size of the latent`,
        dataset: datasetOf(trials),
        series: models.map((model) => ({ name: model.title, ...line(of(model), measure.of, seeds > 1) })),
        xTitle: 'Numbers in a latent',
        yTitle: measure.name,
        ...(seeds > 1 && { bandName: `lowest to highest of ${seeds} seeds` }),
      }),
    ),
    method: [
      'Everything but the size of the latent is the same in all trainings; with it the number of parameters changes.',
    ],
  };
}

function line(levels: readonly Level[], of: (model: ModelResult) => number, hasBand: boolean) {
  const ends = (end: (...values: number[]) => number) => levels.map(({ results }) => end(...results.map(of)));
  return {
    x: levels.map(({ value }) => Number(value)),
    y: levels.map((level) => middle(level, of)),
    ...(hasBand && { low: ends(Math.min), high: ends(Math.max) }),
  };
}

function sentences(levels: readonly Level[], title: string): string[] {
  const known = levels.filter((level) => Number.isFinite(middle(level, MEASURES[0].of)));
  if (known.length < 2) return [];
  const error = (level: Level) => middle(level, MEASURES[0].of);
  const [smallest, largest] = [known[0], known[known.length - 1]];
  const best = known.reduce((least, level) => (error(level) < error(least) ? level : least));
  const falls = known.every((level, at) => at === 0 || error(level) < error(known[at - 1]));
  return [
    `The test error of the ${title} goes from ${formatNumber(error(smallest))} with ${formatCount(Number(smallest.value))} numbers in a latent to ${formatNumber(error(largest))} with ${formatCount(Number(largest.value))}; ${falls ? 'it falls with every step' : `it is lowest, ${formatNumber(error(best))}, with ${formatCount(Number(best.value))}`}.`,
  ];
}
