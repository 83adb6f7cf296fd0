import { datasetTitle, type Figure } from '../figures/figure.js';
import type { RunRecord } from '../record/run-record.js';
import { formatBytes, formatNumber, formatSeconds, withUnit } from '../text/numbers.js';
import { type Card, renderPage } from './render-page.js';
import { summarySentences } from './run-sentences.js';
import { sections } from './sections.js';
import { joined, trainedModels } from './trained-models.js';

/**
 * The report of a run as one HTML file that needs nothing else: no network, no script. All text is escaped, and the
 * figures are embedded as images, in which a browser runs no script either.
 *
 * @param record  what run.json holds
 * @param figures the run's figures, in any order and any number; the text says which are missing
 * @example
 * import { readFileSync, writeFileSync } from 'node:fs';
 * const record = parseRunRecord(readFileSync('runs/first/run.json', 'utf8'));
 * writeFileSync('report.html', renderReport(record, [])); // without figures
 */
export function renderReport(record: RunRecord, figures: readonly Figure[]): string {
  const names = trainedModels(record).map(({ name }) => name);
  const title = `${joined(names) || 'No model'} on ${datasetTitle(record.dataset)}`;
  const { weft, node } = record.versions;
  return renderPage({
    title,
    meta: `A run of Weft ${weft}, ${instant(record.startedAt)}`,
    synthetic: record.data.synthetic,
    lead: summarySentences(record),
    cards: cards(record),
    sections: sections(record, figures),
    footer: `Written by Weft ${weft} on Node ${node}. Finished ${instant(record.finishedAt)}.`,
    generator: `Weft ${weft}`,
  });
}

function cards(record: RunRecord): Card[] {
  const trained = trainedModels(record);
  return [
    ...trained.map(({ name, model }) => ({
      value: formatNumber(model.testError.mean),
      name: `${name}: mean test error`,
    })),
    ...trained.map(({ name, model }) => ({ value: withUnit(model.psnr.mean, 'dB'), name: `${name}: mean PSNR` })),
    { value: formatSeconds(record.seconds.total), name: 'total time' },
    { value: formatBytes(record.peakMemoryBytes), name: 'peak memory' },
  ];
}

function instant(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
