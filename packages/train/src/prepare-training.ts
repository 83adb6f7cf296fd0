import { type CompileOptions, type ConvolutionRecord, compile, type Program } from '@weft/core/program';
import type { Loss, Optimizer, Sequential } from '@weft/nn';
import { type Examples, shareTable } from './examples.js';
import { compileOptionsOf } from './options/compile-options.js';
import type { FitOptions, FitPlan } from './options/fit-options.js';
import { laneCount, type Piece, pieceSize, piecesOf } from './pieces.js';
import {
  bytesOfExample,
  type ExampleProgram,
  evaluationProgram,
  keyOffsets,
  laneBytes,
  layOutParameters,
  type ParameterLayout,
  SLICE,
  type TracedProgram,
  trainingProgram,
  updateProgram,
} from './programs.js';
import type { Runtime } from './runtime/runtime.js';
import type { EpochWork, MapWork, ProgramsBySize } from './task.js';

/** What is trained, on what, and how. */
export interface TrainingSource {
  readonly model: Sequential;
  readonly data: Examples;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly options: FitOptions;
  readonly plan: FitPlan;
}

/** What differs from one task of a training to the next. */
type Changing = 'epoch' | 'firstStep' | 'endStep';

/** A training laid out in the runtime's memory, with its programs compiled. Arrays are views of that memory. */
export interface PreparedTraining {
  readonly source: TrainingSource;
  readonly runtime: Runtime;
  /** Forward, loss and gradients as they were traced. */
  readonly program: Program;
  readonly convolutions: readonly ConvolutionRecord[];
  /** Steps of an epoch, as parts of its order. */
  readonly batches: readonly Piece[];
  readonly layout: ParameterLayout;
  readonly parameters: Float32Array;
  readonly state: Float32Array;
  readonly order: Uint32Array;
  readonly scalars: Float32Array;
  /** Summed loss of each step of the running epoch. */
  readonly losses: Float64Array;
  readonly validationLosses: Float32Array;
  readonly task: Omit<EpochWork, Changing | 'validation'>;
  /** Undefined if nothing is held out. */
  readonly validation: Omit<MapWork, 'epoch'> | undefined;
  /** Address of each worker's row numbers and keys. */
  readonly keys: readonly number[];
}

/** Reserves memory for a training, fills in the examples, and compiles its programs for each size of piece. */
export async function prepareTraining(
  source: TrainingSource,
  runtime: Runtime,
  session: string,
): Promise<PreparedTraining> {
  const { model, data, optimizer, loss, options, plan } = source;
  const { trainCount, validationCount, batchSize, seed } = plan;
  const { memory } = runtime;
  const convolutions = new Map<string, ConvolutionRecord>();
  const compileOptions: CompileOptions = {
    ...compileOptionsOf(options, runtime),
    record: (choice) => {
      convolutions.set(JSON.stringify([choice.input.slice(1), choice.weight]), choice);
    },
  };

  const x = shareTable(memory, data.x, model.inputShape);
  const y = data.y && shareTable(memory, data.y, model.outputShape);
  const layout = layOutParameters(model.parameters.map((parameter) => parameter.data.length));
  const examples: ExampleProgram = { model, layout, loss, x: x.table, y: y?.table, corrupt: options.corrupt, seed };
  const parameters = memory.float32(layout.length);
  parameters.array.fill(0);
  const state = memory.float32(Math.max(1, optimizer.slots * layout.length));
  state.array.fill(0);

  const training = (count: number) => trainingProgram(examples, count);
  const evaluation = (count: number) => evaluationProgram(examples, count);
  const piece = pieceSize(bytesOfExample(training, compileOptions), batchSize);
  const batches = piecesOf(trainCount, batchSize);
  const lanes = laneCount(Math.ceil(batchSize / piece), laneBytes(layout));
  const lanesAddress = memory.allocate(lanes * laneBytes(layout));
  const loadAll = async (name: string, counts: readonly number[], programFor: (count: number) => TracedProgram) => {
    const programs: Record<number, ProgramsBySize[number]> = {};
    for (const size of sizesOf(counts, piece)) {
      const { program, binding } = programFor(size);
      programs[size] = await runtime.load(`${session} ${name} ${size}`, compile(program, binding, compileOptions));
    }
    return programs;
  };
  const programs = await loadAll(
    'train',
    batches.map((batch) => batch.count),
    training,
  );
  const validationPrograms = await loadAll('evaluate', validationCount > 0 ? [validationCount] : [], evaluation);
  const update = await runtime.load(`${session} update`, updateProgram(optimizer, layout, lanes));

  const order = memory.uint32(trainCount);
  const scalarCount = 1 + optimizer.scalars(1).length;
  const scalars = memory.float32(batches.length * scalarCount);
  const lossesAddress = memory.allocate(batches.length * 8);
  const validationLosses = memory.float32(Math.max(1, Math.ceil(validationCount / piece)));
  const shared = { session, parameters: parameters.address, x: x.address, y: y?.address ?? 0, piece };
  return {
    source,
    runtime,
    program: training(1).program,
    convolutions: [...convolutions.values()],
    batches,
    layout,
    parameters: parameters.array,
    state: state.array,
    order: order.array,
    scalars: scalars.array,
    losses: new Float64Array(memory.memory.buffer, lossesAddress, batches.length),
    validationLosses: validationLosses.array,
    task: {
      ...shared,
      kind: 'epoch',
      stopsOnNaN: options.onNaN !== 'continue',
      order: order.address,
      count: trainCount,
      batchSize,
      programs,
      update,
      slices: layout.length / SLICE,
      lanes,
      laneBytes: laneBytes(layout),
      lanesAddress,
      state: state.address,
      scalars: scalars.address,
      scalarBytes: scalarCount * 4,
      losses: lossesAddress,
    },
    validation:
      validationCount === 0
        ? undefined
        : {
            ...shared,
            kind: 'map',
            begin: trainCount,
            count: validationCount,
            programs: validationPrograms,
            results: validationLosses.address,
            resultBytes: 4,
          },
    keys: Array.from({ length: runtime.threads }, () => memory.allocate(keyOffsets(piece).bytes)),
  };
}

/** Sizes of the pieces that batches are cut into. */
function sizesOf(batches: readonly number[], piece: number): Set<number> {
  return new Set(batches.flatMap((count) => piecesOf(count, piece).map((p) => p.count)));
}
