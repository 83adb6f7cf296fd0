import {
  add,
  type DType,
  div,
  grad,
  mul,
  placeholder,
  reshape,
  type Shape,
  slice,
  type Tensor,
  takeRows,
} from '@weft/core';
import {
  ALIGNMENT,
  type Binding,
  type CompiledProgram,
  type CompileOptions,
  compile,
  type Placement,
  type Program,
  planProgram,
  trace,
} from '@weft/core/program';
import type { Loss, Optimizer, Sequential } from '@weft/nn';
import { MAXIMUM_PAGES, type SharedMemory } from './memory.js';

/** Segments of the programs that work on examples; their addresses are given at each call. */
const SEGMENT = { arena: 0, parameters: 1, x: 2, y: 3, keys: 4, results: 5 } as const;

/** Segments of the program that updates a slice of the parameters. */
const UPDATE_SEGMENT = { arena: 0, parameters: 1, lanes: 2, state: 3, scalars: 4 } as const;

/** Numbers of the parameters that one call of the update works on. */
export const SLICE = 1024;

/** A table of examples in shared memory. */
export interface Table {
  readonly dtype: 'uint8' | 'float32';
  readonly count: number;
  /** Shape of one example. */
  readonly shape: Shape;
}

/** What decides draws within a program. Keys hold two words for each example. */
export interface Draws {
  /** Its low and its high word: data of the program, which is the same for every seed. */
  readonly seed: Tensor;
  /** (number of the example, 0): the same in every epoch. */
  readonly imageKeys: Tensor;
  /** (number of the example, epoch + 1): new in every epoch. */
  readonly epochKeys: Tensor;
}

/** Changes inputs as a part of the program, such as adding noise. It must treat examples one by one. */
export type Corruption = (x: Tensor, draws: Draws) => Tensor;

/** Where each parameter lies in the flat vector of all of them, in numbers; `length` is a multiple of a slice. */
export interface ParameterLayout {
  readonly offsets: readonly number[];
  readonly length: number;
}

/** Lays parameters one after another, each aligned to a cache line. */
export function layOutParameters(sizes: readonly number[]): ParameterLayout {
  let length = 0;
  const offsets = sizes.map((size) => {
    const offset = length;
    length += Math.ceil((size * 4) / ALIGNMENT) * (ALIGNMENT / 4);
    return offset;
  });
  return { offsets, length: Math.ceil(Math.max(1, length) / SLICE) * SLICE };
}

const memory = { initial: 1, maximum: MAXIMUM_PAGES, shared: true } as const;
const at = (segment: number, offset = 0): Placement => ({ segment, offset });

/** The inputs that programs on examples have in common: tables, rows to take, and keys. */
function exampleInputs(x: Table, y: Table | undefined, count: number) {
  const table = ({ dtype, count: rows, shape }: Table, name: string) =>
    placeholder({ shape: [rows, ...shape], dtype: dtype as DType }, name);
  const seedWords = placeholder({ shape: [2], dtype: 'uint32' }, 'seed');
  const tables = y ? [table(x, 'x'), table(y, 'y')] : [table(x, 'x')];
  const index = placeholder({ shape: [count], dtype: 'uint32' }, 'index');
  const imageKeys = placeholder({ shape: [count, 2], dtype: 'uint32' }, 'imageKeys');
  const epochKeys = placeholder({ shape: [count, 2], dtype: 'uint32' }, 'epochKeys');
  const rows = (which: number, source: Table) => {
    const taken = takeRows(tables[which], index);
    return source.dtype === 'uint8' ? div(taken, 255) : taken;
  };
  return {
    x: rows(0, x),
    y: y ? rows(1, y) : rows(0, x),
    draws: { seed: seedWords, imageKeys, epochKeys },
    tensors: [...tables, seedWords, index, imageKeys, epochKeys],
    places: [
      at(SEGMENT.x),
      ...(y ? [at(SEGMENT.y)] : []),
      at(SEGMENT.keys),
      at(SEGMENT.keys, keyOffsets(count).rows),
      at(SEGMENT.keys, keyOffsets(count).imageKeys),
      at(SEGMENT.keys, keyOffsets(count).epochKeys),
    ],
  };
}

/** Byte offsets in the keys segment: the seed's two words first, then row numbers, then the two sets of keys. */
export function keyOffsets(count: number): { rows: number; imageKeys: number; epochKeys: number; bytes: number } {
  const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const rows = ALIGNMENT;
  const imageKeys = rows + aligned(count * 4);
  const epochKeys = imageKeys + aligned(count * 8);
  return { rows, imageKeys, epochKeys, bytes: epochKeys + aligned(count * 8) };
}

/** Memory for each worker's row numbers and keys, with the seed written at its beginning. */
export function allocateKeys(memory: SharedMemory, threads: number, piece: number, seed: number): number[] {
  return Array.from({ length: threads }, () => {
    const address = memory.allocate(keyOffsets(piece).bytes);
    new Uint32Array(memory.memory.buffer, address, 2).set([seed >>> 0, Math.floor(seed / 2 ** 32)]);
    return address;
  });
}

/** What programs on examples are made of. */
export interface ExampleProgram {
  readonly model: Sequential;
  readonly layout: ParameterLayout;
  readonly loss: Loss;
  readonly x: Table;
  readonly y: Table | undefined;
  readonly corrupt: Corruption | undefined;
}

/** A program before all passes, and where its values lie. */
export interface TracedProgram {
  readonly program: Program;
  readonly binding: Binding;
}

/** Bytes that a program on a piece takes for every further example. */
export function bytesOfExample(programFor: (count: number) => TracedProgram, options: CompileOptions): number {
  const [one, two] = [1, 2].map((count) => {
    const { program, binding } = programFor(count);
    return planProgram(program, binding, options).plan.transientBytes;
  });
  return Math.max(1, two - one);
}

/** Forward and backward for a piece: adds the gradients, and the summed loss behind them, to a lane. */
export function trainingProgram({ model, layout, loss, x, y, corrupt }: ExampleProgram, count: number): TracedProgram {
  const inputs = exampleInputs(x, y, count);
  const weights = model.parameters.map(({ name, shape }) => placeholder({ shape, dtype: 'float32' }, name));
  const sums = weights.map(({ shape }) => placeholder({ shape, dtype: 'float32' }, 'sum'));
  const lossSum = placeholder({ shape: [], dtype: 'float32' }, 'lossSum');
  const input = corrupt ? corrupt(inputs.x, inputs.draws) : inputs.x;
  const context = { training: true, random: { seed: inputs.draws.seed, keys: inputs.draws.epochKeys } };
  // The mean over the piece becomes a sum over its examples, so that pieces of any size add up.
  const total = mul(loss(model.call(input, context, weights), reshape(inputs.y, [count, ...model.outputShape])), count);
  const gradients = weights.length > 0 ? grad(total, weights) : [];
  const outputs = [...gradients.map((gradient, which) => add(sums[which], gradient)), add(lossSum, total)];
  const parameterPlaces = layout.offsets.map((offset) => at(SEGMENT.parameters, offset * 4));
  const resultPlaces = [
    ...layout.offsets.map((offset) => at(SEGMENT.results, offset * 4)),
    at(SEGMENT.results, layout.length * 4),
  ];
  const first = inputs.tensors.length;
  const binding: Binding = {
    inputs: [...inputs.places, ...parameterPlaces, ...resultPlaces],
    outputs: resultPlaces,
    invariant: weights.map((_, which) => first + which),
    memory,
  };
  return { program: trace(outputs, [...inputs.tensors, ...weights, ...sums, lossSum]).program, binding };
}

/** Forward for a piece: its summed loss. */
export function evaluationProgram(source: ExampleProgram, count: number): TracedProgram {
  const { model, loss, corrupt, x, y } = source;
  const inputs = exampleInputs(x, y, count);
  const input = corrupt ? corrupt(inputs.x, inputs.draws) : inputs.x;
  return forwardProgram(source, inputs, (weights) =>
    mul(loss(model.call(input, { training: false }, weights), reshape(inputs.y, [count, ...model.outputShape])), count),
  );
}

/** Forward for a piece: what a function makes of it. */
export function mappingProgram(
  source: Omit<ExampleProgram, 'loss' | 'y'> & { map?: (x: Tensor, draws: Draws) => Tensor },
  count: number,
): TracedProgram {
  const { model, corrupt, x, map } = source;
  const inputs = exampleInputs(x, undefined, count);
  const input = corrupt ? corrupt(inputs.x, inputs.draws) : inputs.x;
  return forwardProgram(source, inputs, (weights) =>
    map ? map(input, inputs.draws) : model.call(input, { training: false }, weights),
  );
}

function forwardProgram(
  { model, layout }: Pick<ExampleProgram, 'model' | 'layout'>,
  inputs: ReturnType<typeof exampleInputs>,
  result: (weights: readonly Tensor[]) => Tensor,
): TracedProgram {
  const weights = model.parameters.map(({ name, shape }) => placeholder({ shape, dtype: 'float32' }, name));
  const { program } = trace([result(weights)], [...inputs.tensors, ...weights]);
  const first = inputs.tensors.length;
  const binding: Binding = {
    inputs: [...inputs.places, ...layout.offsets.map((offset) => at(SEGMENT.parameters, offset * 4))],
    outputs: [at(SEGMENT.results)],
    invariant: weights.map((_, which) => first + which),
    memory,
  };
  return { program, binding };
}

/** Bytes from one lane of partial gradients to the next: the parameters' length, and a line for the loss. */
export function laneBytes(layout: ParameterLayout): number {
  return layout.length * 4 + ALIGNMENT;
}

/**
 * One step for a slice of the parameters: the lanes are added up in their order, divided by the batch's size, and
 * given to the optimiser. All slices run the same code; parameters and state are overwritten.
 *
 * Scalars: one over the number of examples, then what the optimiser wants for the step.
 */
export function updateProgram(optimizer: Optimizer, layout: ParameterLayout, lanes: number): CompiledProgram {
  const vector = (name: string) => placeholder({ shape: [SLICE], dtype: 'float32' }, name);
  const parameter = vector('parameter');
  const partial = Array.from({ length: lanes }, (_, lane) => vector(`lane ${lane}`));
  const state = Array.from({ length: optimizer.slots }, (_, slot) => vector(`slot ${slot}`));
  const count = optimizer.scalars(1).length;
  const scalars = placeholder({ shape: [1 + count], dtype: 'float32' }, 'scalars');
  const share = reshape(slice(scalars, [0], [1]), []);
  const gradient = mul(partial.reduce(add), share);
  const result = optimizer.update({ parameter, gradient, state, scalars: slice(scalars, [1]) });
  const parameterPlace = at(UPDATE_SEGMENT.parameters);
  const statePlaces = state.map((_, slot) => at(UPDATE_SEGMENT.state, slot * layout.length * 4));
  const { program } = trace([result.parameter, ...result.state], [parameter, ...partial, ...state, scalars]);
  return compile(program, {
    inputs: [
      parameterPlace,
      ...partial.map((_, lane) => at(UPDATE_SEGMENT.lanes, lane * laneBytes(layout))),
      ...statePlaces,
      at(UPDATE_SEGMENT.scalars),
    ],
    outputs: [parameterPlace, ...statePlaces],
    memory,
  });
}
