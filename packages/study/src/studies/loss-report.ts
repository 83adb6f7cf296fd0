import { type Figure, formatNumber, intervalsFigure } from '@weft/report';
import type { ModelResult, TrialResult } from '../execute/trial-result.js';
import { type Level, levelsOf, middle } from '../report/levels.js';
import { datasetOf, modelsOf } from '../report/studied-models.js';
import type { StudyReport } from '../report/study-report.js';
import { shown } from '../report/texts.js';

const MEASURES = [
  {
    key: 'mse',
    title: 'MSE',
    name: 'MSE (squared pixel intensity)',
    best: Math.min,
    of: (model: ModelResult) => model.testError.mean,
  },
  { key: 'psnr', title: 'PSNR', name: 'PSNR (dB)', best: Math.max, of: ({ psnr }: ModelResult) => psnr },
  { key: 'ssim', title: 'SSIM', name: 'SSIM', best: Math.max, of: ({ ssim }: ModelResult) => ssim },
] as const;

/** The report of a study of losses: MSE, PSNR and SSIM of what was trained on each. */
export function lossReport(trials: readonly TrialResult[]): StudyReport {
  const levels = levelsOf(trials, 'loss');
  const seeds = Math.max(...levels.map(({ results }) => results.length));
  return {
    summary: levels.map((level) => ({
      model: level.model.key,
      loss: level.value,
      ...Object.fromEntries(MEASURES.map(({ key, of }) => [key, level.results.map(of)])),
    })),
    lead: modelsOf(trials).flatMap(({ key, title }) =>
      sentences(
        levels.filter(({ model }) => model.key === key),
        title,
      ),
    ),
    cards: [],
    tables: [
      {
        caption: seeds > 1 ? `Medians of ${seeds} seeds on the test images` : 'On the test images',
        head: ['Model', 'Loss', ...MEASURES.map(({ name }) => name)],
        rows: levels.map((level) => [
          level.model.title,
          String(level.value),
          ...MEASURES.map(({ of }) => shown(middle(level, of))),
        ]),
        textColumns: 2,
      },
    ],
    figures: MEASURES.slice(1).map((measure) => figure(trials, levels, measure)),
    method: [
      'Models, images and everything else are the same for all losses; each is tested by all three measures on the same test images.',
      ...(seeds > 1
        ? [`Each loss was trained on with ${seeds} seeds.`]
        : ['Each loss was trained on with one seed: a small difference may be chance.']),
    ],
  };
}

function figure(
  trials: readonly TrialResult[],
  levels: readonly Level[],
  { key, title, name, of }: (typeof MEASURES)[number],
): Figure {
  const several = modelsOf(trials).length > 1;
  return intervalsFigure({
    name: `${key}-by-loss`,
    title: `${title} on the test images by loss`,
    dataset: datasetOf(trials),
    groups: levels.map(({ model, value, results }) => ({
      name: several ? `${model.title}, ${value}` : String(value),
      values: results.map(of),
    })),
    valueName: name,
  });
}

function sentences(levels: readonly Level[], title: string): string[] {
  const [first] = levels;
  if (levels.length < 2) return [];
  return [
    ...MEASURES.flatMap(({ title: measure, best, of }) => {
      const known = levels.filter((level) => Number.isFinite(middle(level, of)));
      if (known.length === 0) return [];
      const value = best(...known.map((level) => middle(level, of)));
      const winner = known.find((level) => middle(level, of) === value) as Level;
      return [
        `Of the ${title}, training on ${winner.value} gives the best ${measure}, ${formatNumber(value)}${measure === 'PSNR' ? ' dB' : ''}.`,
      ];
    }),
    ...change(
      levels.find(({ value }) => value === 'mse') ?? first,
      levels.find(({ value }) => value === 'ssim'),
      title,
    ),
  ];
}

/** What training on SSIM changes. */
function change(before: Level, after: Level | undefined, title: string): string[] {
  if (!after || after === before) return [];
  const [ssim, psnr] = MEASURES.slice(1)
    .reverse()
    .map(({ of }) => middle(after, of) - middle(before, of));
  const verb = (difference: number) => (difference < 0 ? 'lowers' : 'raises');
  return [
    `For the ${title}, training on ssim in place of ${before.value} ${verb(ssim)} SSIM by ${formatNumber(Math.abs(ssim))}, and ${verb(psnr)} PSNR by ${formatNumber(Math.abs(psnr))} dB.`,
  ];
}
