import type { Shape, Tensor } from '@weft/core';
import { compile } from '@weft/core/program';
import { Activation, meanSquaredError, Sequential } from '@weft/nn';
import { checkExamples, countExamples, type Examples, type ExampleValues, shareTable } from './examples.js';
import { checkModel } from './options/check-model.js';
import { compileOptionsOf } from './options/compile-options.js';
import {
  EVALUATE_WITH_RUNTIME,
  type EvaluateOptions,
  PREDICT_WITH_RUNTIME,
  type PredictOptions,
} from './options/predict-options.js';
import { checkOptions } from './options/schema.js';
import { type Piece, pieceSize, piecesOf } from './pieces.js';
import {
  bytesOfExample,
  type Corruption,
  type Draws,
  evaluationProgram,
  keyOffsets,
  layOutParameters,
  mappingProgram,
  type ParameterLayout,
  type Table,
  type TracedProgram,
} from './programs.js';
import { withRuntime } from './runtime/runtime.js';
import type { MapWork, ProgramsBySize } from './task.js';

/** Bytes of results, and examples, that are computed before they are copied out: what shared memory has to hold. */
const CHUNK_BYTES = 4 * 2 ** 20;
const LARGEST_CHUNK = 1024;

/** Pieces are those of a batch of so many examples: larger ones gain nothing, and leave the caches. */
const PIECES_OF = 256;

/**
 * The model's outputs for examples, computed on all cores.
 *
 * @returns [count, ...outputShape], row-major
 * @throws RangeError for an option that there is not, or if the values are not a whole number of examples
 */
export async function predict(model: Sequential, x: ExampleValues, options: PredictOptions): Promise<Float32Array> {
  checkModel('predict', model);
  checkOptions('predict', options, PREDICT_WITH_RUNTIME, '{ threads: 2 }');
  const size = model.outputShape.reduce((a, b) => a * b, 1);
  return runChunks(model, { x }, options, size, mappingProgram);
}

/**
 * What a function makes of examples, computed on all cores.
 *
 * @param f          builds the result for a piece of the examples, [count, ...]; it must treat them one by one
 * @param inputShape shape of one example
 * @returns the results one after another, row-major
 * @throws RangeError for an option that there is not, or if the values are not a whole number of examples, or the function gives no result for each
 */
export async function mapExamples(
  f: (x: Tensor, draws: Draws) => Tensor,
  x: ExampleValues,
  inputShape: Shape,
  options: PredictOptions,
): Promise<Float32Array> {
  checkOptions('mapExamples', options, PREDICT_WITH_RUNTIME, '{ threads: 2 }');
  const model = new Sequential([new Activation({ activation: 'linear' })], { inputShape, name: 'map' });
  let size = 0;
  const program = (source: Source, count: number) => {
    const map = (input: Tensor, draws: Draws) => {
      const result = f(input, draws);
      if (result.shape[0] !== count || result.size === 0) {
        throw new RangeError(
          `mapExamples: the function gives [${result.shape.join(',')}] for ${count} examples; expected [${count},...], ` +
            'a result for each of them.',
        );
      }
      size = result.size / count;
      return result;
    };
    return mappingProgram({ ...source, map }, count);
  };
  const probe: Source = {
    model,
    layout: layOutParameters([]),
    x: tableOf(x, inputShape),
    corrupt: options.corrupt,
    seed: 0,
  };
  program(probe, 1);
  return runChunks(model, { x }, options, size, program);
}

/**
 * The model's mean loss on examples, computed on all cores.
 *
 * @throws RangeError for an option that there is not, or if inputs and targets do not fit the model or each other
 */
export async function evaluate(model: Sequential, data: Examples, options: EvaluateOptions): Promise<number> {
  checkModel('evaluate', model);
  checkOptions('evaluate', options, EVALUATE_WITH_RUNTIME, '{ loss: meanAbsoluteError }');
  const { loss } = options;
  checkExamples('evaluate', model, data);
  const losses = await runChunks(model, data, options, 0, (source, count) =>
    evaluationProgram(
      { ...source, y: data.y && tableOf(data.y, model.outputShape), loss: loss ?? meanSquaredError },
      count,
    ),
  );
  return losses.reduce((total, loss) => total + loss, 0) / countExamples('x', data.x, model.inputShape);
}

interface Source {
  readonly model: Sequential;
  readonly layout: ParameterLayout;
  readonly x: Table;
  readonly corrupt: Corruption | undefined;
  readonly seed: number;
}

function tableOf(values: ExampleValues, shape: Shape): Table {
  return { dtype: values instanceof Uint8Array ? 'uint8' : 'float32', count: countExamples('x', values, shape), shape };
}

/**
 * Runs a program over all examples, chunk by chunk, so that shared memory has to hold the results of one chunk only.
 *
 * @param size numbers that the program gives for an example; 0 for one number a piece
 */
function runChunks(
  model: Sequential,
  data: Examples,
  options: PredictOptions,
  size: number,
  program: (source: Source, count: number) => TracedProgram,
): Promise<Float32Array> {
  const { seed = 42, corrupt, signal } = options;
  const count = countExamples('x', data.x, model.inputShape);
  return withRuntime(options.runtime, (runtime) =>
    runtime.hold(async (session) => {
      const { memory } = runtime;
      const layout = layOutParameters(model.parameters.map((parameter) => parameter.data.length));
      const parameters = memory.float32(layout.length);
      for (const [index, { data }] of model.parameters.entries()) parameters.array.set(data, layout.offsets[index]);
      const x = shareTable(memory, data.x, model.inputShape);
      const y = data.y && shareTable(memory, data.y, model.outputShape);
      const source: Source = { model, layout, x: x.table, corrupt, seed };
      const compileOptions = compileOptionsOf(options, runtime);
      const programFor = (size: number) => program(source, size);
      const piece = pieceSize(bytesOfExample(programFor, compileOptions), PIECES_OF);
      const fitting = size === 0 ? LARGEST_CHUNK : Math.min(LARGEST_CHUNK, CHUNK_BYTES / (size * 4));
      // Every worker finds some pieces in a chunk, and every piece is whole.
      const chunkSize = piece * Math.max(runtime.threads, Math.floor(fitting / piece));
      const chunks = piecesOf(count, chunkSize);
      const programs: Record<number, ProgramsBySize[number]> = {};
      for (const size of new Set(chunks.flatMap((chunk) => piecesOf(chunk.count, piece).map((p) => p.count)))) {
        const traced = programFor(size);
        const compiled = compile(traced.program, traced.binding, compileOptions);
        programs[size] = await runtime.load(`${session} map ${size}`, compiled);
      }
      const perPiece = size === 0 ? 1 : piece * size;
      // Results of one chunk are copied out while the next one is computed.
      const results = [0, 1].map(() => memory.float32((chunkSize / piece) * perPiece));
      const keys = Array.from({ length: runtime.threads }, () => memory.allocate(keyOffsets(piece).bytes));
      const all = new Float32Array(
        size === 0 ? chunks.reduce((n, c) => n + Math.ceil(c.count / piece), 0) : count * size,
      );
      const lengthOf = (chunk: Piece) => (size === 0 ? Math.ceil(chunk.count / piece) : chunk.count * size);
      let written = 0;
      const copyOut = (index: number) => {
        const length = lengthOf(chunks[index]);
        all.set(results[index % 2].array.subarray(0, length), written);
        written += length;
      };
      for (const [index, chunk] of chunks.entries()) {
        signal?.throwIfAborted();
        const task: MapWork = {
          kind: 'map',
          session,
          parameters: parameters.address,
          x: x.address,
          y: y?.address ?? 0,
          epoch: 0,
          begin: chunk.begin,
          count: chunk.count,
          piece,
          programs,
          results: results[index % 2].address,
          resultBytes: perPiece * 4,
        };
        const running = runtime.runOnAll(task, keys);
        if (index > 0) copyOut(index - 1);
        await running;
      }
      copyOut(chunks.length - 1);
      return all;
    }),
  );
}
