import { facts, figureBlock, html, renderPage, type TableCell, table } from '@weft/report';
import type { ModelResult } from '../execute/trial-result.js';
import { datasetName, methodSection } from '../report/study-page.js';
import type { StudyReport } from '../report/study-report.js';
import { NONE, shown } from '../report/texts.js';
import type { SweepResults } from './run-sweep.js';
import { SCORES, scoredModel } from './scores.js';
import type { ScoreName } from './sweep.js';

/** The report of a sweep as a page, which links to the reports of its runs. */
export function sweepPage(results: SweepResults, report: StudyReport): string {
  const { sweep, rows, trials } = results;
  const [{ dataset, synthetic }] = trials;
  const [best] = rows;
  const options = Object.entries(best.options).map(([option, value]) => [option, String(value)] as const);
  return renderPage({
    title: sweep.title,
    meta: `A sweep of ${rows.length} trial${rows.length === 1 ? '' : 's'} on ${datasetName(dataset)}`,
    synthetic,
    lead: report.lead,
    cards: report.cards,
    sections: [
      {
        id: 'best',
        title: 'The best trial',
        body: [
          facts([...options, ['epochs', String(best.epochs)], ['run', best.run]]),
          html`<p><a href="${reportOf(best.run)}">Its own report</a> shows pictures and errors, and how to train it again.</p>`,
        ],
      },
      { id: 'results', title: 'All trials', body: [trialsTable(results)] },
      { id: 'figures', title: 'Figures', body: report.figures.map(figureBlock) },
      methodSection(report, trials),
    ].filter(({ body }) => body.length > 0),
    footer: 'Written by weft sweep. results.json holds all numbers, trials/ each run.',
  });
}

const reportOf = (run: string) => `trials/${run}/report.html`;

/** Measurements besides the score; each is its own column. */
const MEASURED: readonly ScoreName[] = ['loss', 'valLoss', 'testError', 'psnr', 'ssim'];

/** All trials from the best to the worst; a click on the head of a column sorts them by it. */
function trialsTable({ sweep, rows, trials }: SweepResults) {
  const searched = Object.keys(sweep.space);
  const results = new Map(trials.map((result) => [result.name, result]));
  const others = MEASURED.filter((each) => each !== sweep.score.of);
  const numeric = (value: number | undefined | null): TableCell => ({
    text: shown(value),
    order: value ?? Number.NaN,
  });
  const body = rows.map(({ rank, trial, run, options, epochs, score }) => {
    const result = results.get(run);
    const model = result && scoredModel(result, sweep.score);
    return [
      { text: trial, href: reportOf(run) },
      { text: String(rank), order: rank },
      numeric(score),
      { text: String(epochs), order: epochs },
      ...searched.map((option): TableCell => valueCell(options[option])),
      ...others.map((each) => numeric(model && SCORES[each].of(model as ModelResult, result.options))),
    ];
  });
  const head = [
    ...['Trial', 'Rank', SCORES[sweep.score.of].title, 'Epochs', ...searched],
    ...others.map((each) => SCORES[each].title),
  ];
  return table('From the best to the worst', head, body, 1, { sortable: true });
}

function valueCell(value: boolean | number | string | null | undefined): TableCell {
  return { text: String(value ?? NONE), ...(typeof value === 'number' && { order: value }) };
}
