import type { RunRecord } from '../record/run-record.js';

/** Options that decide no result, or that stand elsewhere in the command. */
const LEFT_OUT: readonly string[] = ['model', 'data', 'dataset', 'threads', 'checkpointEvery', 'onNan', 'out', 'quick'];

/** Options that are left out where they have their default. */
const DEFAULTS: Readonly<Record<string, unknown>> = { convolution: 'auto', loss: 'mse' };

/** The options of Weft 0.1, in the order in which the command has always had them; others come behind them. */
const ORDER: readonly string[] = [
  'epochs',
  'batchSize',
  'validationSplit',
  'learningRate',
  'noiseFactor',
  'seed',
  'limit',
  'testLimit',
  'noisePerEpoch',
  'convolution',
  'fastMath',
];

/** The command that repeats the run, with every option that shapes the results. */
export function reproduceCommand({ options, dataset }: RunRecord): string {
  const names = [...ORDER, ...Object.keys(options).filter((name) => !ORDER.includes(name))];
  const given = names.filter((name) => !LEFT_OUT.includes(name) && !(name === 'noise' && options.noiseFactor != null));
  const data = options.data == null ? flag('dataset', dataset) : flag('data', options.data);
  const flags = [
    ...flag('quick', options.quick),
    ...flag('model', options.model),
    ...data,
    ...given.flatMap((name) => flag(name, options[name])),
  ];
  return ['npx --yes pnpm train', ...flags].join(' ');
}

function flag(name: string, value: unknown): string[] {
  if (value === undefined || value === null || value === false || value === DEFAULTS[name]) return [];
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === true) return [option];
  return typeof value === 'string' || typeof value === 'number' ? [`${option} ${quoted(String(value))}`] : [];
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
