import { number, optionsOf, such, text, wholeNumber } from '../options/kinds.js';
import { defaulted, type OptionsOf, optional, required } from '../options/schema.js';

/** The longest time that timers know. */
const MOST_SECONDS = 2_147_483;

const INTERVAL = {
  seconds: optional(
    number(`a number above 0, and at most ${MOST_SECONDS}`, (value) => value > 0 && value <= MOST_SECONDS),
    'Seconds from one checkpoint to the next.',
  ),
  steps: optional(wholeNumber(1), 'Steps from one checkpoint to the next.'),
};

/** Either may be left out; with none, there is a checkpoint after each epoch and no other. */
export type CheckpointInterval = OptionsOf<typeof INTERVAL>;

/** Where checkpoints are written, how often, and how many are kept. */
export const CHECKPOINT_OPTIONS = {
  directory: required(text('the path of a folder'), 'Folder of the files; made if it is missing.'),
  name: defaulted(
    // It becomes a part of a file's name.
    such<string>('letters, digits, - and _ only', (value) => typeof value === 'string' && /^[\w-]+$/.test(value)),
    'checkpoint',
    "What the files' names begin with.",
  ),
  every: defaulted<CheckpointInterval>(
    optionsOf(INTERVAL, '{ steps: 200 }'),
    { seconds: 60 },
    'How often there is one within an epoch; after each epoch there is one in any case.',
  ),
  keep: defaulted(wholeNumber(1), 2, 'How many of the newest are kept; the best is kept besides.'),
};

export type CheckpointOptions = OptionsOf<typeof CHECKPOINT_OPTIONS>;

export const DEFAULT_NAME = CHECKPOINT_OPTIONS.name.value as string;
