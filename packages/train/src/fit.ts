import type { BaseModel } from '@weft/nn';
import type { Examples } from './data.js';
import type { History } from './history.js';
import { checkModel } from './options/check-model.js';
import { compileOptionsOf } from './options/compile-options.js';
import { FIT_WITH_RUNTIME, type FitOptions } from './options/fit-options.js';
import { checkOptions } from './options/schema.js';
import { prepareTraining } from './prepare-training.js';
import { withRuntime } from './runtime/runtime.js';
import type { ExampleStream } from './streams/example-stream.js';
import { openFitStreams } from './streams/fit-streams.js';
import { TrainingRun } from './training-run.js';
import { trainingSource } from './training-source.js';

/**
 * Trains a model on all workers of a runtime. The result is the same to the bit for any number of workers: a batch is
 * cut into micro-batches by shapes alone, and what these give is added up in a fixed order. Nor does it depend on
 * whether training was interrupted on the way and resumed from a checkpoint.
 *
 * @param model whose weights are changed
 * @param data  inputs, targets and weights of examples: as arrays, as records that are read, or as a stream of batches
 * @throws RangeError for options or examples that do not fit, or an unknown option; TypeError for a value of another
 *   kind than is expected; StreamError if a stream fails, has too few batches, or cannot be read again; NonFiniteError if a loss or weights are not finite numbers any more;
 *   CheckpointMismatchError if the checkpoint to resume from belongs to another training; CheckpointError if it is
 *   damaged
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 }); // `fit` of @weft/pool starts one by itself
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * const data = { x: Float32Array.of(0, 1, 2), y: Float32Array.of(1, 3, 5) };
 * const optimizer = new SGD({ learningRate: 0.1 });
 * await fit(model, data, { epochs: 200, optimizer, runtime });
 * await runtime.close();
 * model.weights.map(({ data }) => Math.round(data[0])); // [2, 1]; y = 2 x + 1
 */
export async function fit(model: BaseModel, data: Examples | ExampleStream, options: FitOptions): Promise<History> {
  return fitInMicroBatches(model, data, options, undefined);
}

/**
 * `fit` with micro-batches of another size: for tests of what must not depend on it.
 *
 * @param microBatch examples to a micro-batch
 * @example
 * const runtime = await WorkerPool.create({ threads: 1 });
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * const data = { x: Float32Array.of(0, 1, 2), y: Float32Array.of(1, 3, 5) };
 * await fitInMicroBatches(model, data, { epochs: 1, runtime }, 2);
 * await runtime.close();
 */
export async function fitInMicroBatches(
  model: BaseModel,
  data: Examples | ExampleStream,
  options: FitOptions,
  microBatch: number | undefined,
): Promise<History> {
  checkModel('fit', model);
  const checked = checkOptions('fit', options, FIT_WITH_RUNTIME, '{ epochs: 10 }');
  const opening = openFitStreams(model, data, checked);
  // Without streams nothing is waited for: of two calls, the first one gets the pool.
  const streams = opening instanceof Promise ? await opening : opening;
  try {
    const source = trainingSource(model, streams.data, checked, streams.validation);
    const reader = source.stream?.reader;
    // A stream comes in its own order.
    const ordered = reader && reader.examples === undefined ? { ...checked, shuffle: false } : checked;
    const examples = reader ? (reader.examples ?? Number.POSITIVE_INFINITY) : source.trainCount;
    const size = { examples, weights: source.weights.map(({ weight }) => weight) };
    return await withRuntime(checked.runtime, size, (runtime) =>
      runtime.hold(async (session) => {
        const stepOptions = { ...compileOptionsOf(checked, runtime), microBatch };
        const prepared = await prepareTraining(source, runtime, session, stepOptions);
        return new TrainingRun(prepared, ordered).train();
      }),
    );
  } finally {
    await streams.close();
  }
}
