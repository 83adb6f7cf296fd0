import { type BaseModel, type Metric, meanSquaredError } from '@weft/nn';
import { type Examples, namedExamples } from './data.js';
import { type OnCompiled, runGuarded } from './guard/run-guarded.js';
import { checkModel } from './options/check-model.js';
import { compileOptionsOf } from './options/compile-options.js';
import { checkCallOptions, EVALUATE_WITH_RUNTIME, type EvaluateOptions } from './options/predict-options.js';
import { type CheckedOptions, checkOptions } from './options/schema.js';
import { type PreparedEvaluation, prepareEvaluation } from './prepare-evaluation.js';
import { areRecords } from './records/example-records.js';
import { openRecords } from './records/open-records.js';
import { type Runtime, withRuntime } from './runtime/runtime.js';
import { SessionMemory } from './step/session.js';
import { EvaluationStream } from './streams/evaluation-stream.js';
import { type ExampleStream, isStream } from './streams/example-stream.js';
import { type OpenedStream, openStream } from './streams/open-stream.js';
import { CONTROL, type StepsWork } from './task.js';

/** Losses and metrics by name: `loss`, those of outputs, and those of metrics. */
export type Evaluation = Readonly<Record<string, number>> & { readonly loss: number };

/**
 * The model's losses and metrics on examples, computed on all workers of a runtime.
 *
 * @param data arrays, records that are read, or a stream of batches
 * @returns by names: `loss`, those of outputs, and those of metrics
 * @throws RangeError for an unknown option, or if inputs and targets do not fit the model or each other; StreamError if
 *   a stream fails
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 }); // `evaluate` of @weft/pool starts one by itself
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'ones' })], { inputShape: [1] });
 * const data = { x: Float32Array.of(1, 2), y: Float32Array.of(1, 4) };
 * await evaluate(model, data, { loss: meanSquaredError, runtime }); // { loss: 2 }
 * await runtime.close();
 */
export async function evaluate(
  model: BaseModel,
  data: Examples | ExampleStream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  return evaluateInMicroBatches(model, data, options, undefined);
}

/**
 * `evaluate` with micro-batches of another size: for tests of what must not depend on it.
 *
 * @param microBatch examples to a micro-batch
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 });
 * const model = new Sequential([new Dense({ units: 1, kernelInitializer: 'ones' })], { inputShape: [1] });
 * const data = { x: Float32Array.of(1, 2), y: Float32Array.of(1, 4) };
 * await evaluateInMicroBatches(model, data, { loss: meanSquaredError, runtime }, 1); // { loss: 2 }
 * await runtime.close();
 */
export async function evaluateInMicroBatches(
  model: BaseModel,
  data: Examples | ExampleStream,
  options: EvaluateOptions,
  microBatch: number | undefined,
): Promise<Evaluation> {
  checkModel('evaluate', model);
  const checked = checkOptions('evaluate', options, EVALUATE_WITH_RUNTIME, '{ loss: meanAbsoluteError }');
  checkCallOptions('evaluate', data, options);
  const stream = isStream(data) ? await openExamples(model, data, checked) : openedRecords(model, data, checked);
  const examples = stream?.ring.examples ?? namedExamples('evaluate', model, data as Examples);
  const weights = model.weights.map(({ weight }) => weight);
  const size = { examples: stream ? (stream.reader.examples ?? Number.POSITIVE_INFINITY) : examples.count, weights };
  try {
    return await withRuntime(checked.runtime, size, (runtime) =>
      runtime.hold(async (id) => {
        checked.signal?.throwIfAborted();
        const session = new SessionMemory(runtime, [examples], weights, checked.seed);
        const objective = objectiveSource(model, checked);
        const plan = {
          first: 0,
          count: examples.count,
          batchSize: stream?.ring.capacity ?? checked.batchSize,
          options: { ...compileOptionsOf(checked, runtime), microBatch },
          id: `${id} evaluate`,
          session: id,
        };
        const source = { model, examples, corrupt: checked.corrupt, weights };
        const prepared = await prepareEvaluation(session, source, [objective], plan);
        return stream ? runStream(session, prepared, stream, checked.signal) : run(session, prepared, checked.signal);
      }),
    );
  } finally {
    await stream?.reader.close();
  }
}

type CheckedEvaluateOptions = CheckedOptions<typeof EVALUATE_WITH_RUNTIME>;

function objectiveSource(model: BaseModel, { loss, lossWeights, metrics }: CheckedEvaluateOptions) {
  return {
    model,
    loss: loss ?? meanSquaredError,
    ...(lossWeights && { lossWeights }),
    metrics: metrics as readonly Metric[],
    name: 'loss',
  };
}

function openExamples(model: BaseModel, data: ExampleStream, { steps }: CheckedEvaluateOptions) {
  const source = {
    data,
    name: 'evaluate',
    steps,
    stepsOption: 'steps',
    hasEpochs: false,
    named: (batch: unknown, call: string, prefix: string) => namedExamples(call, model, batch as Examples, prefix),
  };
  return openStream(source, 0);
}

function openedRecords(model: BaseModel, data: Examples, { batchSize }: CheckedEvaluateOptions) {
  if (!areRecords(data)) return undefined;
  const examples = namedExamples('evaluate', model, data);
  return openRecords(examples, { name: 'evaluate', batchSize, shuffleSeed: undefined, hasEpochs: false });
}

async function run(session: SessionMemory, prepared: PreparedEvaluation, signal: AbortSignal | undefined) {
  const { work, programs, microBatch, log } = prepared;
  await runGuarded(session, work, programs, microBatch, () => runUntilAborted(session.runtime, work, signal));
  return log.logs() as Record<string, number> & Evaluation;
}

async function runStream(
  session: SessionMemory,
  prepared: PreparedEvaluation,
  stream: OpenedStream,
  signal: AbortSignal | undefined,
) {
  const { work, programs, microBatch } = prepared;
  stream.reader.signal = signal;
  let watch: OnCompiled = async () => {};
  const evaluation = new EvaluationStream(prepared, session, stream, (more) => watch(more, evaluation.guarded()));
  await evaluation.begin(0);
  const run = async (onCompiled: OnCompiled) => {
    watch = onCompiled;
    await evaluation.run(0, signal);
  };
  await runGuarded(session, work, programs, microBatch, run, true);
  return evaluation.log.logs() as Record<string, number> & Evaluation;
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
