import {
  type EvaluateOn,
  evaluateOn,
  type FitOn,
  fitOn,
  type MapOn,
  mapExamplesOn,
  optional,
  type Place,
  type PredictOn,
  predictOn,
  such,
  wholeNumber,
} from '@weft/train/runtime';
import { MOST_THREADS } from './available-threads.js';
import { WorkerPool } from './pool.js';
import { ThisThread } from './this-thread.js';

const place: Place<WorkerPool> = {
  options: {
    pool: optional(
      such<WorkerPool>('what WorkerPool.create() resolves to: await it', (value) => value instanceof WorkerPool),
      "Workers to use. Without it, a pool of this call's own; a few examples are predicted or evaluated in the thread that asks.",
    ),
    threads: optional(
      wholeNumber(1, MOST_THREADS),
      'Threads of a pool of its own. Without it, the environment variable `WEFT_THREADS`, or all.',
    ),
  },
  start: (threads) => WorkerPool.create(threads === undefined ? {} : { threads }),
  take: () => ThisThread.take(),
};

/** Options of `fit`. */
export type FitOptions = FitOn<WorkerPool>;

/** Options of `mapExamples`. */
export type MapOptions = MapOn<WorkerPool>;

/** Options of `predict`. */
export type PredictOptions = PredictOn<WorkerPool>;

/** Options of `evaluate`. */
export type EvaluateOptions = EvaluateOn<WorkerPool>;

/**
 * Trains a model on all cores. The result is the same to the bit for any number of threads: a batch is cut into
 * micro-batches by shapes alone, and their gradients are added up in a fixed order. An interrupted training that was
 * resumed from a checkpoint gives the same bits, too.
 *
 * @param data arrays of examples; records, of which six batches are in memory at a time; or a stream of batches, of which
 *   two are
 * @throws RangeError for options or examples that do not fit, or an option that there is not; TypeError for a value of
 *   another kind than is expected; NonFiniteError if a loss or weights are not finite numbers any more;
 *   CheckpointMismatchError if the checkpoint to resume from belongs to another training; CheckpointError if it is
 *   damaged
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * const data = { x: Float32Array.of(0, 1, 2), y: Float32Array.of(1, 3, 5) };
 * const optimizer = new SGD({ learningRate: 0.1 });
 * const { history } = await fit(model, data, { epochs: 200, optimizer });
 * history.loss.length; // 200
 * model.weights.map(({ data }) => Math.round(data[0])); // [2, 1]; y = 2 x + 1
 */
export const fit = /* @__PURE__ */ fitOn(place);

/**
 * The model's outputs for examples, computed on all cores. Without `pool` and `threads`, up to 32 examples of a small
 * model are computed in the thread that asks, in less time than threads take to start.
 *
 * @returns [count, ...outputShape], row-major
 * @throws RangeError for an option that there is not, or if the values are not a whole number of examples
 * @example
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predict(model, Float32Array.of(-1, 2, 3, -4)); // [0, 2, 3, 0]
 */
export const predict = /* @__PURE__ */ predictOn(place);

/**
 * What a function makes of examples, computed on all cores.
 *
 * @param f          builds the result for some of the examples, [count, ...]; it must treat them one by one
 * @param inputShape shape of one example
 * @returns the results one after another, row-major
 * @throws RangeError for an option that there is not, or if the values are not a whole number of examples, or the function gives no result for each
 * @example
 * await mapExamples((x) => sum(x, 1), Float32Array.of(1, 2, 3, 4), [2]); // [3, 7]
 */
export const mapExamples = /* @__PURE__ */ mapExamplesOn(place);

/**
 * The model's losses and metrics on examples, computed on all cores.
 *
 * @returns by names: `loss`, those of outputs, and those of metrics
 * @throws RangeError for an option that there is not, or if inputs and targets do not fit the model or each other
 * @example
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'ones' })], { inputShape: [1] });
 * const data = { x: Float32Array.of(1, 2), y: Float32Array.of(1, 4) };
 * await evaluate(model, data, { loss: meanSquaredError }); // { loss: 2 }
 */
export const evaluate = /* @__PURE__ */ evaluateOn(place);
