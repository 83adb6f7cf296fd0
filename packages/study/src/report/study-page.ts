import { figureBlock, formatCount, list, type PageSection, paragraph, renderPage, table } from '@weft/report';
import { variedOptions } from '../execute/results-csv.js';
import type { StudyResults } from '../run-study.js';
import type { StudyReport } from './study-report.js';
import { listText, NONE, shown } from './texts.js';

/** The report of a study as a page. */
export function studyPage({ study, trials }: Pick<StudyResults, 'study' | 'trials'>, report: StudyReport): string {
  const [{ dataset, synthetic }] = trials;
  const sections: PageSection[] = [
    {
      id: 'results',
      title: 'Results',
      body: report.tables.map(({ caption, head, rows, textColumns }) => table(caption, head, rows, textColumns)),
    },
    { id: 'figures', title: 'Figures', body: report.figures.map(figureBlock) },
    ...(report.sections ?? []),
    methodSection(report, trials),
    { id: 'trials', title: 'All trials', body: [trialsTable(trials)] },
  ];
  return renderPage({
    title: study.title,
    meta: `A study of ${trials.length} trial${trials.length === 1 ? '' : 's'} on ${datasetName(dataset)}`,
    synthetic,
    lead: report.lead,
    cards: report.cards,
    sections: sections.filter(({ body }) => body.length > 0),
    footer: 'Written by weft study. results.json holds all numbers, trials/ each run.',
  });
}

/** How the trials were done, and what they have in common. */
export function methodSection({ method }: Pick<StudyReport, 'method'>, trials: StudyResults['trials']): PageSection {
  const counts = [trials[0].trainCount, trials[0].validationCount, trials[0].testCount].map(formatCount);
  const images = `First trial: ${counts[0]} images to train on, ${counts[1]} to validate with, ${counts[2]} to test on.`;
  return { id: 'method', title: 'How it was done', body: [list(method), paragraph([images]), settings(trials)] };
}

/** A data set as prose names it. */
export const datasetName = (name: string) =>
  name === 'fashion-mnist' ? 'Fashion-MNIST' : name === 'synthetic' ? 'synthetic garments' : name;

/** The options that all trials share. */
function settings(trials: StudyResults['trials']) {
  const varied = variedOptions(trials);
  const shared = Object.entries(trials[0].options).filter(([name, value]) => !varied.includes(name) && value !== null);
  return paragraph([`All trials have ${listText(shared.map(([name, value]) => `${name} ${value}`))}.`]);
}

function trialsTable(trials: StudyResults['trials']) {
  const varied = variedOptions(trials);
  const head = [
    'Trial',
    'Model',
    ...varied,
    'Parameters',
    'Loss',
    'Validation loss',
    'Test error (MSE)',
    'PSNR (dB)',
    'SSIM',
  ];
  const rows = trials.flatMap(({ name, options, models }) =>
    Object.values(models).map(({ title, parameters, loss, valLoss, testError, psnr, ssim }) => [
      name,
      title,
      ...varied.map((option) => String(options[option] ?? NONE)),
      parameters.toLocaleString('en-GB'),
      ...[loss.at(-1), valLoss.at(-1), testError.mean, psnr, ssim].map(shown),
    ]),
  );
  return table('Final losses and test errors', head, rows, 2 + varied.length);
}
