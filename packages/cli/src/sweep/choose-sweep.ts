import { resolve } from 'node:path';
import { parseSweep, StudyError, type Sweep, type TrialOptions } from '@weft/study';
import { kebab } from '../arguments/table.js';
import type { SweepOptions } from '../commands/sweep-options.js';
import { UsageError } from '../exit.js';
import { callersFolder } from '../run/directory.js';
import { modelKeys } from '../run/model-keys.js';
import { checkedTraining } from '../run/perform-training.js';
import { givenOptions, readDefinition } from '../study/choose-study.js';
import { checkOptions, completeOptions, givenTrainOptions, TRIAL_OPTIONS } from '../study/trial-options.js';

/** What a user has called the command with. */
export interface SweepCall {
  readonly values: SweepOptions;
  readonly given: ReadonlySet<string>;
  /** The file of the space. */
  readonly name: string | undefined;
}

const SAME_IMAGES = 'Trials are compared on the same images: put it into the base.';
const OF_THE_DATA = ['dataset', 'data', 'size', 'tile', 'overlap', 'channels', 'onBadImage', 'testLimit'];

/** Options that a sweep cannot vary, with the reason. */
const FIXED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(OF_THE_DATA.map((name) => [name, SAME_IMAGES])),
  onNan: 'A trial that diverges has no score, and the others go on.',
};

/**
 * The sweep that a call asks for: one from a file, or that of a folder.
 *
 * @throws UsageError if there is none; InputError or StudyError if a file is no definition of a sweep
 */
export async function chooseSweep(call: SweepCall): Promise<Sweep> {
  const { values, given, name } = call;
  if (values.resume !== undefined) {
    const other = ['out', 'quick', ...TRIAL_OPTIONS].find((each) => given.has(each));
    if (name !== undefined || other !== undefined) {
      throw new UsageError(
        `--resume ${values.resume}: the sweep there has its own definition. Leave out ${other ? `--${kebab(other)}` : `'${name}'`}.`,
      );
    }
    const path = resolve(callersFolder(), values.resume, 'sweep.json');
    return sweepIn(path, `--resume ${values.resume}`, 'Give the folder of a sweep', {});
  }
  if (name === undefined) throw new UsageError('weft sweep: expected a JSON file with the space of options, got none.');
  return sweepIn(
    resolve(callersFolder(), name),
    name,
    'Give a JSON file with the space of options',
    givenOptions(call),
  );
}

/** @param base options that win over those of the file's base */
async function sweepIn(path: string, source: string, advice: string, base: TrialOptions): Promise<Sweep> {
  const sweep = parseSweep(await readDefinition(path, advice), {
    source,
    base,
    fixed: FIXED,
    checkOptions,
    modelsOf: (options) => modelKeys(String(completeOptions(options).model)),
    checkTrial(options, where) {
      try {
        checkedTraining(givenTrainOptions(options, 1));
      } catch (cause) {
        throw cause instanceof UsageError ? new StudyError(`${where}: ${cause.message}`, { cause }) : cause;
      }
    },
  });
  return { ...sweep, base: { onNan: 'continue', ...sweep.base } };
}
