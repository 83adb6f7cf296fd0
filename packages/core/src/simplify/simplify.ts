import { broadcastTo } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { reshape, transpose } from '../operations/reshape.js';
import { operationTable } from '../operations/table.js';
import { sameShape } from '../tensor/shape.js';
import type { Node, Tensor } from '../tensor/tensor.js';
import { differentiatedValues, type Operation, type Program } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';

/**
 * Removes what computes nothing new: reshapes and broadcasts of one another, transpositions that cancel, arithmetic on
 * constants, factors of one. Common subexpressions and dead code go whenever a program is traced. No result changes
 * by a bit.
 */
export function simplify(program: Program): Program {
  const differentiated = differentiatedValues(program);
  const isDifferentiated = !program.operations.some(({ name }) => name === 'gradient');
  const fixed = new Set<Node>();
  return rewrite(program, (operation, inputs) => {
    operation.inputs.forEach((value, which) => {
      if (differentiated.has(value)) fixed.add(inputs[which].node);
    });
    if ([...operation.inputs, ...operation.outputs].some((value) => differentiated.has(value))) return undefined;
    if (isDifferentiated && operation.name === 'stopGradient') return [...inputs];
    const constantOf = (x: Tensor) => constantAmong(fixed, x);
    for (const rule of [collapseViews, foldConstants, dropNeutral]) {
      const result = rule(operation, inputs, constantOf);
      if (result) return result;
    }
    return undefined;
  });
}

type ConstantOf = (x: Tensor) => number | undefined;
type Simplification = (operation: Operation, inputs: readonly Tensor[], constantOf: ConstantOf) => Tensor[] | undefined;

const collapseViews: Simplification = ({ name, attributes }, [x], constantOf) => {
  const { operation, inputs: [inner] = [] } = x?.node ?? {};
  if (name === 'reshape') {
    const { shape } = attributes as { shape: number[] };
    if (sameShape(shape, x.shape)) return [x];
    const value = constantOf(x);
    if (value !== undefined) return [broadcastTo(scalar(value), shape)];
    return operation === 'reshape' ? [reshape(inner, shape)] : undefined;
  }
  if (name === 'broadcast') {
    const { shape } = attributes as { shape: number[] };
    const value = constantOf(x);
    if (value !== undefined) return x.shape.length === 0 ? undefined : [broadcastTo(scalar(value), shape)];
    return operation === 'broadcast' ? [broadcastTo(inner, shape)] : undefined;
  }
  if (name === 'transpose' && operation === 'transpose') {
    const outer = attributes.permutation as number[];
    const before = x.node.attributes.permutation as number[];
    return [
      transpose(
        inner,
        outer.map((axis) => before[axis]),
      ),
    ];
  }
  return undefined;
};

const foldConstants: Simplification = ({ name, attributes }, inputs, constantOf) => {
  const definition = operationTable.get(name);
  // Kernels must compute what is not rounded exactly themselves, or bits would differ.
  const isPlain = Object.keys(attributes).length === 0;
  if (definition?.kind !== 'elementwise' || !definition.exact || !isPlain) return undefined;
  const numbers = inputs.map(constantOf);
  if (numbers.some((number) => number === undefined)) return undefined;
  const out = new Float32Array(1);
  const types = inputs.map(() => ({ shape: [], dtype: 'float32' as const }));
  definition.reference({
    inputs: numbers.map((number) => Float32Array.of(number as number)),
    outputs: [out],
    inputTypes: types,
    outputTypes: types.slice(0, 1),
    attributes: {},
  });
  return [broadcastTo(scalar(out[0]), inputs[0].shape)];
};

const dropNeutral: Simplification = ({ name }, inputs, constantOf) => {
  if (name !== 'mul' && name !== 'div') return undefined;
  const [a, b] = inputs;
  if (constantOf(b) === 1) return [a];
  return name === 'mul' && constantOf(a) === 1 ? [b] : undefined;
};

/** The number that every element of a float32 tensor is, if it is a constant; a value that a gradient is asked for in is none. */
function constantAmong(fixed: ReadonlySet<Node>, x: Tensor): number | undefined {
  if (fixed.has(x.node) || x.dtype !== 'float32') return undefined;
  const { operation, inputs, attributes } = x.node;
  if (operation === 'constant') return Number(attributes.value);
  return operation === 'broadcast' || operation === 'reshape' ? constantAmong(fixed, inputs[0]) : undefined;
}
