import { mostSimilar } from '@weft/core/program';
import { StudyError, type TrialOptions } from '@weft/study';
import { kebab, type OptionTable } from '../arguments/table.js';
import { type TrainOptions, trainOptions } from '../commands/train-options.js';
import { modelKeys } from '../run/model-keys.js';
import { noiseOf } from '../run/noise.js';
import { RUN_OPTIONS } from '../run/options-file.js';

/** Options of a run that decide no result: how fast it is, how often it is saved, and where a limit came from. */
const OF_THE_CALL = ['threads', 'checkpointEvery', 'quick'];

const TABLE = trainOptions as OptionTable;

/** Options of `weft train` that a trial may have, by their names in camel case. */
export const TRIAL_OPTIONS: readonly string[] = RUN_OPTIONS.filter((name) => !OF_THE_CALL.includes(name));

/**
 * Reads options from the definition of a study as the command line would be read.
 *
 * @param where for messages
 * @returns the options by their names in camel case
 * @throws StudyError for an option that `weft train` has not, or a value that it does not take
 */
export function checkOptions(options: TrialOptions, where: string): TrialOptions {
  const entries = Object.entries(options).map(([given, value]) => {
    const name = TRIAL_OPTIONS.find((each) => each === given || kebab(each) === given);
    if (name === undefined) {
      const similar = mostSimilar(kebab(given), TRIAL_OPTIONS.map(kebab));
      const advice = similar
        ? `Did you mean ${TRIAL_OPTIONS.find((each) => kebab(each) === similar)}?`
        : `The options are ${TRIAL_OPTIONS.join(', ')}.`;
      throw new StudyError(`${where}: weft train has no option '${given}' that a trial may have. ${advice}`);
    }
    const { kind, default: standard } = TABLE[name];
    if (value === null && standard === undefined) return [name, null];
    const isFlag = kind.placeholder === undefined;
    const readText = (text: number | string) => {
      try {
        return kind.read(String(text));
      } catch (error) {
        throw error instanceof RangeError ? new StudyError(`${where}.${given}: ${error.message}`) : error;
      }
    };
    const read = isFlag ? value : typeof value === 'boolean' || value === null ? undefined : readText(value);
    if (read === undefined || (isFlag && typeof value !== 'boolean')) {
      const expected = isFlag ? 'true or false' : kind.expected;
      throw new StudyError(`${where}.${given}: got ${JSON.stringify(value)}, expected ${expected}.`);
    }
    return [name, read];
  });
  return Object.fromEntries(entries);
}

/** What a run with these options computes: all options that decide a result, at their defaults if they are not given. */
export function completeOptions(options: TrialOptions): TrialOptions {
  const defaults = Object.fromEntries(TRIAL_OPTIONS.map((name) => [name, TABLE[name].default ?? null]));
  const given = Object.entries(options).filter(([name]) => TRIAL_OPTIONS.includes(name) || !Object.hasOwn(TABLE, name));
  const { onNan, ...complete } = { ...defaults, ...Object.fromEntries(given) } as Record<string, TrialOptions[string]>;
  // What can be said in two ways is compared in one.
  const { noise, noiseFactor } = options as { noise?: string; noiseFactor?: number };
  const written = noiseOf({ noise, noiseFactor: noiseFactor ?? undefined });
  return { ...complete, model: modelKeys(String(complete.model)).join(), noise: written };
}

/** The options of a trial as code gives them: in JSON, null stands for what is not given. */
export function givenTrainOptions(options: TrialOptions, threads: number): Partial<TrainOptions> {
  const given = Object.entries(options).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), threads };
}
