import type { Loss, Optimizer, Sequential } from '@weft/nn';
import type { Callback } from '../callbacks/callback.js';
import { checkCallbacks } from '../callbacks/check-callbacks.js';
import { CHECKPOINT_OPTIONS } from '../checkpoints/options.js';
import { checkExamples, type Examples } from '../examples.js';
import type { Corruption } from '../programs.js';
import { checkModel } from './check-model.js';
import { KERNEL_OPTIONS } from './compile-options.js';
import { flag, functionOf, number, oneOf, optionsOf, such, text, wholeNumber } from './kinds.js';
import { RUNTIME_OPTION } from './runtime-option.js';
import { checkOptions, defaulted, type OptionsOf, optional, required } from './schema.js';
import { shown } from './shown.js';

/** As in Keras. */
const DEFAULT_BATCH_SIZE = 32;

export const LOSS = functionOf<Loss>('a function, such as meanSquaredError of @weft/nn');
export const CORRUPTION = functionOf<Corruption>('a function (x, draws) => ...');
export const SIGNAL = such<AbortSignal>("an AbortController's signal", (value) => value instanceof AbortSignal);

function isOptimizer(value: unknown): boolean {
  const { update, scalars } = (value ?? {}) as Record<string, unknown>;
  return typeof value === 'object' && typeof update === 'function' && typeof scalars === 'function';
}

/** The options of `fit` on any runtime, as Keras names them where it has them. */
export const FIT_OPTIONS = {
  epochs: required(wholeNumber(1), 'How often all training examples are gone through.'),
  batchSize: optional(
    such<number>('a whole number from 1', () => true),
    'Examples to a step. Without it 32, or all training examples where there are fewer.',
  ),
  validationSplit: defaulted(
    number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    0,
    'The last part of the examples, taken before shuffling, that is not trained on.',
  ),
  seed: defaulted(wholeNumber(0), 42, 'Decides the order of examples and all draws.'),
  optimizer: optional(
    such<Optimizer>('an optimiser of @weft/nn, such as new Adam()', isOptimizer),
    'Without it, Adam. Its state, such as moments and the count of steps, starts anew unless training is resumed.',
  ),
  loss: optional(LOSS, 'Without it, mean squared error.'),
  corrupt: optional(CORRUPTION, 'Changes inputs, not targets, as a part of the program: noise, for instance.'),
  callbacks: defaulted(
    {
      ...such<readonly Callback[]>('an array of callbacks: put one alone in brackets', Array.isArray),
      inside: checkCallbacks,
    },
    [],
    'Objects with functions that are called while the model is trained.',
  ),
  signal: optional(SIGNAL, 'Ends training after the running step.'),
  shuffle: defaulted(flag, true, 'Whether training examples come in a new order each epoch.'),
  ...KERNEL_OPTIONS,
  checkpoints: optional(
    optionsOf(CHECKPOINT_OPTIONS, "{ directory: 'checkpoints' }"),
    'Writes the state of the training to files while it goes on. Without it, nothing is written.',
  ),
  resumeFrom: optional(
    text('the path of a checkpoint, or of a folder of them'),
    'A checkpoint to resume from, or a folder of them: then the newest whole one, or the beginning if there is none. The result is the same to the bit as without the interruption.',
  ),
  onNaN: defaulted(
    oneOf('stop', 'continue'),
    'stop',
    'What a loss, or weights, that are not finite numbers do: `stop` ends training with a NonFiniteError after the step.',
  ),
  onWarning: optional(
    functionOf<(message: string) => void>('a function (message) => ...'),
    "Receives warnings that do not stop training, such as a checkpoint that cannot be written. Without it, the runtime's `warn`.",
  ),
};

const WITH_RUNTIME = { ...FIT_OPTIONS, ...RUNTIME_OPTION };

/** Options of `fit`. */
export type FitOptions = OptionsOf<typeof WITH_RUNTIME>;

/** How the examples are cut, and what decides the draws. */
export interface FitPlan {
  readonly trainCount: number;
  readonly validationCount: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** @throws RangeError or TypeError, as `fit` does */
export function checkFitOptions(model: Sequential, data: Examples, options: FitOptions): FitPlan {
  checkModel('fit', model);
  const { validationSplit, seed, batchSize: wanted } = checkOptions('fit', options, WITH_RUNTIME, '{ epochs: 10 }');
  const count = checkExamples('fit', model, data);
  const trainCount = Math.floor(count * (1 - validationSplit));
  if (trainCount === 0) {
    throw new RangeError(`fit: validationSplit: ${validationSplit} of ${count} examples leaves none to train on.`);
  }
  const batchSize = wanted ?? Math.min(DEFAULT_BATCH_SIZE, trainCount);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > trainCount) {
    throw new RangeError(
      `fit: batchSize: got ${shown(batchSize)}; expected a whole number from 1 to the ${trainCount} training examples.`,
    );
  }
  return { trainCount, validationCount: count - trainCount, batchSize, seed };
}
