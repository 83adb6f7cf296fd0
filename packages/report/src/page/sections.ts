import type { Figure } from '../figures/figure.js';
import type { ModelRecord, RunRecord } from '../record/run-record.js';
import { counted, formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from '../text/numbers.js';
import { facts, type Html, html, nothing, paragraph, table } from './html.js';
import {
  comparisonSentences,
  denoisingSentences,
  errorSentences,
  latentSentences,
  psnrSentences,
} from './result-sentences.js';
import {
  dataSentences,
  limitSentences,
  missingFigureSentences,
  reproduceCommand,
  trainedModels,
} from './run-sentences.js';
import { trainingSentences } from './training-sentences.js';

/** A part of the report with a heading of its own. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: readonly Html[];
}

type Show = (number: number) => Html;

/** The report's parts in reading order. */
export function sections(record: RunRecord, figures: readonly Figure[]): Section[] {
  const show: Show = (number) => {
    const figure = figures.find(({ name }) => name === `figure-${number}`);
    return figure ? embedded(number, figure) : nothing;
  };
  const { cae, cdae } = record.models;
  const missing = missingFigureSentences(
    record,
    figures.map(({ name }) => name),
  );
  return [
    { id: 'data', title: 'Data', body: dataSection(record, show) },
    { id: 'models', title: 'Models', body: modelSection(record) },
    { id: 'training', title: 'Training', body: trainingSection(record, show) },
    { id: 'results', title: 'Results', body: [...resultSection(record, show), paragraph(missing)] },
    ...(cae && cdae ? [{ id: 'comparison', title: 'CAE and CDAE', body: comparisonSection(cae, cdae) }] : []),
    { id: 'limits', title: 'Limits', body: [list(limitSentences(record))] },
    { id: 'reproduce', title: 'How to reproduce it', body: reproduceSection(record) },
  ];
}

function embedded(number: number, { name, title, caption, svg }: Figure): Html {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<figure id="${name}"><div class="sheet"><img src="${source}" alt="${title}. ${caption}"></div>
<figcaption><b>Figure ${number}.</b> ${caption}</figcaption></figure>
`;
}

function dataSection(record: RunRecord, show: Show): Html[] {
  const { data } = record;
  const checksums = Object.entries(data.checksums);
  return [
    paragraph(dataSentences(record)),
    show(1),
    facts([
      ['Origin', data.origin],
      ['Classes', data.classNames.join(', ')],
    ]),
    checksums.length === 0 ? nothing : html`<details><summary>Checksums</summary>${facts(checksums)}</details>`,
  ];
}

function modelSection(record: RunRecord): Html[] {
  const { options } = record;
  const trained = trainedModels(record);
  const layers = ({ layers }: ModelRecord) =>
    layers.map(({ name, type, outputShape, parameters }) => [
      name,
      type,
      outputShape.join(' × '),
      formatCount(parameters),
    ]);
  const head = ['Layer', 'Type', 'Output', 'Parameters'];
  const [first, second] = trained;
  const alike = second && JSON.stringify(layers(first.model)) === JSON.stringify(layers(second.model));
  const shown = alike ? [{ name: 'CAE and CDAE', model: first.model }] : trained;
  const noise = `Gaussian noise of standard deviation ${formatNumber(options.noiseFactor, 2)}, clipped to [0, 1], ${options.noisePerEpoch ? 'drawn anew for each epoch' : 'the same in every epoch'}`;
  return [
    paragraph([
      ...(record.models.cae ? ['The CAE learns to give back its input through a smaller latent space.'] : []),
      ...(record.models.cdae
        ? [`The CDAE is given the image under ${noise}, and learns to give back the clean one.`]
        : []),
      ...(alike ? ['Both have the same layers.'] : []),
    ]),
    ...shown.map(({ name, model }) =>
      table(`Layers of the ${name}, ${counted(model.parameters, 'parameter')} in all`, head, layers(model), 2),
    ),
  ];
}

function trainingSection(record: RunRecord, show: Show): Html[] {
  const { options } = record;
  return [
    paragraph([
      `${counted(options.epochs, 'epoch')} in batches of ${formatCount(options.batchSize)} at a learning rate of ${formatNumber(options.learningRate, 1)}, on ${counted(options.threads, 'thread')}, seed ${options.seed}.`,
    ]),
    ...trainedModels(record).flatMap(({ name, model }) => [
      html`<h3>${name}</h3>`,
      paragraph([
        ...trainingSentences(name, model.history),
        ...(Number.isFinite(model.imagesPerSecond)
          ? [`Training ran at ${formatCount(Math.round(model.imagesPerSecond))} images a second.`]
          : []),
      ]),
      show(name === 'CAE' ? 2 : 5),
      epochTable(name, model),
    ]),
  ];
}

function epochTable(name: string, { history: { loss, valLoss, seconds } }: ModelRecord): Html {
  const number = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? '–' : format(value);
  const rows = loss.map((value, epoch) => [
    formatCount(epoch + 1),
    formatNumber(value, 4),
    number(valLoss[epoch], (loss) => formatNumber(loss, 4)),
    number(seconds[epoch], formatSeconds),
  ]);
  const head = ['Epoch', 'Training loss', 'Validation loss', 'Time'];
  return html`<details><summary>Each epoch of the ${name}</summary>${table('Losses in squared pixel intensity', head, rows)}</details>`;
}

function resultSection(record: RunRecord, show: Show): Html[] {
  const { cae, cdae } = record.models;
  const parts: Html[] = [];
  if (cae)
    parts.push(
      html`<h3>Reconstruction (CAE)</h3>`,
      paragraph([...errorSentences('CAE', cae.testError), ...psnrSentences('CAE', cae.psnr.mean)]),
      show(3),
      show(4),
    );
  if (cdae) {
    parts.push(
      html`<h3>Denoising (CDAE)</h3>`,
      paragraph([
        ...denoisingSentences(cdae),
        ...errorSentences('CDAE', cdae.testError),
        ...psnrSentences('CDAE', cdae.psnr.mean),
      ]),
      show(6),
      show(8),
    );
  }
  if (record.latent) {
    parts.push(
      html`<h3>Latent space (CAE)</h3>`,
      paragraph(latentSentences(record.latent, record.data.classNames.length)),
      show(7),
    );
  }
  parts.push(errorTable(record));
  return parts;
}

function errorTable(record: RunRecord): Html {
  const trained = trainedModels(record);
  const noisy = record.models.cdae?.noisyInput;
  const row = (name: string, of: (model: ModelRecord) => number, ofNoisy?: number) => [
    name,
    ...trained.map(({ model }) => formatNumber(of(model))),
    ...(noisy ? [ofNoisy === undefined ? '–' : formatNumber(ofNoisy)] : []),
  ];
  const rows = [
    row('Mean error', ({ testError }) => testError.mean, noisy?.testError.mean),
    row('Median error', ({ testError }) => testError.median),
    row('95th percentile', ({ testError }) => testError.p95),
    row('Largest error', ({ testError }) => testError.max),
    row('Standard deviation', ({ testError }) => testError.standardDeviation),
    row('Skewness', ({ testError }) => testError.skewness),
    row('Mean PSNR (dB)', ({ psnr }) => psnr.mean, noisy?.psnr?.mean),
    row('Mean SSIM', ({ ssim }) => ssim.mean, noisy?.ssim?.mean),
  ];
  const head = ['', ...trained.map(({ name }) => name), ...(noisy ? ['Noisy input'] : [])];
  const caption = `${counted(record.data.testCount, 'test image')}; errors are mean squared errors of an image in squared pixel intensity`;
  return trained.length === 0 ? nothing : table(caption, head, rows);
}

function comparisonSection(cae: ModelRecord, cdae: ModelRecord): Html[] {
  const last = (values: readonly number[]) => (values.length === 0 ? '–' : formatNumber(values[values.length - 1]));
  const row = (name: string, of: (model: ModelRecord) => string) => [name, of(cae), of(cdae)];
  return [
    paragraph(comparisonSentences(cae, cdae)),
    table(
      'The two models side by side; losses and errors in squared pixel intensity',
      ['', 'CAE', 'CDAE'],
      [
        row('Parameters', ({ parameters }) => formatCount(parameters)),
        row('Epochs', ({ history }) => formatCount(history.loss.length)),
        row('Last training loss', ({ history }) => last(history.loss)),
        row('Last validation loss', ({ history }) => last(history.valLoss)),
        row('Best epoch', ({ bestEpoch }) => formatCount(bestEpoch)),
        row('Mean test error', ({ testError }) => formatNumber(testError.mean)),
        row('Mean PSNR (dB)', ({ psnr }) => formatNumber(psnr.mean)),
        row('Mean SSIM', ({ ssim }) => formatNumber(ssim.mean)),
        row('Images a second', ({ imagesPerSecond }) => formatNumber(imagesPerSecond)),
      ],
    ),
  ];
}

function reproduceSection(record: RunRecord): Html[] {
  const { machine, numerics, seconds, versions } = record;
  // A line breaks between options only, not at the hyphens within them.
  const command = reproduceCommand(record)
    .split(/ (?=--)/)
    .flatMap((part, index) => [index === 0 ? '' : ' ', html`<span>${part}</span>`]);
  const phases = (['data', 'cae', 'cdae', 'analysis', 'report'] as const).flatMap((phase) => {
    const spent = seconds[phase];
    if (spent === undefined) return [];
    return [[PHASES[phase], formatSeconds(spent), seconds.total > 0 ? formatPercent(spent / seconds.total) : '–']];
  });
  return [
    html`<pre><code>${command}</code></pre>`,
    paragraph([
      numerics.mode === 'exact'
        ? `With the same data, the same version of Weft and the same kernels (${KERNELS[numerics.kernels]}) it trains the same weights to the last bit, on any machine and any number of threads; the checksums below tell.`
        : 'With fast math it trains the same weights to the last bit on the same machine and version of Node alone, with any number of threads; elsewhere their last bits may differ.',
    ]),
    facts([
      ...trainedModels(record).map(({ name, model }) => [`${name} weights, SHA-256`, model.weightsSha256] as const),
      ['Numerics', `${numerics.mode}, version ${numerics.version}, ${KERNELS[numerics.kernels]} kernels`],
      ['Versions', `Weft ${versions.weft}, Node ${versions.node}, V8 ${versions.v8}`],
      ['Machine', `${machine.cpuModel}, ${counted(machine.cores, 'core')}`],
      ['Peak memory', formatBytes(record.peakMemoryBytes)],
    ]),
    table('Where the time went', ['Phase', 'Time', 'Share'], [...phases, ['Total', formatSeconds(seconds.total), '']]),
  ];
}

const PHASES = {
  data: 'Loading the data',
  cae: 'Training the CAE',
  cdae: 'Training the CDAE',
  analysis: 'Analysis',
  report: 'Figures and report',
} as const;

const KERNELS = { 'wasm-simd': 'WebAssembly SIMD', reference: 'reference' } as const;

function list(sentences: readonly string[]): Html {
  if (sentences.length === 0) return nothing;
  return html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>`;
}
