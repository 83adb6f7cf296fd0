import {
  Adam,
  type CompileOptions,
  type ConvolutionOption,
  type ConvolutionRecord,
  type Loss,
  meanSquaredError,
  type Optimizer,
  RandomStream,
  type Sequential,
} from '@weft/core';
import type { Callback, TrainControl } from './callbacks/callback.js';
import { checkExamples, type Examples, shareTable } from './examples.js';
import type { History } from './history.js';
import { checkKnownOptions, checkModel, checkOption, checkWholeNumber, optionNames, shown } from './options.js';
import { laneCount, pieceSize, piecesOf } from './pieces.js';
import { type PoolEpoch, WorkerPool, withPool } from './pool.js';
import {
  bytesOfOneExample,
  type Corruption,
  type ExampleProgram,
  evaluationProgram,
  keyOffsets,
  laneBytes,
  layOutParameters,
  SLICE,
  trainingProgram,
  updateProgram,
} from './programs.js';
import { StepReporter } from './step-reporter.js';
import { CONTROL, type ProgramsBySize } from './task.js';

/** What the order of training examples is drawn for: independent of other draws from the same seed. */
const SHUFFLE_PURPOSE = 0x73687566;

/** As in Keras. */
const DEFAULT_BATCH_SIZE = 32;

/** Options of `fit`, as Keras names them where it has them. */
export interface FitOptions {
  readonly epochs: number;
  /** Examples to a step. Default 32, or all training examples where there are fewer. */
  readonly batchSize?: number;
  /** The last part of the examples, taken before shuffling, that is not trained on. Default 0. */
  readonly validationSplit?: number;
  /** Decides the order of examples and all draws. Default 42. */
  readonly seed?: number;
  /** Default Adam. Its state, such as moments and the count of steps, starts anew with each call of `fit`. */
  readonly optimizer?: Optimizer;
  /** Default mean squared error. */
  readonly loss?: Loss;
  /** Changes inputs, not targets, as a part of the program: noise, for instance. */
  readonly corrupt?: Corruption;
  readonly callbacks?: readonly Callback[];
  /** Workers to use. Default: a pool of this call's own. */
  readonly pool?: WorkerPool;
  /** Threads of a pool of its own. Default: all. */
  readonly threads?: number;
  /** Ends training after the running step. */
  readonly signal?: AbortSignal;
  /** Whether training examples come in a new order each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Which convolution algorithms may be used. Default: the shapes decide. */
  readonly convolution?: ConvolutionOption;
}

const FIT_OPTIONS = optionNames<FitOptions>({
  epochs: true,
  batchSize: true,
  validationSplit: true,
  seed: true,
  optimizer: true,
  loss: true,
  corrupt: true,
  callbacks: true,
  pool: true,
  threads: true,
  signal: true,
  shuffle: true,
  convolution: true,
});

/**
 * Trains a model on all cores. The result is the same to the bit for any number of threads: a batch is cut into
 * pieces by shapes alone, and the pieces' gradients are added up in a fixed order.
 *
 * @throws RangeError for options or examples that do not fit, or an option that there is not; TypeError for a value of
 *   another kind than is expected
 */
export async function fit(model: Sequential, data: Examples, options: FitOptions): Promise<History> {
  const plan = checkOptions(model, data, options);
  return withPool(options, (pool) => pool.hold((session) => train(model, data, options, plan, pool, session)));
}

interface Plan {
  readonly trainCount: number;
  readonly validationCount: number;
  readonly batchSize: number;
  readonly seed: number;
}

function checkOptions(model: Sequential, data: Examples, options: FitOptions): Plan {
  checkModel('fit', model);
  checkKnownOptions('fit', options, FIT_OPTIONS, '{ epochs: 10 }');
  checkFunctions(options);
  const { epochs, validationSplit = 0, seed = 42 } = options;
  const count = checkExamples('fit', model, data);
  checkWholeNumber('epochs', epochs, 1);
  checkWholeNumber('seed', seed, 0);
  if (typeof validationSplit !== 'number' || !(validationSplit >= 0 && validationSplit < 1)) {
    throw new RangeError(`validationSplit: got ${shown(validationSplit)}; expected a number from 0 to below 1.`);
  }
  const trainCount = Math.floor(count * (1 - validationSplit));
  if (trainCount === 0) {
    throw new RangeError(`validationSplit: ${validationSplit} of ${count} examples leaves none to train on.`);
  }
  const { batchSize = Math.min(DEFAULT_BATCH_SIZE, trainCount) } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > trainCount) {
    throw new RangeError(
      `batchSize: got ${shown(batchSize)}; expected a whole number from 1 to the ${trainCount} training examples.`,
    );
  }
  return { trainCount, validationCount: count - trainCount, batchSize, seed };
}

/** Keras takes names where these are functions and objects. */
function checkFunctions({ optimizer, loss, corrupt, callbacks, pool, signal, shuffle }: FitOptions): void {
  const isOptimizer = typeof optimizer?.update === 'function' && typeof optimizer.scalars === 'function';
  checkOption('optimizer', optimizer, isOptimizer, 'an optimiser of @weft/core, such as new Adam()');
  checkOption('loss', loss, typeof loss === 'function', 'a function, such as meanSquaredError of @weft/core');
  checkOption('corrupt', corrupt, typeof corrupt === 'function', 'a function (x, draws) => ...');
  checkOption('callbacks', callbacks, Array.isArray(callbacks), 'an array of callbacks: put one alone in brackets');
  checkOption('pool', pool, pool instanceof WorkerPool, 'what WorkerPool.create() resolves to: await it');
  checkOption('signal', signal, signal instanceof AbortSignal, "an AbortController's signal");
  checkOption('shuffle', shuffle, typeof shuffle === 'boolean', 'true or false');
}

async function train(
  model: Sequential,
  data: Examples,
  options: FitOptions,
  { trainCount, validationCount, batchSize, seed }: Plan,
  pool: WorkerPool,
  session: string,
): Promise<History> {
  const { epochs, optimizer = new Adam(), loss = meanSquaredError, corrupt, callbacks = [], signal } = options;
  const { memory } = pool;
  const convolutions = new Map<string, ConvolutionRecord>();
  const compileOptions: CompileOptions = {
    convolution: options.convolution ?? 'auto',
    record: (choice) => {
      convolutions.set(JSON.stringify([choice.input.slice(1), choice.weight]), choice);
    },
  };

  const x = shareTable(memory, data.x, model.inputShape);
  const y = data.y && shareTable(memory, data.y, model.outputShape);
  const layout = layOutParameters(model.parameters.map((parameter) => parameter.data.length));
  const source: ExampleProgram = { model, layout, loss, x: x.table, y: y?.table, corrupt, seed };
  const parameters = memory.float32(layout.length);
  parameters.array.fill(0);
  const state = memory.float32(Math.max(1, optimizer.slots * layout.length));
  state.array.fill(0);

  const piece = pieceSize(bytesOfOneExample(source, compileOptions), batchSize);
  const batches = piecesOf(trainCount, batchSize);
  const lanes = laneCount(Math.ceil(batchSize / piece), laneBytes(layout));
  const lanesAddress = memory.allocate(lanes * laneBytes(layout));
  const programs: Record<number, ProgramsBySize[number]> = {};
  for (const size of sizesOf(
    batches.map((batch) => batch.count),
    piece,
  )) {
    programs[size] = await pool.load(`${session} train ${size}`, trainingProgram(source, size, compileOptions));
  }
  const validationPrograms: Record<number, ProgramsBySize[number]> = {};
  for (const size of sizesOf(validationCount > 0 ? [validationCount] : [], piece)) {
    validationPrograms[size] = await pool.load(
      `${session} evaluate ${size}`,
      evaluationProgram(source, size, compileOptions),
    );
  }
  const update = await pool.load(`${session} update`, updateProgram(optimizer, layout, lanes));

  const order = memory.uint32(trainCount);
  const scalarCount = 1 + optimizer.scalars(1).length;
  const scalars = memory.float32(batches.length * scalarCount);
  const lossesAddress = memory.allocate(batches.length * 8);
  const losses = new Float64Array(memory.memory.buffer, lossesAddress, batches.length);
  const validationLosses = memory.float32(Math.max(1, Math.ceil(validationCount / piece)));
  const keys = Array.from({ length: pool.threads }, () => memory.allocate(keyOffsets(piece).bytes));

  const shared = { session, parameters: parameters.address, x: x.address, y: y?.address ?? 0 };
  const history: History = {
    loss: [],
    valLoss: [],
    seconds: [],
    imagesPerSecond: [],
    steps: 0,
    aborted: false,
    microBatchSize: piece,
    convolutions: [...convolutions.values()],
  };
  const control: TrainControl = { model, stopTraining: false };
  const copyIn = () => {
    model.parameters.forEach(({ data: values }, index) => {
      parameters.array.set(values, layout.offsets[index]);
    });
  };
  const copyBack = () => {
    model.parameters.forEach(({ data: values }, index) => {
      values.set(parameters.array.subarray(layout.offsets[index], layout.offsets[index] + values.length));
    });
  };
  const info = { model, epochs, steps: batches.length, trainCount, validationCount, threads: pool.threads };
  for (const callback of callbacks) await callback.onTrainBegin?.(info);

  for (let epoch = 0; epoch < epochs && !control.stopTraining && !signal?.aborted; epoch++) {
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch);
    if (signal?.aborted) break;
    // Callbacks may have changed the weights.
    copyIn();
    for (let index = 0; index < trainCount; index++) order.array[index] = index;
    if (options.shuffle !== false) new RandomStream(seed, SHUFFLE_PURPOSE, epoch).shuffle(order.array);
    batches.forEach((batch, step) => {
      const numbers = [1 / batch.count, ...optimizer.scalars(history.steps + step + 1)];
      scalars.array.set(numbers, step * scalarCount);
    });
    const common = { ...shared, epoch };
    const task: PoolEpoch = {
      ...common,
      kind: 'epoch',
      order: order.address,
      count: trainCount,
      batchSize,
      piece,
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
      validation:
        validationCount === 0
          ? undefined
          : {
              ...common,
              kind: 'map',
              begin: trainCount,
              count: validationCount,
              piece,
              programs: validationPrograms,
              results: validationLosses.address,
              resultBytes: 4,
            },
    };
    const started = performance.now();
    const reporter = new StepReporter(pool, batches, losses, epoch, callbacks, control, signal);
    await pool.runOnAll(task, keys).finally(() => reporter.end());
    const seconds = (performance.now() - started) / 1000;
    const steps = pool.control[CONTROL.steps];
    history.steps += steps;
    copyBack();
    if (steps < batches.length) break;

    const mean = losses.reduce((total, batchLoss) => total + batchLoss, 0) / trainCount;
    history.loss.push(mean);
    if (validationCount > 0) {
      history.valLoss.push(validationLosses.array.reduce((total, l) => total + l, 0) / validationCount);
    }
    history.seconds.push(seconds);
    history.imagesPerSecond.push(trainCount / seconds);
    const valLoss = history.valLoss.at(-1);
    const logs = {
      loss: mean,
      ...(valLoss !== undefined && { valLoss }),
      seconds,
      imagesPerSecond: trainCount / seconds,
    };
    for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, control);
  }
  // A signal that came after the last step, or after a callback had ended training, has ended nothing.
  history.aborted = signal?.aborted === true && !control.stopTraining && history.loss.length < epochs;
  for (const callback of callbacks) await callback.onTrainEnd?.(history, control);
  return history;
}

/** Sizes of the pieces that batches are cut into. */
function sizesOf(batches: readonly number[], piece: number): Set<number> {
  return new Set(batches.flatMap((count) => piecesOf(count, piece).map((p) => p.count)));
}
