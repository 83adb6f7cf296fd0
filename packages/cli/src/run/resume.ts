import { kebab } from '../arguments/table.js';
import type { TrainOptions } from '../commands/train-options.js';
import { InputError, UsageError } from '../exit.js';
import { pnpmScript, shownPath } from './directory.js';
import { type OptionsFile, type RunIdentity, type RunOptions, runIdentity, runOptions } from './options-file.js';
import type { RunData } from './run-data.js';

/** Options that decide no bit, or only how far a run goes: a resumed run may have others. */
export const CHANGEABLE = [
  'epochs',
  'threads',
  'checkpointEvery',
  'onNan',
  'explore',
] as const satisfies readonly (keyof RunOptions)[];

const isChangeable = (name: keyof RunOptions) => (CHANGEABLE as readonly string[]).includes(name);

/**
 * The options of a run that is resumed: its own, and those given with the call that may change.
 *
 * @param given names of the options that were given
 * @throws UsageError naming each option that is given and differs from the run's
 */
export function resumedOptions(
  folder: string,
  { options }: OptionsFile,
  values: TrainOptions,
  given: ReadonlySet<string>,
): RunOptions {
  for (const name of ['out', 'overwrite'] as const) {
    if (given.has(name))
      throw new UsageError(`--${name}: --resume ${folder} writes into that very folder. Leave it out.`);
  }
  const own = runOptions(values);
  const names = [...given].map((name) => (name === 'noiseFactor' ? 'noise' : name));
  const asked = names.filter((name) => name in options) as (keyof RunOptions)[];
  const differing = asked.filter((name) => !isChangeable(name) && own[name] !== options[name]);
  if (differing.length > 0) {
    const list = differing.map((name) => `--${kebab(name)}: got ${own[name]}, the run has ${options[name] ?? 'none'}`);
    throw new UsageError(
      `--resume ${folder}: ${list.join('; ')}. Leave out what differs, or begin another run with --out DIR.`,
    );
  }
  if (given.has('epochs') && values.epochs < options.epochs) {
    throw new UsageError(
      `--epochs: got ${values.epochs}, the run has ${options.epochs}: a resumed run may have more, not fewer. Leave it out.`,
    );
  }
  if (given.has('epochs')) refuseLongerSchedule(options, values.epochs);
  const changes = asked.filter(isChangeable).map((name) => [name, own[name]]);
  return { ...options, ...Object.fromEntries(changes) };
}

/** @throws UsageError if a learning rate that falls until the last epoch was to go on behind it */
export function refuseLongerSchedule({ schedule, epochs }: RunOptions, asked: number): void {
  if (asked <= epochs || !schedule.includes('cosine')) return;
  throw new UsageError(
    `--epochs: got ${asked}, the run has ${epochs}, at which its schedule ${schedule} ends. Begin another run with --out DIR.`,
  );
}

/** What a user types to go on with the run in a folder. */
export function resumeCommand(path: string): string {
  const shown = shownPath(path);
  const script = pnpmScript();
  const command = script === undefined ? 'weft train' : `pnpm ${script === 'weft' ? 'weft train' : script}`;
  return `${command} --resume ${/^[\w./:@%+,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`}`;
}

/** @throws InputError if the data are not those that a run was begun with */
export function checkData(data: Omit<RunData, 'preparation' | 'close'>, run: RunIdentity): void {
  const got = runIdentity(data);
  const parts = (['train', 'test'] as const).filter((part) => got.dataSha256[part] !== run.dataSha256[part]);
  if (parts.length === 0) return;
  const list = parts.map(
    (part) =>
      `the ${part === 'train' ? 'training' : 'test'} images have SHA-256 ${got.dataSha256[part]}, those of the run ${run.dataSha256[part]}`,
  );
  throw new InputError(
    `--resume: the data are not those that the run was begun with: ${list.join('; ')} (${data.origin}). Put the former data in their place, or begin another run with --out DIR.`,
  );
}
