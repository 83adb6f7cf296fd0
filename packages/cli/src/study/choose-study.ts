import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mostSimilar } from '@weft/core/program';
import {
  anomalyStudy,
  bottleneckStudy,
  featuresStudy,
  lossStudy,
  noiseStudy,
  parseStudy,
  REPORT_KINDS,
  type Study,
  seedsStudy,
  type TrialOptions,
} from '@weft/study';
import { kebab, type OptionTable } from '../arguments/table.js';
import type { StudyOptions } from '../commands/study-options.js';
import { trainOptions } from '../commands/train-options.js';
import { InputError, UsageError } from '../exit.js';
import { callersFolder, shownPath } from '../run/directory.js';
import { checkMeasure, MEASURE_KINDS } from './measure-trial.js';
import { checkOptions, TRIAL_OPTIONS } from './trial-options.js';

/** How a study that Weft knows is defined of the options of a call. */
interface KnownStudy {
  /** The option of the command, and the option of trainings that it gives values to. */
  readonly varies: { readonly option: keyof StudyOptions; readonly of: string };
  define(values: StudyOptions, base: TrialOptions): Study;
}

const NOISES = [
  'gaussian:0.2',
  'gaussian:0.4',
  'gaussian:0.1..0.5',
  'poisson:0.1',
  'salt-pepper:0.1',
  'blur:1',
  'occlusion:0.1',
];
const LOSSES = ['mse', 'mae', 'bce', 'ssim', 'ms-ssim', '0.8*ssim+0.2*mae'];
const FIRST = { seeds: [1, 2, 3], noises: ['gaussian:0.4', 'salt-pepper:0.1', 'blur:1'], normals: [0, 1, 8] };

/** The studies that Weft knows, by name. */
const STUDIES: Readonly<Record<string, KnownStudy>> = {
  seeds: {
    varies: { option: 'seeds', of: 'seed' },
    define: ({ seeds, quick }, base) => seedsStudy({ seeds: seeds ?? (quick ? FIRST.seeds : [1, 2, 3, 4, 5]), base }),
  },
  noise: {
    varies: { option: 'noises', of: 'noise' },
    define: ({ noises, quick }, base) => noiseStudy({ noises: noises ?? (quick ? FIRST.noises : NOISES), base }),
  },
  anomaly: {
    varies: { option: 'normals', of: 'classes' },
    define: ({ normals, quick }, base) =>
      anomalyStudy({ normals: normals ?? (quick ? FIRST.normals : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), base }),
  },
  loss: {
    varies: { option: 'losses', of: 'loss' },
    define: ({ losses, seeds = [42], quick }, base) =>
      lossStudy({ losses: losses ?? (quick ? ['mse', 'mae', 'ssim'] : LOSSES), seeds, base }),
  },
  bottleneck: {
    varies: { option: 'sizes', of: 'latentSize' },
    define: ({ sizes, seeds = [42], quick }, base) =>
      bottleneckStudy({ sizes: sizes ?? (quick ? [4, 16, 64] : [2, 4, 8, 16, 32, 64, 128]), seeds, base }),
  },
  features: {
    varies: { option: 'seeds', of: 'seed' },
    define: ({ seeds = [42], quick }, base) => featuresStudy({ seeds, base, examples: quick ? 1000 : 10_000 }),
  },
};

/** Options as a user has given them. */
export interface GivenOptions {
  readonly values: { readonly quick: boolean };
  readonly given: ReadonlySet<string>;
}

/** What a user has called the command with. */
export interface StudyCall extends GivenOptions {
  readonly values: StudyOptions;
  /** The name of a study, or a file. */
  readonly name: string | undefined;
}

/**
 * The study that a call asks for: one that Weft knows, one from a file, or that of a folder.
 *
 * @throws UsageError if there is none; InputError or StudyError if a file is no definition of a study
 */
export async function chooseStudy(call: StudyCall): Promise<Study> {
  const { values, name } = call;
  if (values.resume !== undefined) return resumedStudy(call, values.resume);
  if (name === undefined) throw new UsageError(`weft study: expected ${listed()}, got none.`);
  if (Object.hasOwn(STUDIES, name)) return knownStudy(STUDIES[name], call);
  if (!/[./\\]/.test(name)) {
    const similar = mostSimilar(name, Object.keys(STUDIES));
    throw new UsageError(
      `weft study: got '${name}', expected ${listed()}.${similar ? ` Did you mean ${similar}?` : ''}`,
    );
  }
  const study = await studyIn(resolve(callersFolder(), name), name, `Give ${listed()}`);
  return { ...study, base: { ...study.base, ...givenOptions(call) } };
}

/** Options that define a study. */
const OF_A_STUDY = ['out', 'quick', ...Object.values(STUDIES).map(({ varies }) => varies.option)];

const listed = () => `${Object.keys(STUDIES).join(', ')} or a JSON file with a study of your own`;

function knownStudy({ varies, define }: KnownStudy, call: StudyCall): Study {
  if (call.given.has(varies.of)) {
    throw new UsageError(
      `--${kebab(varies.of)}: this study trains with several. Give them with --${kebab(varies.option)}.`,
    );
  }
  return define(call.values, givenOptions(call));
}

/** Options of trainings that the call gives, or that follow from --quick. */
export function givenOptions({ values, given }: GivenOptions): TrialOptions {
  const table = trainOptions as OptionTable;
  const of = (name: string) => (values as unknown as TrialOptions)[name];
  return Object.fromEntries(
    TRIAL_OPTIONS.flatMap((name) => {
      if (given.has(name)) return [[name, of(name)]];
      const { quick } = table[name];
      return values.quick && quick !== undefined ? [[name, quick]] : [];
    }),
  );
}

function resumedStudy({ given, name }: StudyCall, folder: string): Promise<Study> {
  const other = [...OF_A_STUDY, ...TRIAL_OPTIONS].find((each) => given.has(each));
  if (name !== undefined || other !== undefined) {
    throw new UsageError(
      `--resume ${folder}: the study there has its own definition. Leave out ${other ? `--${kebab(other)}` : `'${name}'`}.`,
    );
  }
  return studyIn(resolve(callersFolder(), folder, 'study.json'), `--resume ${folder}`, 'Give the folder of a study');
}

async function studyIn(path: string, source: string, advice: string): Promise<Study> {
  const text = await readDefinition(path, advice);
  return parseStudy(text, { source, checkOptions, reports: REPORT_KINDS, measures: MEASURE_KINDS, checkMeasure });
}

/**
 * The text of a file that defines a study or a sweep.
 *
 * @param advice what to do if it cannot be read, without a full stop
 * @throws InputError if it cannot be read
 */
export async function readDefinition(path: string, advice: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(`${shownPath(path)} cannot be read: ${(cause as Error).message}. ${advice}.`, { cause });
  }
}
