import type { Shape, Tensor } from '@weft/core';
import { Activation, type BaseModel, type Metric, meanSquaredError, Sequential } from '@weft/nn';
import { type ExampleArray, type ExampleArrays, type Examples, namedExamples } from './data.js';
import { runGuarded } from './guard/run-guarded.js';
import { inputExamples, type MapSource, mapBatches, outputsOf } from './map-batches.js';
import { checkModel } from './options/check-model.js';
import { compileOptionsOf } from './options/compile-options.js';
import {
  EVALUATE_WITH_RUNTIME,
  type EvaluateOptions,
  PREDICT_WITH_RUNTIME,
  type PredictOptions,
} from './options/predict-options.js';
import { type CheckedOptions, checkOptions } from './options/schema.js';
import { prepareEvaluation } from './prepare-evaluation.js';
import { type Runtime, withRuntime } from './runtime/runtime.js';
import { SessionMemory } from './step/session.js';
import type { Draws } from './step/trace-update.js';
import { CONTROL, type StepsWork } from './task.js';

/** What `predict` gives where `call` gives a tensor: its values; where it gives tensors by name, the values of each. */
export type Predictions<Model extends BaseModel> = Model extends BaseModel<infer Y> ? ValuesOf<Y> : never;

type ValuesOf<Y> = Y extends Tensor ? Float32Array : Readonly<Record<string, Float32Array>>;

/**
 * The model's outputs for examples, computed on all workers of a runtime.
 *
 * @param x one array for the only input, or several by the names of inputs
 * @returns [count, ...outputShape], row-major: one array, or a record by names where the model gives a record
 * @throws RangeError for an unknown option, or if the values are not a whole number of examples
 */
export async function predict<Model extends BaseModel>(
  model: Model,
  x: ExampleArrays,
  options: PredictOptions,
): Promise<Predictions<Model>> {
  checkModel('predict', model);
  const checked = checkOptions('predict', options, PREDICT_WITH_RUNTIME, '{ threads: 2 }');
  const source = {
    model,
    examples: inputExamples(model, x),
    weights: model.weights.map(({ weight }) => weight),
    build: outputsOf(model),
  };
  const results = await runMap(source, checked);
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
 */
export async function mapExamples(
  f: (x: Tensor, draws: Draws) => Tensor,
  x: ExampleArray,
  inputShape: Shape,
  options: PredictOptions,
): Promise<Float32Array> {
  const checked = checkOptions('mapExamples', options, PREDICT_WITH_RUNTIME, '{ threads: 2 }');
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

type CheckedPredictOptions = CheckedOptions<typeof PREDICT_WITH_RUNTIME>;

function runMap(source: Omit<MapSource, 'corrupt' | 'seed' | 'batchSize'>, options: CheckedPredictOptions) {
  const { corrupt, seed, batchSize, signal } = options;
  const size = { examples: source.examples.count, weights: source.weights };
  return withRuntime(options.runtime, size, (runtime) =>
    runtime.hold((session) =>
      mapBatches({ ...source, corrupt, seed, batchSize }, runtime, session, compileOptionsOf(options, runtime), signal),
    ),
  );
}

/** Losses and metrics by name: `loss`, those of outputs, and those of metrics. */
export type Evaluation = Readonly<Record<string, number>> & { readonly loss: number };

/**
 * The model's losses and metrics on examples, computed on all workers of a runtime.
 *
 * @returns by names: `loss`, those of outputs, and those of metrics
 * @throws RangeError for an unknown option, or if inputs and targets do not fit the model or each other
 */
export async function evaluate(model: BaseModel, data: Examples, options: EvaluateOptions): Promise<Evaluation> {
  return evaluateInMicroBatches(model, data, options, undefined);
}

/**
 * `evaluate` with micro-batches of another size: for tests of what must not depend on it.
 *
 * @param microBatch examples to a micro-batch
 */
export async function evaluateInMicroBatches(
  model: BaseModel,
  data: Examples,
  options: EvaluateOptions,
  microBatch: number | undefined,
): Promise<Evaluation> {
  checkModel('evaluate', model);
  const checked = checkOptions('evaluate', options, EVALUATE_WITH_RUNTIME, '{ loss: meanAbsoluteError }');
  const { loss = meanSquaredError, lossWeights, metrics, corrupt, seed, batchSize, signal } = checked;
  const examples = namedExamples('evaluate', model, data);
  const objective = {
    model,
    loss,
    ...(lossWeights && { lossWeights }),
    metrics: metrics as readonly Metric[],
    name: 'loss',
  };
  const weights = model.weights.map(({ weight }) => weight);
  return withRuntime(checked.runtime, { examples: examples.count, weights }, (runtime) =>
    runtime.hold(async (id) => {
      signal?.throwIfAborted();
      const session = new SessionMemory(runtime, [examples], weights, seed);
      const plan = {
        first: 0,
        count: examples.count,
        batchSize,
        options: { ...compileOptionsOf(checked, runtime), microBatch },
        id: `${id} evaluate`,
        session: id,
      };
      const {
        log,
        work,
        programs,
        microBatch: size,
      } = await prepareEvaluation(session, { model, examples, corrupt, weights }, [objective], plan);
      await runGuarded(session, work, programs, size, () => runUntilAborted(runtime, work, signal));
      return log.logs() as Record<string, number> & Evaluation;
    }),
  );
}

/** Does steps, or rejects with the signal's reason after the running one. */
async function runUntilAborted(runtime: Runtime, work: StepsWork, signal: AbortSignal | undefined): Promise<void> {
  const stop = () => Atomics.store(runtime.control, CONTROL.stopWanted, 1);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await runtime.runOnAll({ ...work, isReported: true });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
}
