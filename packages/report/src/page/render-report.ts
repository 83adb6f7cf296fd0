import { datasetTitle, type Figure } from '../figures/figure.js';
import { SYNTHETIC_WARNING } from '../figures/svg.js';
import type { RunRecord } from '../record/run-record.js';
import { formatBytes, formatNumber, formatSeconds, withUnit } from '../text/numbers.js';
import { type Html, html, nothing, paragraph } from './html.js';
import { summarySentences } from './run-sentences.js';
import { type Section, sections } from './sections.js';
import { STYLE } from './style.js';
import { joined, trainedModels } from './trained-models.js';

// Whatever came in through the data: nothing runs and nothing is fetched.
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * The report of a run as one HTML file that needs nothing else: no network, no script. All text is escaped, and the
 * figures are embedded as images, in which a browser runs no script either.
 *
 * @param record  what run.json holds
 * @param figures the run's figures, in any order and any number; the text says which are missing
 */
export function renderReport(record: RunRecord, figures: readonly Figure[]): string {
  const content = sections(record, figures);
  const names = trainedModels(record).map(({ name }) => name);
  const title = `${joined(names) || 'No model'} on ${datasetTitle(record.dataset)}`;
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Weft ${record.versions.weft}">
<title>${title} · Weft</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="meta">A run of Weft ${record.versions.weft}, ${instant(record.startedAt)}</p>
${record.data.synthetic ? html`<p class="warning" role="note">${SYNTHETIC_WARNING}.</p>` : nothing}
${paragraph(summarySentences(record))}
${cards(record)}
<nav aria-label="Contents"><ol>${content.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
${content.map(section)}
</main>
<footer>Written by Weft ${record.versions.weft} on Node ${record.versions.node}. Finished ${instant(record.finishedAt)}.</footer>
</body>
</html>
`.html;
}

function section({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

function cards(record: RunRecord): Html {
  const rows = [
    ...trainedModels(record).map(({ name, model }) => [formatNumber(model.testError.mean), `${name}: mean test error`]),
    ...trainedModels(record).map(({ name, model }) => [withUnit(model.psnr.mean, 'dB'), `${name}: mean PSNR`]),
    [formatSeconds(record.seconds.total), 'total time'],
    [formatBytes(record.peakMemoryBytes), 'peak memory'],
  ];
  return html`<div class="cards">${rows.map(([value, name]) => html`<div><strong>${value}</strong><span>${name}</span></div>\n`)}</div>`;
}

function instant(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
