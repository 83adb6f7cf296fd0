import { join, resolve } from 'node:path';
import { kebab, type OptionTable } from '../arguments/table.js';
import { connectionOptions } from '../cluster/connection-options.js';
import { type TrainOptions, trainOptions } from '../commands/train-options.js';
import { InputError } from '../exit.js';
import { callersFolder, RUN_FILES } from './directory.js';
import { DEFAULT_NOISE, noiseOf } from './noise.js';
import { type RunData, setSha256 } from './run-data.js';
import { readRunFile } from './run-file.js';

/** Changes when older readers could no longer make sense of options.json. */
const CURRENT_VERSION = 1;

/** Options that are not a run's, but one call's. */
const OF_THE_CALL = [
  'quiet',
  'json',
  'help',
  'version',
  'resume',
  'overwrite',
  'out',
  'simd',
  'tensorboard',
  'cluster',
] as const;
type OptionOfTheCall = (typeof OF_THE_CALL)[number] | keyof typeof connectionOptions;

/** The options that make a run. Its noise is one text: `--noise-factor` is a short form. */
export type RunOptions = Omit<TrainOptions, OptionOfTheCall | 'noiseFactor'>;

/** What a run was begun with, besides its options. */
export interface RunIdentity {
  readonly formatVersion: typeof CURRENT_VERSION;
  /** The data that were really used. */
  readonly dataset: string;
  /** Where the folder of one's own pictures was, if the run uses one. */
  readonly dataPath?: string;
  /** SHA-256 of images and labels. */
  readonly dataSha256: { readonly train: string; readonly test: string };
  /** Images that are trained on. Weft 0.1 did not write it. */
  readonly trainCount?: number;
}

/** The identity of a run that uses these data. */
export function runIdentity({ name, train, validation, test }: Omit<RunData, 'preparation' | 'close'>): RunIdentity {
  return {
    formatVersion: CURRENT_VERSION,
    dataset: name,
    dataSha256: { train: validation ? setSha256(train, validation) : setSha256(train), test: setSha256(test) },
  };
}

/** The names of the options that make a run. */
export const RUN_OPTIONS = Object.keys(trainOptions).filter(
  (name) =>
    name !== 'noiseFactor' && !(OF_THE_CALL as readonly string[]).includes(name) && !(name in connectionOptions),
) as (keyof RunOptions)[];

/** The options that make a run, of all that a call has. */
export function runOptions(options: TrainOptions): RunOptions {
  const entries = RUN_OPTIONS.map((name) => [name, options[name]]);
  return { ...Object.fromEntries(entries), noise: noiseOf(options) };
}

/** What options.json holds: a flat table of options, null where there is no limit, and the identity as `run`. */
export interface OptionsFile {
  readonly options: RunOptions;
  readonly run: RunIdentity;
}

/**
 * Reads the options of the run in a folder.
 *
 * @param caller what messages begin with
 * @throws InputError if there is none that can be resumed
 */
export async function readOptionsFile(folder: string, caller = '--resume: '): Promise<OptionsFile> {
  const path = join(folder, RUN_FILES.options);
  const refuse = (message: string, cause?: unknown) =>
    new InputError(`${caller}${path} ${message}. Give the folder of a run, or begin one with weft train --out DIR.`, {
      cause,
    });
  let text: string;
  try {
    text = await readRunFile(resolve(callersFolder(), folder), RUN_FILES.options);
  } catch (cause) {
    throw refuse(`cannot be read: ${(cause as Error).message}`, cause);
  }
  return parseOptionsFile(text, refuse);
}

/**
 * Reads the options of a run from the text of its options.json. Nothing in it is trusted.
 *
 * @param refuse makes the error that is thrown, of the end of a sentence and its cause
 */
export function parseOptionsFile(text: string, refuse: (message: string, cause?: unknown) => Error): OptionsFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse(`is no JSON: ${(cause as Error).message.slice(0, 200)}`, cause);
  }
  if (typeof json !== 'object' || json === null) throw refuse('is no table of options');
  const { run, ...values } = json as Record<string, unknown>;
  if (!isIdentity(run)) throw refuse('does not say which data the run uses, so that it cannot be resumed');
  if (run.formatVersion !== CURRENT_VERSION) {
    throw refuse(`has format version ${run.formatVersion}; this Weft reads ${CURRENT_VERSION}`);
  }
  // Weft 0.1 wrote the strength of its noise, which was Gaussian.
  const { noiseFactor, ...named } = values;
  const noise = noiseFactor === undefined ? DEFAULT_NOISE : `gaussian:${noiseFactor}`;
  const written: Readonly<Record<string, unknown>> = { noise, ...named };
  const options = RUN_OPTIONS.map((name) => {
    const { default: standard } = (trainOptions as OptionTable)[name];
    // An option that came later stands at what was done without it.
    if (!Object.hasOwn(written, name)) return [name, standard];
    if (written[name] === null && standard === undefined) return [name, undefined];
    const value = readValue(name, written[name]);
    if (value === undefined) throw refuse(`has no --${kebab(name)} that can be taken`);
    return [name, value];
  });
  return { options: Object.fromEntries(options) as unknown as RunOptions, run };
}

/** A value as the command line would be read: nothing in a file is trusted. */
function readValue(name: string, value: unknown): unknown {
  const { kind } = (trainOptions as OptionTable)[name];
  if (kind.placeholder === undefined) return typeof value === 'boolean' ? value : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return kind.read(String(value));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isIdentity(value: unknown): value is RunIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { formatVersion, dataset, dataPath, dataSha256, trainCount } = value as Record<string, unknown>;
  if (typeof formatVersion !== 'number') return false;
  if (trainCount !== undefined && !Number.isSafeInteger(trainCount)) return false;
  if (dataPath !== undefined && typeof dataPath !== 'string') return false;
  const { train, test } = (dataSha256 ?? {}) as Record<string, unknown>;
  return [dataset, train, test].every((each) => typeof each === 'string');
}
