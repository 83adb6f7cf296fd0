import type { Loss, Optimizer, Sequential } from '@weft/nn';
import type { Callback } from './callbacks/callback.js';
import { type CheckpointOptions, checkCheckpointOptions } from './checkpoints/options.js';
import type { KernelOptions } from './compile-options.js';
import { checkExamples, type Examples } from './examples.js';
import { checkKnownOptions, checkModel, checkOption, checkWholeNumber, optionNames, shown } from './options.js';
import type { Corruption } from './programs.js';
import type { RuntimeSource } from './runtime/runtime.js';

/** As in Keras. */
const DEFAULT_BATCH_SIZE = 32;

/** Options of `fit`, as Keras names them where it has them. */
export interface FitOptions extends KernelOptions {
  readonly epochs: number;
  /** Examples to a step. Default 32, or all training examples where there are fewer. */
  readonly batchSize?: number;
  /** The last part of the examples, taken before shuffling, that is not trained on. Default 0. */
  readonly validationSplit?: number;
  /** Decides the order of examples and all draws. Default 42. */
  readonly seed?: number;
  /** Default Adam. Its state, such as moments and the count of steps, starts anew unless training is resumed. */
  readonly optimizer?: Optimizer;
  /** Default mean squared error. */
  readonly loss?: Loss;
  /** Changes inputs, not targets, as a part of the program: noise, for instance. */
  readonly corrupt?: Corruption;
  readonly callbacks?: readonly Callback[];
  /** What trains. */
  readonly runtime: RuntimeSource;
  /** Ends training after the running step. */
  readonly signal?: AbortSignal;
  /** Whether training examples come in a new order each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Writes the state of the training down while it goes on. Default: not. */
  readonly checkpoints?: CheckpointOptions;
  /**
   * A checkpoint to go on from, or a folder of them: then from the newest one that is whole, or from the beginning if
   * there is none. The result is the same to the bit as if training had never been broken off.
   */
  readonly resumeFrom?: string;
  /**
   * What a loss, or weights, that are not finite numbers do: `stop` ends training with a NonFiniteError, after the
   * step. Default `stop`.
   */
  readonly onNaN?: 'stop' | 'continue';
  /** Is told of what training outlives, such as a checkpoint that cannot be written. Default: the runtime's `warn`. */
  readonly onWarning?: (message: string) => void;
}

const FIT_OPTIONS = optionNames<FitOptions>({
  epochs: true,
  batchSize: true,
  validationSplit: true,
  seed: true,
  optimizer: true,
  loss: true,
  corrupt: true,
  callbacks: true,
  runtime: true,
  signal: true,
  shuffle: true,
  convolution: true,
  fastMath: true,
  checkpoints: true,
  resumeFrom: true,
  onNaN: true,
  onWarning: true,
});

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
  checkKnownOptions('fit', options, FIT_OPTIONS, '{ epochs: 10 }');
  checkFunctions(options);
  checkCheckpointOptions(options);
  const { epochs, validationSplit = 0, seed = 42 } = options;
  const count = checkExamples('fit', model, data);
  checkWholeNumber('epochs', epochs, 1);
  checkWholeNumber('seed', seed, 0);
  if (typeof validationSplit !== 'number' || !(validationSplit >= 0 && validationSplit < 1)) {
    throw new RangeError(`validationSplit: got ${shown(validationSplit)}; expected a number from 0 to below 1.`);
  }
  const trainCount = Math.floor(count * (1 - validationSplit));
  if (trainCount === 0) {
    throw new RangeError(`validationSplit: ${validationSplit} of ${count} examples leaves none to train on.`);
  }
  const { batchSize = Math.min(DEFAULT_BATCH_SIZE, trainCount) } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > trainCount) {
    throw new RangeError(
      `batchSize: got ${shown(batchSize)}; expected a whole number from 1 to the ${trainCount} training examples.`,
    );
  }
  return { trainCount, validationCount: count - trainCount, batchSize, seed };
}

/** Keras takes names where these are functions and objects. */
function checkFunctions(options: FitOptions): void {
  const { optimizer, loss, corrupt, callbacks, signal, shuffle, onNaN, onWarning } = options;
  const isOptimizer = typeof optimizer?.update === 'function' && typeof optimizer.scalars === 'function';
  checkOption('optimizer', optimizer, isOptimizer, 'an optimiser of @weft/nn, such as new Adam()');
  checkOption('loss', loss, typeof loss === 'function', 'a function, such as meanSquaredError of @weft/nn');
  checkOption('corrupt', corrupt, typeof corrupt === 'function', 'a function (x, draws) => ...');
  checkOption('callbacks', callbacks, Array.isArray(callbacks), 'an array of callbacks: put one alone in brackets');
  checkOption('signal', signal, signal instanceof AbortSignal, "an AbortController's signal");
  checkOption('shuffle', shuffle, typeof shuffle === 'boolean', 'true or false');
  checkOption('onNaN', onNaN, onNaN === 'stop' || onNaN === 'continue', "'stop' or 'continue'");
  checkOption('onWarning', onWarning, typeof onWarning === 'function', 'a function (message) => ...');
}
