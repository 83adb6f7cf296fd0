import { formatCount, formatDuration, formatValue } from '../../terminal/text.js';
import type { EpochView, ModelView, SamplesView } from '../views.js';
import { element, Part, say } from './dom.js';
import { LossChart } from './loss-chart.js';

const number = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value));

/** A model of a run: its losses as a chart and a table, and what it makes of test images. */
export class ModelSection {
  readonly node = element('section');
  private readonly chart: LossChart;
  private readonly about = element('p', { class: 'muted' });
  private readonly table = new Part(element('div', { class: 'scroll', tabindex: 0 }), epochTable);
  private readonly details: HTMLDetailsElement;
  private readonly samples: Part<SamplesView | null>;
  private readonly note = element('p', { class: 'muted' });

  constructor({ key, title }: ModelView, address: string) {
    this.chart = new LossChart(title);
    this.table.node.setAttribute('role', 'region');
    this.table.node.setAttribute('aria-label', `Epochs of the ${title}`);
    this.details = element('details', {}, element('summary', {}, `Epochs of the ${title} as a table`), this.table.node);
    this.samples = new Part(element('div'), (samples) => sampleRows(samples, title, address));
    const heading = element('h2', { id: `model-${key}` }, title);
    this.node.setAttribute('aria-labelledby', heading.id);
    this.node.append(heading, this.about, this.chart.node, this.details, this.samples.node, this.note);
  }

  update({ rows, curve, done, epochs, test, samples, samplesNote }: ModelView): void {
    const asked = epochs === null ? '' : ` of ${epochs}`;
    const tested = test
      ? ` On the test images: mean squared error ${number(test.mse, formatValue)}, PSNR ${number(test.psnr, (value) => value.toFixed(2))} dB, SSIM ${number(test.ssim, (value) => value.toFixed(4))}.`
      : '';
    say(this.about, done === 0 ? 'No epoch is done yet.' : `${done}${asked} epochs are done.${tested}`);
    this.chart.update(rows, curve);
    this.details.hidden = rows.length === 0;
    this.table.update(rows);
    this.samples.update(samples);
    say(this.note, samplesNote ?? '');
  }
}

function epochTable(rows: readonly EpochView[]): HTMLElement[] {
  const head = ['Epoch', 'Loss', 'Validation loss', 'Time', 'Images a second'];
  const cells = (row: EpochView) => [
    number(row.loss, formatValue),
    number(row.valLoss, formatValue),
    number(row.seconds, formatDuration),
    number(row.imagesPerSecond, formatCount),
  ];
  const line = (row: EpochView) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(row.epoch)),
      ...cells(row).map((cell) => element('td', {}, cell)),
    );
  const headings = head.map((name) => element('th', { scope: 'col' }, name));
  return [
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...headings)),
      element('tbody', {}, ...[...rows].reverse().map(line)),
    ),
  ];
}

function sampleRows(samples: SamplesView | null, title: string, address: string): HTMLElement[] {
  if (!samples) return [];
  const { count, width, height, rows } = samples;
  const cells = rows.flatMap((row) => [
    element('span', {}, row.title),
    element('img', {
      src: `${address}/${row.file}`,
      alt: `${row.title}: ${count} test images, by the ${title}`,
      width: count * width,
      height,
    }),
  ]);
  return [
    element('h3', {}, `The same ${count} test images as its weights change`),
    element('div', { class: 'samples' }, ...cells),
    element(
      'p',
      { class: 'muted' },
      'weft train writes the weights whenever the loss is the lowest so far; a row is added each time.',
    ),
  ];
}
