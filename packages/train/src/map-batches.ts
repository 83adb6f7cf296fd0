import { cast, type Shape, Tensor } from '@weft/core';
import { byteLength, type CompileOptions, formatShape, sameShape, sizeOf } from '@weft/core/program';
import { type BaseModel, CallContext, type Weight } from '@weft/nn';
import { countOf, type ExampleArrays, inputTables, type NamedExamples } from './data.js';
import { runGuarded } from './guard/run-guarded.js';
import { shown } from './options/shown.js';
import type { Runtime } from './runtime/runtime.js';
import { planBatch } from './step/batch-plan.js';
import { microBatchesOf } from './step/leaves.js';
import { prepareBatches } from './step/prepare-batches.js';
import { inSequence, SessionMemory } from './step/session.js';
import type { Block } from './step/stages.js';
import { type Corruption, type Draws, traceOutputs } from './step/trace-update.js';

/** What is computed of examples, one result for each. */
export interface MapSource {
  readonly model: BaseModel;
  readonly examples: NamedExamples;
  readonly corrupt: Corruption | undefined;
  readonly weights: readonly Weight[];
  readonly seed: number;
  /** Examples that may meet. Default: as many as are fast if they do not meet, else 32. */
  readonly batchSize: number | undefined;
  /** Builds the results of a batch, each [batch, ...]. */
  build(inputs: Readonly<Record<string, Tensor>>, draws: Draws): readonly Tensor[];
}

/** As in Keras. */
const DEFAULT_BATCH_SIZE = 32;

/** Bytes of results that are computed before they are copied out: what shared memory has to hold of them. */
const CHUNK_BYTES = 4 * 2 ** 20;
const LARGEST_CHUNK = 4096;

/** Enough examples for many workers. */
const USUAL_CHUNK = 256;
const SMALLEST_CHUNK = 64;

/**
 * Computes something of all examples, batch by batch, on all workers.
 *
 * @returns an array for each result, row-major, with the shape of one
 */
export async function mapBatches(
  source: MapSource,
  runtime: Runtime,
  id: string,
  options: CompileOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly shape: Shape; readonly values: Float32Array }[]> {
  const { examples, weights, seed } = source;
  const { count } = examples;
  const { trace, shapes } = tracingRows(source);
  const batchSize = batchSizeOf(source, { trace, shapes }, options);
  const session = new SessionMemory(runtime, [examples], weights, seed);
  const order = session.order(count);
  inSequence(order, 0);
  const batches = microBatchesOf(count, batchSize);
  const rooms = reserveResults(runtime, shapes, batchSize);
  const part = { name: 'map', trace, outputs: outputBlocks(rooms) };
  const sizes = batches.map((batch) => batch.count);
  const prepared = await prepareBatches(session, examples, order, sizes, [part], options, id);
  const results = shapes.map((shape) => ({ shape, values: new Float32Array(count * sizeOf(shape)) }));
  const copyOut = (which: number) => {
    const batch = batches[which];
    for (const [index, { shape, values }] of results.entries()) {
      values.set(rooms[index].of(which % 2, batch.count), batch.begin * sizeOf(shape));
    }
  };
  const { stages, programs, microBatch } = prepared;
  const work = { session: id, count, batchSize, firstStep: 0, endStep: 0, isReported: false, finite: [] };
  await runGuarded(session, { ...work, stages, resultStep: 0 }, programs, microBatch, async () => {
    for (const [which, batch] of batches.entries()) {
      signal?.throwIfAborted();
      const running = runtime.runOnAll({
        ...work,
        // The blocks of results tell even from odd steps.
        stages: { [batch.count]: stages[batch.count] },
        firstStep: which,
        endStep: which + 1,
        resultStep: which % 2,
      });
      if (which > 0) copyOut(which - 1);
      await running;
    }
    copyOut(batches.length - 1);
  });
  return results;
}

/** Examples that are computed together. */
export function batchSizeOf(
  { batchSize, examples: { count } }: MapSource,
  { trace, shapes }: ReturnType<typeof tracingRows>,
  options: CompileOptions,
): number {
  const isSmall = count <= DEFAULT_BATCH_SIZE;
  return Math.min(count, batchSize ?? (isSmall ? count : fastBatch(trace, shapes, options)));
}

/** Traces the results of batches of any size, whose rows all have the same shapes. */
export function tracingRows(source: MapSource) {
  const one = traceRows(source, 1);
  const shapes = shapesOf(one);
  const trace = (batch: number) => {
    const traced = batch === 1 ? one : traceRows(source, batch);
    checkSameRows(shapes, shapesOf(traced), batch);
    return traced;
  };
  return { trace, shapes };
}

/** Room for a result of two batches: that of one is copied out while the next one is computed. */
export interface ResultRoom {
  readonly address: number;
  /** Numbers to a batch. */
  readonly length: number;
  /** The first or the second batch, of so many examples. */
  of(half: number, examples: number): Float32Array;
}

export function reserveResults({ memory }: Runtime, shapes: readonly Shape[], batchSize: number): ResultRoom[] {
  return shapes.map((shape) => {
    const length = batchSize * sizeOf(shape);
    const { address, array } = memory.float32(2 * length);
    return {
      address,
      length,
      of: (half, examples) => array.subarray(half * length, half * length + examples * sizeOf(shape)),
    };
  });
}

/** Where programs write their results. */
export function outputBlocks(rooms: readonly ResultRoom[]): Map<number, Block> {
  return new Map(rooms.map(({ address, length }, which) => [which, { address, perStep: length * 4 }]));
}

type Traced = ReturnType<typeof traceOutputs>;

function traceRows(source: MapSource, batch: number): Traced {
  return traceOutputs(source, batch, (inputs, draws) => checkRows(source.build(inputs, draws), batch));
}

/** Of the results for one example. */
function shapesOf({ program: { outputs, values } }: Traced): Shape[] {
  return outputs.map((value) => values[value].shape.slice(1));
}

/** A batch that gives every worker something to do, where examples do not meet; else Keras's. */
function fastBatch(trace: (batch: number) => Traced, shapes: readonly Shape[], options: CompileOptions): number {
  const { program, examples } = trace(USUAL_CHUNK);
  const { partition } = planBatch(program, examples, USUAL_CHUNK, options);
  const [phase, second] = partition.phases;
  if (partition.before || second || phase.whole || phase.parts.length > 0) return DEFAULT_BATCH_SIZE;
  const bytes = shapes.reduce((total, shape) => total + byteLength({ shape, dtype: 'float32' }), 0);
  const fitting = Math.min(LARGEST_CHUNK, CHUNK_BYTES / Math.max(1, bytes));
  return Math.max(SMALLEST_CHUNK, 2 ** (31 - Math.clz32(fitting)));
}

/** Results as floats, one for each example. */
function checkRows(results: readonly Tensor[], batch: number): readonly Tensor[] {
  for (const result of results) {
    if (!(result instanceof Tensor && result.shape[0] === batch && result.size > 0)) {
      const got = result instanceof Tensor ? formatShape(result.shape) : shown(result);
      throw new RangeError(
        `mapExamples: the function gives ${got} for ${batch} examples; expected [${batch},...], a result for each of them.`,
      );
    }
    if (result.dtype === 'uint32') {
      throw new TypeError(
        "mapExamples: the function gives uint32; expected float32. Convert the result with cast(x, 'float32').",
      );
    }
  }
  // Results are given as float32.
  return results.map((result) => cast(result, 'float32'));
}

/** @throws RangeError if results have another shape in a batch of another size: there would be no room for them */
function checkSameRows(one: readonly Shape[], more: readonly Shape[], batch: number): void {
  const which = more.findIndex((shape, at) => !sameShape(shape, one[at]));
  if (which < 0) return;
  throw new RangeError(
    `mapExamples: the function gives ${formatShape([1, ...one[which]])} for 1 example, but ${formatShape([batch, ...more[which]])} ` +
      `for ${batch}; expected results whose shape does not depend on how many examples there are.`,
  );
}

/** The examples of a model's inputs alone. */
export function inputExamples(model: BaseModel, x: ExampleArrays, role?: string): NamedExamples {
  const inputs = inputTables(model, x, role);
  const counts = Object.values(inputs).map((table) => ({ label: table.label, count: countOf(table) }));
  const other = counts.find(({ count }) => count !== counts[0].count);
  if (other) {
    throw new RangeError(
      `${other.label}: it holds ${other.count} examples, but ${counts[0].label} holds ${counts[0].count}.`,
    );
  }
  return { count: counts[0].count, inputs, targets: {}, sampleWeight: undefined };
}

/** Builds a model's outputs, in their order. */
export function outputsOf(model: BaseModel): MapSource['build'] {
  return (inputs) => {
    const outputs = model.callNamed(inputs, new CallContext({ training: false }));
    return model.outputs.map(({ name }) => outputs[name]);
  };
}
