import { checkKnownOptions, checkOption, checkWholeNumber, optionNames, shown } from '../options.js';

/** Where checkpoints are written, how often, and how many are kept. */
export interface CheckpointOptions {
  /** Folder of the files; made if it is missing. */
  readonly directory: string;
  /** What the files' names begin with. Default `checkpoint`. */
  readonly name?: string;
  /** How often there is one within an epoch; after each epoch there is one in any case. Default `{ seconds: 60 }`. */
  readonly every?: CheckpointInterval;
  /** How many of the newest are kept, from 1; the best is kept besides. Default 2. */
  readonly keep?: number;
}

/** Either may be left out; with none, there is a checkpoint after each epoch and no other. */
export interface CheckpointInterval {
  readonly seconds?: number;
  readonly steps?: number;
}

const OPTIONS = optionNames<CheckpointOptions>({ directory: true, name: true, every: true, keep: true });
const INTERVAL = optionNames<CheckpointInterval>({ seconds: true, steps: true });

export const DEFAULT_NAME = 'checkpoint';
export const DEFAULT_INTERVAL: CheckpointInterval = { seconds: 60 };
export const DEFAULT_KEEP = 2;

/** The longest time that Node's timers know. */
const MOST_SECONDS = 2_147_483;

/** @throws RangeError or TypeError naming the option that is not what it must be */
export function checkCheckpointOptions(options: { checkpoints?: CheckpointOptions; resumeFrom?: string }): void {
  const { checkpoints, resumeFrom } = options;
  const isPath = (value: unknown) => typeof value === 'string' && value !== '';
  checkOption('resumeFrom', resumeFrom, isPath(resumeFrom), 'the path of a checkpoint, or of a folder of them');
  if (checkpoints === undefined) return;
  checkKnownOptions('checkpoints', checkpoints, OPTIONS, "{ directory: 'checkpoints' }");
  const { directory, name = DEFAULT_NAME, every = DEFAULT_INTERVAL, keep = DEFAULT_KEEP } = checkpoints;
  if (!isPath(directory)) {
    throw new TypeError(`checkpoints: the directory is ${shown(directory)}; expected the path of a folder.`);
  }
  // It becomes a part of a file's name.
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name)) {
    throw new RangeError(`checkpoints: the name is ${shown(name)}; expected letters, digits, - and _ only.`);
  }
  checkKnownOptions('checkpoints: every', every, INTERVAL, '{ steps: 200 }');
  const { seconds, steps } = every;
  if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= MOST_SECONDS)) {
    throw new RangeError(
      `checkpoints: every ${shown(seconds)} seconds; expected a number above 0, and at most ${MOST_SECONDS}.`,
    );
  }
  if (steps !== undefined) checkWholeNumber('checkpoints: every: steps', steps, 1);
  checkWholeNumber('checkpoints: keep', keep, 1);
}
