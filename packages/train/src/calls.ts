import type { Shape, Tensor } from '@weft/core';
import type { BaseModel } from '@weft/nn';
import type { ExampleArray, ExampleArrays, Examples } from './data.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { fit } from './fit.js';
import type { History } from './history.js';
import { FIT_OPTIONS } from './options/fit-options.js';
import { EVALUATE_OPTIONS, MAP_OPTIONS, PREDICT_OPTIONS } from './options/predict-options.js';
import { checkOptions, type Option, type OptionsOf, type Schema } from './options/schema.js';
import { mapExamples, type Predictions, predict } from './predict.js';
import { isSmall, type Runtime, type RuntimeSource, type WorkSize } from './runtime/runtime.js';
import type { Draws } from './step/trace-update.js';
import type { ExampleStream } from './streams/example-stream.js';

/** Options that say where work is done, in place of a runtime. */
export type PlaceOptions<Pool> = Readonly<{
  pool: Option<Pool, 'optional'>;
  threads: Option<number, 'optional'>;
}>;

/** Where the calls of a package do their work. */
export interface Place<Pool extends Runtime> {
  readonly options: PlaceOptions<Pool>;
  /** Starts a pool: of so many threads, or of as many as are sensible. */
  start(threads?: number): Promise<Pool>;
  /** The thread that asks, as a pool: for a few examples, where workers would take longer to start. */
  take(): Runtime | Promise<Runtime>;
}

type Placed<Options extends Schema, Pool> = OptionsOf<Options> & OptionsOf<PlaceOptions<Pool>>;

/** Options of `fit` with `pool` and `threads`. */
export type FitOn<Pool> = Placed<typeof FIT_OPTIONS, Pool>;

/** Options of `mapExamples` with `pool` and `threads`. */
export type MapOn<Pool> = Placed<typeof MAP_OPTIONS, Pool>;

/** Options of `predict` with `pool` and `threads`. */
export type PredictOn<Pool> = Placed<typeof PREDICT_OPTIONS, Pool>;

/** Options of `evaluate` with `pool` and `threads`. */
export type EvaluateOn<Pool> = Placed<typeof EVALUATE_OPTIONS, Pool>;

/**
 * The options of a call without those of its place, and with a runtime.
 *
 * @param isTraining whether workers are worth starting, however few examples there are
 */
function onRuntime<Pool extends Runtime, Options extends { readonly pool?: Pool; readonly threads?: number }>(
  place: Place<Pool>,
  { pool, threads, ...others }: Options,
  isTraining = false,
): Omit<Options, 'pool' | 'threads'> & { readonly runtime: RuntimeSource } {
  const start = async (size: WorkSize) => {
    if (threads !== undefined) return place.start(threads);
    return isSmall(size) && !isTraining ? place.take() : place.start();
  };
  return { ...others, runtime: pool ?? start };
}

/**
 * `fit` with the options `pool` and `threads`.
 *
 * @example
 * const start = () => WorkerPool.create({ threads: 1 });
 * const pool = optional(such<WorkerPool>('a pool', (value) => value instanceof WorkerPool), 'Without it, one thread.');
 * const threads = optional(wholeNumber(1), 'Without it, 1.');
 * const fitHere = fitOn<WorkerPool>({ options: { pool, threads }, start, take: start });
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * const { history } = await fitHere(model, { x: Float32Array.of(0, 1), y: Float32Array.of(1, 3) }, { epochs: 2 });
 * history.loss.length; // 2
 */
export function fitOn<Pool extends Runtime>(place: Place<Pool>) {
  return async (model: BaseModel, data: Examples | ExampleStream, options: FitOn<Pool>): Promise<History> => {
    checkOptions('fit', options, { ...FIT_OPTIONS, ...place.options }, '{ epochs: 10 }');
    return fit(model, data, onRuntime(place, options, true));
  };
}

/**
 * `predict` with the options `pool` and `threads`.
 *
 * @example
 * const start = () => WorkerPool.create({ threads: 1 });
 * const pool = optional(such<WorkerPool>('a pool', (value) => value instanceof WorkerPool), 'Without it, one thread.');
 * const threads = optional(wholeNumber(1), 'Without it, 1.');
 * const predictHere = predictOn<WorkerPool>({ options: { pool, threads }, start, take: start });
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predictHere(model, Float32Array.of(-1, 2)); // [0, 2]
 */
export function predictOn<Pool extends Runtime>(place: Place<Pool>) {
  return async <Model extends BaseModel>(
    model: Model,
    x: ExampleArrays | ExampleStream,
    options: PredictOn<Pool> = {},
  ): Promise<Predictions<Model>> => {
    checkOptions('predict', options, { ...place.options, ...PREDICT_OPTIONS }, '{ threads: 2 }');
    return predict(model, x, onRuntime(place, options));
  };
}

/**
 * `mapExamples` with the options `pool` and `threads`.
 *
 * @example
 * const start = () => WorkerPool.create({ threads: 1 });
 * const pool = optional(such<WorkerPool>('a pool', (value) => value instanceof WorkerPool), 'Without it, one thread.');
 * const threads = optional(wholeNumber(1), 'Without it, 1.');
 * const mapHere = mapExamplesOn<WorkerPool>({ options: { pool, threads }, start, take: start });
 * await mapHere((x) => sum(x, 1), Float32Array.of(1, 2, 3, 4), [2]); // [3, 7]
 */
export function mapExamplesOn<Pool extends Runtime>(place: Place<Pool>) {
  return async (
    f: (x: Tensor, draws: Draws) => Tensor,
    x: ExampleArray,
    inputShape: Shape,
    options: MapOn<Pool> = {},
  ): Promise<Float32Array> => {
    checkOptions('mapExamples', options, { ...place.options, ...MAP_OPTIONS }, '{ threads: 2 }');
    return mapExamples(f, x, inputShape, onRuntime(place, options));
  };
}

/**
 * `evaluate` with the options `pool` and `threads`.
 *
 * @example
 * const start = () => WorkerPool.create({ threads: 1 });
 * const pool = optional(such<WorkerPool>('a pool', (value) => value instanceof WorkerPool), 'Without it, one thread.');
 * const threads = optional(wholeNumber(1), 'Without it, 1.');
 * const evaluateHere = evaluateOn<WorkerPool>({ options: { pool, threads }, start, take: start });
 * const model = new Sequential([new ReLU()], { inputShape: [1] });
 * (await evaluateHere(model, { x: Float32Array.of(2), y: Float32Array.of(5) })).loss; // 9
 */
export function evaluateOn<Pool extends Runtime>(place: Place<Pool>) {
  return async (
    model: BaseModel,
    data: Examples | ExampleStream,
    options: EvaluateOn<Pool> = {},
  ): Promise<Evaluation> => {
    checkOptions('evaluate', options, { ...place.options, ...EVALUATE_OPTIONS }, '{ loss: meanAbsoluteError }');
    return evaluate(model, data, onRuntime(place, options));
  };
}
