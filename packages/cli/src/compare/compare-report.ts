import type { Interval } from '@weft/analysis';
import { encodeCsv } from '@weft/formats/arrays';
import { type Figure, figureBlock, formatNumber, list, type PageSection, renderPage, table } from '@weft/report';
import { variedOptions } from '@weft/study';
import { wrap } from '../arguments/help.js';
import { kebab } from '../arguments/table.js';
import { datasetTitle } from '../run/results-table.js';
import { formatCount, formatTable } from '../terminal/text.js';
import { WEFT_VERSION } from '../version.js';
import { type ComparedGroup, differenceSentences, LEVEL } from './compare-entries.js';
import { cautions, type Group } from './group-entries.js';
import type { OpenRun } from './open-runs.js';
import type { Entry } from './test-runs.js';

/** Options that say where and how a run was performed, not what it is. */
const OF_THE_CALL: readonly string[] = ['out', 'quick', 'dataset', 'model', 'checkpointEvery', 'onNan'];

const NONE = '–';
const number = (value: number | undefined) => (value === undefined ? NONE : formatNumber(value));
const bounds = (interval: Interval | undefined) =>
  interval ? `${formatNumber(interval.lower)} to ${formatNumber(interval.upper)}` : NONE;

/** What several runs come to, side by side. */
export interface Comparison {
  readonly runs: readonly OpenRun[];
  readonly groups: readonly ComparedGroup[];
}

/** Options in which the runs differ. */
function varied(runs: readonly OpenRun[]): { names: string[]; of: (run: OpenRun) => string[] } {
  const tables = runs.map(({ record }) => ({ options: plainOptions(record.options) }));
  const names = variedOptions(tables);
  return { names, of: (run) => names.map((name) => String(plainOptions(run.record.options)[name] ?? NONE)) };
}

/** What run.json holds may be anything. */
function plainOptions(options: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(options).filter(([name]) => !OF_THE_CALL.includes(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      value === null || ['string', 'number', 'boolean'].includes(typeof value)
        ? (value as string | number | boolean | null)
        : (JSON.stringify(value) ?? null),
    ]),
  );
}

interface Row {
  readonly entry: Entry;
  readonly error: Interval | undefined;
  readonly difference: Interval | undefined;
  readonly group: ComparedGroup;
}

const rowsOf = ({ groups }: Comparison): Row[] =>
  groups.flatMap((group) => group.models.map((model) => ({ ...model, group })));

/** The numbers of each model, as they are. */
function numbersOf({ entry, error, difference, group }: Row) {
  const { history, parameters, imagesPerSecond } = entry.model.record;
  const { testError, psnr, ssim } = entry.result;
  return {
    run: entry.run.name,
    model: entry.model.key,
    title: entry.model.title,
    group: group.title,
    dataset: entry.images.dataset.name,
    testCount: entry.images.count,
    testSha256: entry.images.sha256,
    noise: entry.noise ?? null,
    noiseSeed: entry.noise === undefined ? null : entry.seed,
    parameters,
    epochs: history.loss.length,
    loss: history.loss.at(-1) ?? null,
    valLoss: history.valLoss.at(-1) ?? null,
    testMse: testError.mean,
    testMseInterval: error ? [error.lower, error.upper] : null,
    difference: difference
      ? { to: group.models[0].entry.name, mean: difference.estimate, interval: [difference.lower, difference.upper] }
      : null,
    psnr: psnr.mean,
    ssim: ssim.mean,
    imagesPerSecond,
  };
}

/** What compare.json holds. */
export function compareRecord(comparison: Comparison) {
  const { names } = varied(comparison.runs);
  return {
    weft: WEFT_VERSION,
    level: LEVEL,
    runs: comparison.runs.map(({ name, path, record }) => {
      const options = plainOptions(record.options);
      return { name, path, options: Object.fromEntries(names.map((each) => [each, options[each] ?? null])) };
    }),
    cautions: cautions(plainGroups(comparison)),
    models: rowsOf(comparison).map(numbersOf),
  };
}

/** compare.csv: a row for each model. */
export function compareCsv(comparison: Comparison): string {
  const { names, of } = varied(comparison.runs);
  const rows = rowsOf(comparison).map((row) => {
    const { testMseInterval, difference, ...numbers } = numbersOf(row);
    const flat = {
      ...numbers,
      testMseLower: testMseInterval?.[0] ?? null,
      testMseUpper: testMseInterval?.[1] ?? null,
      differenceTo: difference?.to ?? null,
      difference: difference?.mean ?? null,
      differenceLower: difference?.interval[0] ?? null,
      differenceUpper: difference?.interval[1] ?? null,
    };
    return { flat, options: of(row.entry.run) };
  });
  const head = [...Object.keys(rows[0].flat), ...names];
  return encodeCsv([
    head,
    ...rows.map(({ flat, options }) => [...Object.values(flat).map((value) => value ?? ''), ...options]),
  ]);
}

const plainGroups = ({ groups }: Comparison): Group[] =>
  groups.map(({ models, ...group }) => ({ ...group, entries: models.map(({ entry }) => entry) }));

const HEAD = [
  'Parameters',
  'Epochs',
  'Loss',
  'Val. loss',
  'Test MSE',
  '95 % interval',
  'PSNR (dB)',
  'SSIM',
  'Images/s',
];

function cells({ entry, error }: Row): string[] {
  const { parameters, history, imagesPerSecond } = entry.model.record;
  const { testError, psnr, ssim } = entry.result;
  return [
    formatCount(parameters),
    String(history.loss.length),
    number(history.loss.at(-1)),
    number(history.valLoss.at(-1)),
    number(testError.mean),
    bounds(error),
    number(psnr.mean),
    number(ssim.mean),
    formatCount(imagesPerSecond),
  ];
}

/** The differences in pairs, as a table. */
function differences(comparison: Comparison): { head: string[]; rows: string[][] } {
  const rows = rowsOf(comparison).filter(({ difference }) => difference);
  return {
    head: ['Model', 'Compared with', 'Mean difference', '95 % interval'],
    rows: rows.map(({ entry, difference, group }) => [
      entry.name,
      group.models[0].entry.name,
      number(difference?.estimate),
      bounds(difference),
    ]),
  };
}

/** For the terminal. */
export function compareText(comparison: Comparison): string {
  const { names, of } = varied(comparison.runs);
  const options = names.map(kebab);
  const blocks = comparison.groups.map((group) => {
    const rows = group.models.map((model) => ({ ...model, group }));
    const table = formatTable([['', ...HEAD], ...rows.map((row) => [row.entry.name, ...cells(row)])]);
    return `${capitalised(group.title)}\n${table}`;
  });
  const optionTable =
    names.length > 0
      ? [
          `Options that differ\n${formatTable([['', ...options], ...comparison.runs.map((run) => [run.name, ...of(run)])])}`,
        ]
      : [];
  const pairs = differences(comparison);
  const sentences = [...differenceSentences(comparison.groups), ...cautions(plainGroups(comparison))];
  return [
    ...blocks,
    ...optionTable,
    ...(pairs.rows.length > 0
      ? [`Differences in test error, image by image\n${formatTable([pairs.head, ...pairs.rows])}`]
      : []),
    ...(sentences.length > 0 ? [sentences.map((sentence) => wrap(sentence).join('\n')).join('\n')] : []),
  ].join('\n\n');
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** report.html. */
export function comparePage(comparison: Comparison, figures: readonly Figure[]): string {
  const { runs } = comparison;
  const { names, of } = varied(runs);
  const rows = rowsOf(comparison);
  const pairs = differences(comparison);
  const part = (...starts: string[]) =>
    figures.filter(({ name }) => starts.some((start) => name.startsWith(start))).map(figureBlock);
  const sections: PageSection[] = [
    {
      id: 'results',
      title: 'Results',
      body: [
        ...comparison.groups.map((group) =>
          table(
            capitalised(group.title),
            ['Model', ...HEAD],
            group.models.map((model) => [model.entry.name, ...cells({ ...model, group })]),
          ),
        ),
        table(
          'Options in which the runs differ',
          ['Run', ...names.map(kebab)],
          names.length > 0 ? runs.map((run) => [run.name, ...of(run)]) : [],
        ),
      ],
    },
    {
      id: 'errors',
      title: 'Errors',
      body: [
        table('Differences in test error, image by image, in squared pixel intensity', pairs.head, pairs.rows, 2),
        ...part('errors', 'differences'),
      ],
    },
    { id: 'losses', title: 'Losses', body: part('losses') },
    { id: 'examples', title: 'Examples', body: part('examples') },
    { id: 'method', title: 'How it was done', body: [list(METHOD)] },
  ];
  const datasets = [...new Set(rows.map(({ entry }) => datasetTitle(entry.images.dataset.name)))];
  return renderPage({
    title: `Comparison of ${runs.length} runs`,
    meta: `${runs.map(({ name }) => name).join(', ')} · ${datasets.join(', ')}`,
    synthetic: rows.some(({ entry }) => entry.images.dataset.synthetic),
    lead: [...differenceSentences(comparison.groups), ...cautions(plainGroups(comparison))],
    sections,
    footer: 'Written by weft compare. compare.json and compare.csv hold all numbers.',
    generator: `Weft ${WEFT_VERSION}`,
  });
}

const METHOD = [
  'Losses, epochs and images a second are those of run.json. Test errors, PSNR and SSIM were computed anew: each model was tested on the test images of its run, with the noise of its run.',
  'Intervals are 95 % confidence intervals by the bootstrap: percentiles over 2,000 samples of the test images, drawn with repetition.',
  'Differences are taken image by image, so that what makes an image hard for both models drops out. A negative difference is in favour of the model in the first column.',
];
