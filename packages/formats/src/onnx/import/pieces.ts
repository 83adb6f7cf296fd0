import type { DType, Tensor } from '@weft/core';
import { type Program, trace } from '@weft/core/program';
import type { OperationStep } from '@weft/nn';
import { symbolicProgram } from '../symbolic.js';
import { CONSTANT, type SpecialLayer, type WeightLeaf } from './context.js';
import type { Interpretation } from './interpret.js';

/** What becomes one layer: some nodes, from tensors that other layers give to one that this gives. */
export interface Piece {
  /** What the layer is called, if it can be. */
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly special?: SpecialLayer | undefined;
}

/** A piece as data. */
export interface PieceData {
  readonly inputs: readonly DType[];
  readonly weights: readonly WeightLeaf[];
  readonly steps: readonly OperationStep[];
  readonly output: number;
}

/** What stands before the last slash or dot of a weight's name: the layer that it belongs to. */
function layerOf(weight: string): string {
  const at = Math.max(weight.lastIndexOf('/'), weight.lastIndexOf('.'));
  return at > 0 ? weight.slice(0, at) : '';
}

/** What stands behind it. */
export const nameInLayer = (weight: string): string => {
  const layer = layerOf(weight);
  return layer === '' ? weight : weight.slice(layer.length + 1);
};

/** Operators that end a layer with weights, as its activation. */
const ACTIVATIONS = new Set([
  'Relu',
  'Sigmoid',
  'Tanh',
  'Softmax',
  'LogSoftmax',
  'Softplus',
  'Softsign',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'Mish',
  'Swish',
  'Clip',
]);

/**
 * Cuts a graph into pieces: one for each node, or for nodes one after the other that have weights of one layer, and the
 * activation behind them.
 */
export function piecesOf({ nodes, context, outputs }: Interpretation): Piece[] {
  const readers = new Map<Tensor, number>();
  const read = (tensor: Tensor) => readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  for (const { inputs } of nodes) inputs.forEach(read);
  for (const { x } of outputs) read(x);
  const pieces = new Map<Tensor, Piece & { readonly layer: string }>();
  for (const { node, inputs, outputs: made } of nodes) {
    for (const output of made) {
      if (inputs.includes(output) || pieces.has(output)) continue;
      const special = context.special.get(output);
      const layer = layerName(special ? special.weights : weightsBetween(inputs, output, context.weights));
      const before = inputs.length === 1 ? pieces.get(inputs[0]) : undefined;
      const isSame = before && before.layer !== '' && (before.layer === layer || ACTIVATIONS.has(node.type));
      if (isSame && readers.get(inputs[0]) === 1 && !special && !before.special && made.length === 1) {
        pieces.delete(before.output);
        pieces.set(output, { ...before, output });
      } else {
        const name = layer || (node.name === node.outputs[0] ? '' : node.name) || node.type;
        pieces.set(output, { name, layer, inputs, output, special });
      }
    }
  }
  return [...pieces.values()];
}

/** The layer that weights are said to belong to by their names. */
function layerName(weights: readonly WeightLeaf[]): string {
  return weights.map(({ source }) => layerOf(source)).find((name) => name !== '') ?? '';
}

function weightsBetween(
  inputs: readonly Tensor[],
  output: Tensor,
  weights: ReadonlyMap<object, WeightLeaf>,
): WeightLeaf[] {
  const { leaves } = trace([output], inputs);
  return leaves.slice(inputs.length).flatMap(({ node }) => weights.get(node) ?? []);
}

/**
 * A piece for any batch, from what it is for two.
 *
 * @throws BatchDependence if it is not the same program
 */
export function dataOf(
  [piece, twin]: readonly [Piece, Piece],
  weights: ReadonlyMap<object, WeightLeaf>,
  batches: readonly [number, number],
): PieceData {
  const [first, second] = [piece, twin].map(({ output, inputs }) => trace([output], inputs));
  const program = symbolicProgram(first.program, second.program, batches);
  const leaves = first.leaves.slice(piece.inputs.length).map((leaf): WeightLeaf => {
    const weight = weights.get(leaf.node);
    const data = leaf.node.data[leaf.index];
    if (weight) return weight;
    if (!data) throw new TypeError('a piece depends on a tensor that is none of its inputs');
    return { source: CONSTANT, data: Float32Array.from(data), shape: leaf.shape, isFrozen: true };
  });
  return {
    ...numbered(first.program, program.operations),
    weights: leaves,
    inputs: piece.inputs.map(({ dtype }) => dtype),
  };
}

/** Steps in which values are numbered by their order. */
function numbered({ inputs, outputs }: Program, operations: Program['operations']) {
  const numbers = new Map(inputs.map((value, index) => [value, index]));
  const steps = operations.map(({ name, inputs: operands, outputs: [result], attributes }) => {
    const step = { name, inputs: operands.map((value) => numbers.get(value) as number), attributes };
    numbers.set(result, numbers.size);
    return step;
  });
  return { steps, output: numbers.get(outputs[0]) as number };
}
