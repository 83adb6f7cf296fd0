import type { CompiledProgram, ConvolutionRecord } from '@weft/core/program';
import type { BaseModel, Optimizer, Weight } from '@weft/nn';
import type { NamedExamples } from './data.js';
import { type PreparedEvaluation, prepareEvaluation, scoreOutputs } from './prepare-evaluation.js';
import type { Runtime } from './runtime/runtime.js';
import type { StepOptions } from './step/batch-plan.js';
import { type MicroBatch, microBatchesOf } from './step/leaves.js';
import { LogBook } from './step/log-book.js';
import { type OptimizerMemory, optimizerStages, type TrainedWeight } from './step/optimizer-stages.js';
import { type PreparedBatches, prepareBatches, type StepPart } from './step/prepare-batches.js';
import { type ExampleOrder, SessionMemory } from './step/session.js';
import type { Block, Launch } from './step/stages.js';
import {
  type BatchSource,
  type Corruption,
  type TracedBatch,
  traceUpdate,
  type UpdateSource,
} from './step/trace-update.js';
import type { OpenedStream } from './streams/open-stream.js';
import type { StepsWork } from './task.js';

/** A weight of a training under the name that it has in its checkpoints. */
export interface NamedWeight {
  readonly path: string;
  readonly weight: Weight;
}

/** What is trained, on what, and how. */
export interface TrainingSource {
  readonly model: BaseModel;
  /** Of the model, and of others that updates train. */
  readonly weights: readonly NamedWeight[];
  readonly updates: readonly UpdateSource[];
  readonly examples: NamedExamples;
  /** Where examples come from if not from arrays: they then are room for two batches. */
  readonly stream: OpenedStream | undefined;
  /** Those that come first are trained on. */
  readonly trainCount: number;
  /** What is validated on: the other examples, or a set of its own; undefined if there is none. */
  readonly validation: ValidationSource | undefined;
  readonly augment: Corruption | undefined;
  readonly corrupt: Corruption | undefined;
  readonly batchSize: number;
  readonly seed: number;
}

/** What is validated on. */
export interface ValidationSource {
  readonly examples: NamedExamples;
  readonly stream: OpenedStream | undefined;
  readonly first: number;
  readonly count: number;
}

/** What an optimiser keeps for its weights. */
export interface UpdateMemory {
  readonly optimizer: Optimizer;
  /** By slot, and by the update's weights. */
  readonly slots: readonly (readonly Float32Array[])[];
  /** Numbers that change with the step, one step after another. */
  readonly scalars: Float32Array;
  readonly scalarCount: number;
}

/** A training laid out in shared memory, with its programs compiled. Arrays are views of that memory. */
export interface PreparedTraining {
  readonly source: TrainingSource;
  readonly runtime: Runtime;
  readonly session: SessionMemory;
  /** Steps of an epoch, as parts of its order. */
  readonly batches: readonly MicroBatch[];
  readonly order: ExampleOrder;
  readonly updates: readonly UpdateMemory[];
  /** The first update's programs as they were traced, which the fingerprint is taken of, and what they captured. */
  readonly traced: readonly TracedBatch[];
  readonly log: LogBook;
  readonly validation: PreparedEvaluation | undefined;
  /** Without the validation. */
  readonly work: Omit<StepsWork, 'firstStep' | 'endStep'>;
  /** What was compiled for each launch of the work, and of the validation. */
  readonly programs: ReadonlyMap<Launch, CompiledProgram>;
  /** Compiles the steps of another size of batch. */
  compile(batch: number): Promise<PreparedBatches>;
  readonly microBatch: number;
  readonly isShortOfLeaves: boolean;
  readonly convolutions: readonly ConvolutionRecord[];
}

/** Reserves memory for a training, fills in the examples, and compiles its programs for each size of batch. */
export async function prepareTraining(
  source: TrainingSource,
  runtime: Runtime,
  id: string,
  stepOptions: StepOptions,
): Promise<PreparedTraining> {
  const { examples, validation, batchSize, trainCount, seed, updates } = source;
  const sets = validation && validation.examples !== examples ? [examples, validation.examples] : [examples];
  const session = new SessionMemory(
    runtime,
    sets,
    source.weights.map(({ weight }) => weight),
    seed,
  );
  const { options, convolutions } = recording(stepOptions);
  const batches = microBatchesOf(trainCount, batchSize);
  const batchSource = sourceOf(source, examples);
  await runtime.turn?.();
  const traced = updates.map((update, index) => traceUpdate(batchSource, update, index, batches[0].count));
  const order = session.order(trainCount);
  const log = new LogBook(
    runtime.memory,
    traced.map(({ objective }) => objective),
    batches,
  );
  const memories = updates.map((update) => updateMemory(runtime, update, batches.length));
  const parts = updates.map((update, index): StepPart => {
    const first = traced[index];
    const trace = remembered(batches[0].count, first, (batch) => traceUpdate(batchSource, update, index, batch));
    return {
      name: `update ${index}`,
      trace,
      outputs: scoreOutputs(first, log),
      follow: (output, batch) =>
        followUpdate(session, trace(batch), update, memories[index], log, index, `${id} train ${batch}`, output),
    };
  });
  const compile = (sizes: readonly number[]) =>
    prepareBatches(session, examples, order, sizes, parts, options, `${id} train`);
  const prepared = await compile(batches.map(({ count }) => count));
  const next = validation && (await prepareValidation(source, session, options, id));
  return {
    source,
    runtime,
    session,
    batches,
    order,
    updates: memories.map(({ memory }) => memory),
    traced,
    log,
    validation: next,
    work: {
      session: id,
      stages: prepared.stages,
      count: trainCount,
      batchSize,
      isReported: true,
      finite: [],
    },
    programs: new Map([...prepared.programs, ...(next?.programs ?? [])]),
    compile: (batch) => compile([batch]),
    microBatch: prepared.microBatch,
    isShortOfLeaves: prepared.isShortOfLeaves,
    convolutions: [...convolutions.values()],
  };
}

/** Options that keep a record of each convolution. */
function recording(stepOptions: StepOptions) {
  const convolutions = new Map<string, ConvolutionRecord>();
  const options: StepOptions = {
    ...stepOptions,
    record: (choice) => {
      convolutions.set(JSON.stringify([choice.input.slice(1), choice.weight]), choice);
    },
  };
  return { options, convolutions };
}

/** A function of the size of a batch that is called once for each, and not for the first one, which is known. */
function remembered<T>(first: number, known: T, make: (batch: number) => T): (batch: number) => T {
  const values = new Map([[first, known]]);
  return (batch) => {
    const value = values.get(batch) ?? make(batch);
    values.set(batch, value);
    return value;
  };
}

function sourceOf({ model, weights, augment, corrupt }: TrainingSource, examples: NamedExamples): BatchSource {
  return { model, examples, augment, corrupt, weights: weights.map(({ weight }) => weight) };
}

interface LaidOutUpdate {
  readonly memory: UpdateMemory;
  readonly slotAddresses: readonly (readonly number[])[];
  readonly place: OptimizerMemory;
}

/** What an update's optimiser keeps. Slots lie as weights do, one after another. */
function updateMemory({ memory }: Runtime, { optimizer, weights }: UpdateSource, steps: number): LaidOutUpdate {
  const slots = optimizer.slots.map(() => weights.map(({ weight }) => memory.float32(weight.data.length)));
  for (const { array } of slots.flat()) array.fill(0);
  const scalarCount = optimizer.scalars(1).length;
  const scalars = memory.float32(steps * scalarCount);
  return {
    memory: {
      optimizer,
      slots: slots.map((slot) => slot.map(({ array }) => array)),
      scalars: scalars.array,
      scalarCount,
    },
    slotAddresses: slots.map((slot) => slot.map(({ address }) => address)),
    place: {
      scalars: { address: scalars.address, perStep: scalarCount * 4 },
      scalarCount,
      shared: memory.allocateScratch(4),
    },
  };
}

function followUpdate(
  session: SessionMemory,
  traced: TracedBatch,
  { optimizer, weights, name }: UpdateSource,
  { slotAddresses, place }: LaidOutUpdate,
  log: LogBook,
  index: number,
  id: string,
  output: (which: number) => Block,
) {
  const trained = weights.map(
    ({ path, shape, weight }, which): TrainedWeight => ({
      path,
      shape,
      weight,
      address: session.addressOf(weight),
      gradient: output(traced.outputs.gradients[which]).address,
      slots: slotAddresses.map((slot) => slot[which]),
    }),
  );
  return {
    stages: optimizerStages(`${id} ${name} ${index}`, optimizer, trained, place),
    renewals: traced.renewed.map((weight, which) => ({
      from: output(traced.outputs.renewed[which]),
      to: { address: session.addressOf(weight) },
      bytes: weight.data.length * 4,
    })),
    logs: log.logged(index, (number) => output(traced.outputs.numbers[number])),
  };
}

/** The steps of a validation: the losses and metrics of all updates. */
async function prepareValidation(
  source: TrainingSource,
  session: SessionMemory,
  options: StepOptions,
  id: string,
): Promise<PreparedEvaluation> {
  const { examples, stream, first, count } = source.validation as ValidationSource;
  return prepareEvaluation(session, sourceOf(source, examples), source.updates, {
    first,
    count,
    batchSize: stream?.ring.capacity ?? source.batchSize,
    options,
    id: `${id} validate`,
    session: id,
  });
}
