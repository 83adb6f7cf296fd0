import type { Shape, Tensor } from '@weft/core';
import type { BaseModel } from '@weft/nn';
import * as train from '@weft/train';
import {
  checkOptions,
  EVALUATE_OPTIONS,
  FIT_OPTIONS,
  isSmall,
  MAP_OPTIONS,
  type OptionsOf,
  optional,
  PREDICT_OPTIONS,
  type RuntimeSource,
  such,
  type WorkSize,
  wholeNumber,
} from '@weft/train/runtime';
import { MOST_THREADS } from './available-threads.js';
import { WorkerPool } from './pool.js';
import { ThisPage } from './this-page.js';

/** Where work is done. */
const PLACE = {
  pool: optional(
    such<WorkerPool>('what WorkerPool.create() resolves to: await it', (value) => value instanceof WorkerPool),
    "Workers to use. Without it, a pool of this call's own; a few examples are predicted or evaluated on the page's thread.",
  ),
  threads: optional(
    wholeNumber(1, MOST_THREADS),
    'Workers of a pool of its own. Without it, as many as the machine computes on at once; one where the page is not cross-origin isolated.',
  ),
};

const FIT = { ...FIT_OPTIONS, ...PLACE };
const MAP = { ...PLACE, ...MAP_OPTIONS };
const PREDICT = { ...PLACE, ...PREDICT_OPTIONS };
const EVALUATE = { ...PLACE, ...EVALUATE_OPTIONS };

/** Options of `fit`. */
export type FitOptions = OptionsOf<typeof FIT>;

/** Options of `mapExamples`. */
export type MapOptions = OptionsOf<typeof MAP>;

/** Options of `predict`. */
export type PredictOptions = OptionsOf<typeof PREDICT>;

/** Options of `evaluate`. */
export type EvaluateOptions = OptionsOf<typeof EVALUATE>;

type Place = OptionsOf<typeof PLACE>;

/**
 * The options that `@weft/train` takes, with a runtime instead of `pool` and `threads`.
 *
 * @param isTraining whether workers are worth starting, however few examples there are
 */
function onRuntime<Options extends Place>(
  { pool, threads, ...others }: Options,
  isTraining = false,
): Omit<Options, keyof Place> & { runtime: RuntimeSource } {
  const start = async (size: WorkSize) => {
    if (threads !== undefined) return WorkerPool.create({ threads });
    return isSmall(size) && !isTraining ? ThisPage.take() : WorkerPool.create();
  };
  return { ...others, runtime: pool ?? start };
}

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
export async function fit(
  model: BaseModel,
  data: train.Examples | train.ExampleStream,
  options: FitOptions,
): Promise<train.History> {
  checkOptions('fit', options, FIT, '{ epochs: 10 }');
  return train.fit(model, data, onRuntime(options, true));
}

/**
 * The model's outputs for examples, computed on all cores. Without `pool` and `threads`, up to 32 examples of a small
 * model are computed on the page's thread, in less time than workers take to start.
 *
 * @returns [count, ...outputShape], row-major
 * @throws RangeError for an option that there is not, or if the values are not a whole number of examples
 * @example
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predict(model, Float32Array.of(-1, 2, 3, -4)); // [0, 2, 3, 0]
 */
export async function predict<Model extends BaseModel>(
  model: Model,
  x: train.ExampleArrays | train.ExampleStream,
  options: PredictOptions = {},
): Promise<train.Predictions<Model>> {
  checkOptions('predict', options, PREDICT, '{ threads: 2 }');
  return train.predict(model, x, onRuntime(options));
}

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
export async function mapExamples(
  f: (x: Tensor, draws: train.Draws) => Tensor,
  x: train.ExampleArray,
  inputShape: Shape,
  options: MapOptions = {},
): Promise<Float32Array> {
  checkOptions('mapExamples', options, MAP, '{ threads: 2 }');
  return train.mapExamples(f, x, inputShape, onRuntime(options));
}

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
export async function evaluate(
  model: BaseModel,
  data: train.Examples | train.ExampleStream,
  options: EvaluateOptions = {},
): Promise<train.Evaluation> {
  checkOptions('evaluate', options, EVALUATE, '{ loss: meanAbsoluteError }');
  return train.evaluate(model, data, onRuntime(options));
}
