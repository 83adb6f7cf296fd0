import type { BaseModel, Loss, ModelLoss, ModelWeight, Optimizer } from '@weft/nn';
import type { Callback } from '../callbacks/callback.js';
import { checkCallbacks } from '../callbacks/check-callbacks.js';
import { CHECKPOINT_OPTIONS } from '../checkpoints/options.js';
import { CLASS_WEIGHT } from '../class-weight.js';
import type { Examples } from '../data.js';
import type { OptimizerState } from '../history.js';
import type { LossOption, MetricsOption } from '../objective.js';
import type { Corruption } from '../step/trace-update.js';
import { type ExampleStream, isStream } from '../streams/example-stream.js';
import { KERNEL_OPTIONS } from './compile-options.js';
import { flag, functionOf, number, oneOf, optionsOf, such, text, wholeNumber } from './kinds.js';
import { RUNTIME_OPTION } from './runtime-option.js';
import { defaulted, type OptionsOf, optional, required } from './schema.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const isLoss = (value: unknown) => typeof value === 'function';

export const LOSS = such<LossOption>(
  'a function, such as meanSquaredError of @weft/nn, or a record of them by the names of outputs',
  (value) => isLoss(value) || (isRecord(value) && Object.values(value).every(isLoss)),
);

function isMetric(value: unknown): boolean {
  const { name, values, sums, scores, result } = (value ?? {}) as Record<string, unknown>;
  const hasResult = typeof result === 'function';
  return (
    typeof name === 'string' &&
    (typeof values === 'function' || (hasResult && [sums, scores].some((part) => typeof part === 'function')))
  );
}

const areMetrics = (value: unknown) => Array.isArray(value) && value.every(isMetric);

export const METRICS = such<MetricsOption>(
  'an array of metrics, such as [accuracy] of @weft/nn, or a record of arrays by the names of outputs',
  (value) => areMetrics(value) || (isRecord(value) && Object.values(value).every(areMetrics)),
);

export const LOSS_WEIGHTS = such<Readonly<Record<string, number>>>(
  'a record of finite numbers by the names of outputs',
  (value) => isRecord(value) && Object.values(value).every(Number.isFinite),
);

export const CORRUPTION = functionOf<Corruption>('a function (x, draws) => ...');
export const SIGNAL = such<AbortSignal>("an AbortController's signal", (value) => value instanceof AbortSignal);

function isOptimizer(value: unknown): boolean {
  const { update, scalars, slots } = (value ?? {}) as Record<string, unknown>;
  return isRecord(value) && typeof update === 'function' && typeof scalars === 'function' && Array.isArray(slots);
}

const OPTIMIZER = such<Optimizer>('an optimiser of @weft/nn, such as new Adam()', isOptimizer);

/** Weights that an update trains: those of models, weights of models, or those whose paths pass. */
export type TrainedWeights =
  | BaseModel
  | ModelWeight
  | readonly (BaseModel | ModelWeight)[]
  | ((path: string) => boolean);

const UPDATE = {
  name: optional(text('a name'), 'Begins its names in the logs. Without it, `update_1` and so on.'),
  loss: required(such<Loss | ModelLoss>('a function', isLoss), 'What it makes smaller.'),
  weights: required(
    such<TrainedWeights>(
      'a model, weights of models, an array of them, or a function (path) => true or false',
      (value) => {
        return typeof value === 'function' || (typeof value === 'object' && value !== null);
      },
    ),
    'The weights that it trains.',
  ),
  optimizer: optional(OPTIMIZER, 'Without it, Adam.'),
};

/** One of several changes in a step, each made from the weights that the one before has left. */
export type Update = OptionsOf<typeof UPDATE>;

const UPDATES = {
  ...such<readonly Update[]>('an array of at least one { loss, weights, optimizer }', (value) => {
    return Array.isArray(value) && value.length > 0;
  }),
  inside: (name: string, updates: readonly Update[]) => {
    const each = optionsOf(UPDATE, '{ loss, weights: model }');
    for (const [index, update] of updates.entries()) each.inside?.(`${name}: number ${index + 1}`, update);
  },
};

/**
 * The options of `fit` on any runtime, as Keras names them where it has them.
 *
 * @example
 * FIT_OPTIONS.shuffle.value; // true
 */
export const FIT_OPTIONS = {
  epochs: required(wholeNumber(1), 'The number of the last epoch: how often all training examples are used.'),
  initialEpoch: defaulted(
    wholeNumber(0),
    0,
    'Epochs that were trained before, by another call: the order of examples and all draws continue behind them.',
  ),
  batchSize: optional(
    wholeNumber(1),
    'Examples to a step; the last batch of an epoch holds what is left. Without it 32, or all training examples where there are fewer.',
  ),
  stepsPerEpoch: optional(
    wholeNumber(1),
    'Batches of a stream to an epoch. Without it, an epoch ends with the stream. Only for streams.',
  ),
  validationSplit: defaulted(
    number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    0,
    'The last part of the examples, taken before shuffling, that is not trained on.',
  ),
  validationData: optional(
    such<Examples | ExampleStream>('an object { x, y } of examples, or a stream of them', (value) => {
      return isRecord(value) || isStream(value);
    }),
    'Examples to validate on, instead of a part of those given. A stream is read in every epoch.',
  ),
  validationSteps: optional(
    wholeNumber(1),
    'Batches of a stream to a validation. Without it, all. Only where validationData is a stream.',
  ),
  classWeight: optional(
    CLASS_WEIGHT,
    'How much examples count in training, by the label of their target: a whole number, the largest of a one-hot vector, or 0 and 1. It multiplies sampleWeight; labels that it does not name count 1.',
  ),
  seed: defaulted(wholeNumber(0), 42, 'Decides the order of examples and all draws.'),
  optimizer: optional(
    OPTIMIZER,
    'Without it, Adam. Its state, such as moments and the count of steps, starts anew unless training is resumed or optimizerState is given.',
  ),
  optimizerState: optional(
    such<OptimizerState>('what a History of fit holds as optimizerState', isRecord),
    'What the optimisers of an earlier call had kept, to continue with.',
  ),
  loss: optional(LOSS, 'Without it, mean squared error.'),
  lossWeights: optional(
    LOSS_WEIGHTS,
    'By what the losses of outputs are multiplied before they are added up. Without it, 1.',
  ),
  metrics: defaulted(METRICS, [], 'What else is logged, by the names of metrics.'),
  updates: optional(
    UPDATES,
    'Several changes in each step, each with a loss, weights and an optimiser of its own, in the place of loss and optimizer. In the logs `loss` is then the sum of their losses.',
  ),
  augment: optional(
    CORRUPTION,
    'Changes training examples as a part of the program, before `corrupt`: inputs, and targets that are the inputs themselves, as of an autoencoder. Validation examples stay as they are.',
  ),
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
  shuffle: defaulted(
    flag,
    true,
    'Whether training examples come in a new order each epoch. The batches of a stream come as they are.',
  ),
  ...KERNEL_OPTIONS,
  checkpoints: optional(
    optionsOf(CHECKPOINT_OPTIONS, "{ directory: 'checkpoints' }"),
    'Writes the state of the training to files while it runs. Without it, nothing is written.',
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

export const FIT_WITH_RUNTIME = { ...FIT_OPTIONS, ...RUNTIME_OPTION };

/** Options of `fit`. */
export type FitOptions = OptionsOf<typeof FIT_WITH_RUNTIME>;
