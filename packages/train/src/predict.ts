import type { Shape, Tensor } from '@weft/core';
import { Activation, type BaseModel, Sequential } from '@weft/nn';
import type { ExampleArray, ExampleArrays } from './data.js';
import { batchSizeOf, inputExamples, type MapSource, mapBatches, outputsOf, tracingRows } from './map-batches.js';
import { checkModel } from './options/check-model.js';
import { compileOptionsOf } from './options/compile-options.js';
import {
  checkCallOptions,
  MAP_WITH_RUNTIME,
  type MapOptions,
  PREDICT_WITH_RUNTIME,
  type PredictOptions,
} from './options/predict-options.js';
import { type CheckedOptions, checkOptions } from './options/schema.js';
import { hasRecords } from './records/example-records.js';
import { openRecords } from './records/open-records.js';
import { withRuntime } from './runtime/runtime.js';
import type { Draws } from './step/trace-update.js';
import { type ExampleStream, isStream } from './streams/example-stream.js';
import { mapStream } from './streams/map-stream.js';
import { openStream } from './streams/open-stream.js';

/** What `predict` gives where `call` gives a tensor: its values; where it gives tensors by name, the values of each. */
export type Predictions<Model extends BaseModel> = Model extends BaseModel<infer Y> ? ValuesOf<Y> : never;

type ValuesOf<Y> = Y extends Tensor ? Float32Array : Readonly<Record<string, Float32Array>>;

/**
 * The model's outputs for examples, computed on all workers of a runtime.
 *
 * @param x one array or records for the only input, several by the names of inputs, or a stream of batches, of which targets are
 *   not looked at; results of all are kept
 * @returns [count, ...outputShape], row-major: one array, or a record by names where the model gives a record
 * @throws RangeError for an unknown option, or if the values are not a whole number of examples; StreamError if a
 *   stream fails
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 }); // `predict` of @weft/pool starts one by itself
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predict(model, Float32Array.of(-1, 2, 3, -4), { runtime }); // [0, 2, 3, 0]
 * await runtime.close();
 */
export async function predict<Model extends BaseModel>(
  model: Model,
  x: ExampleArrays | ExampleStream,
  options: PredictOptions,
): Promise<Predictions<Model>> {
  checkModel('predict', model);
  const checked = checkOptions('predict', options, PREDICT_WITH_RUNTIME, '{ threads: 2 }');
  checkCallOptions('predict', x, options);
  const source = { model, weights: model.weights.map(({ weight }) => weight), build: outputsOf(model) };
  const results = isStream(x)
    ? await runMapOfStream(source, x, checked)
    : await runMap({ ...source, examples: inputExamples(model, x) }, checked);
  if (model.graph.isSingle) return results[0].values as Predictions<Model>;
  return Object.fromEntries(
    model.outputs.map(({ name }, which) => [name, results[which].values]),
  ) as Predictions<Model>;
}

/**
 * What a function makes of examples, computed on all workers of a runtime.
 *
 * @param f          builds the results of a batch, [batch, ...]
 * @param inputShape shape of one example
 * @returns the results one after another, row-major
 * @throws RangeError for an unknown option, or if the values are not a whole number of examples, or the function gives
 *   no result for each
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 }); // `mapExamples` of @weft/pool starts one by itself
 * await mapExamples((x) => sum(x, 1), Float32Array.of(1, 2, 3, 4), [2], { runtime }); // [3, 7]
 * await runtime.close();
 */
export async function mapExamples(
  f: (x: Tensor, draws: Draws) => Tensor,
  x: ExampleArray,
  inputShape: Shape,
  options: MapOptions,
): Promise<Float32Array> {
  const checked = checkOptions('mapExamples', options, MAP_WITH_RUNTIME, '{ threads: 2 }');
  const model = new Sequential([new Activation({ activation: 'linear' })], { inputShape, name: 'map' });
  const [{ name }] = model.inputs;
  const [result] = await runMap(
    {
      model,
      examples: inputExamples(model, x),
      weights: [],
      build: (inputs, draws) => [f(inputs[name], draws)],
    },
    checked,
  );
  return result.values;
}

type CheckedMapOptions = CheckedOptions<typeof MAP_WITH_RUNTIME>;
type CheckedPredictOptions = CheckedOptions<typeof PREDICT_WITH_RUNTIME>;

function runMap(source: Omit<MapSource, 'corrupt' | 'seed' | 'batchSize'>, options: CheckedMapOptions) {
  const { corrupt, seed, batchSize, signal } = options;
  if (hasRecords(source.examples)) return runMapOfRecords(source, options);
  const size = { examples: source.examples.count, weights: source.weights };
  return withRuntime(options.runtime, size, (runtime) =>
    runtime.hold((session) =>
      mapBatches({ ...source, corrupt, seed, batchSize }, runtime, session, compileOptionsOf(options, runtime), signal),
    ),
  );
}

function runMapOfRecords(source: Omit<MapSource, 'corrupt' | 'seed' | 'batchSize'>, options: CheckedMapOptions) {
  const { corrupt, seed, signal } = options;
  const mapped = { ...source, corrupt, seed, batchSize: options.batchSize };
  const size = { examples: source.examples.count, weights: source.weights };
  return withRuntime(options.runtime, size, (runtime) =>
    runtime.hold(async (session) => {
      const compileOptions = compileOptionsOf(options, runtime);
      const batchSize = batchSizeOf(mapped, tracingRows(mapped), compileOptions);
      const plan = { name: 'predict', batchSize, shuffleSeed: undefined, hasEpochs: false };
      const opened = openRecords(source.examples, plan);
      opened.reader.signal = signal;
      try {
        return await mapStream(mapped, opened, runtime, session, compileOptions, signal);
      } finally {
        await opened.reader.close();
      }
    }),
  );
}

async function runMapOfStream(
  source: Omit<MapSource, 'corrupt' | 'seed' | 'batchSize' | 'examples'>,
  data: ExampleStream,
  options: CheckedPredictOptions,
) {
  const { corrupt, seed, signal } = options;
  const stream = await openInputs(source.model, data, options.steps);
  stream.reader.signal = signal;
  const size = { examples: Number.POSITIVE_INFINITY, weights: source.weights };
  try {
    return await withRuntime(options.runtime, size, (runtime) =>
      runtime.hold((session) =>
        mapStream({ ...source, corrupt, seed }, stream, runtime, session, compileOptionsOf(options, runtime), signal),
      ),
    );
  } finally {
    await stream.reader.close();
  }
}

/** The inputs of batches; they may have targets, of which nothing is known. */
function openInputs(model: BaseModel, data: ExampleStream, steps: number | undefined) {
  const source = {
    data,
    name: 'predict',
    steps,
    stepsOption: 'steps',
    hasEpochs: false,
    named: (batch: unknown, _call: string, prefix: string) => {
      return inputExamples(model, inputsOf(batch), `${prefix}x`);
    },
  };
  return openStream(source, 0);
}

/** A batch `{ x, y }`, or the arrays of inputs themselves. */
function inputsOf(batch: unknown): ExampleArrays {
  return (typeof batch === 'object' && batch !== null && 'x' in batch ? batch.x : batch) as ExampleArrays;
}
