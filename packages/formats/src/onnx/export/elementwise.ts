import type { Operation } from '@weft/core/program';
import { type Length, sameLengths } from '../symbolic.js';
import type { Emitter, Writer } from './emitter.js';
import type { Layout, Value } from './values.js';

/** What shapes broadcast to. Lengths that follow the batch are the same or stand beside 1. */
function broadcast(shapes: readonly (readonly Length[])[]): Length[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

/** Operands of an element-wise operation: ONNX repeats them by itself, as long as one of them has each axis. */
function operands({ inputs, outputs: [output] }: Operation, emitter: Emitter): readonly Value[] {
  const sources = inputs.map((input) => emitter.source(input));
  const isWhole = sameLengths(broadcast(sources.map(({ shape }) => shape)), emitter.shape(output));
  return isWhole ? sources : [emitter.value(inputs[0]), ...sources.slice(1)];
}

const simple =
  (opType: string): Writer =>
  (operation, emitter) => {
    const { outputs, inputs } = operation;
    const rank = emitter.shape(outputs[0]).length;
    const layout = emitter.layoutOf(inputs, rank);
    const names = operands(operation, emitter).map((value) => emitter.names.operand(value, layout, rank));
    emitter.write(operation, layout, opType, names);
  };

const comparison =
  (opType: string): Writer =>
  (operation, emitter) => {
    const { outputs, inputs } = operation;
    const rank = emitter.shape(outputs[0]).length;
    const layout = emitter.layoutOf(inputs, rank);
    const names = operands(operation, emitter).map((value) => emitter.names.operand(value, layout, rank));
    emitter.define(outputs[0]).names.set(`truth ${layout}`, emitter.graph.node(opType, names));
  };

const where: Writer = (operation, emitter) => {
  const { outputs, inputs } = operation;
  const rank = emitter.shape(outputs[0]).length;
  const layout = emitter.layoutOf(inputs, rank);
  const [condition, ...others] = operands(operation, emitter);
  emitter.write(operation, layout, 'Where', [
    emitter.names.operand(condition, layout, rank, true),
    ...others.map((value) => emitter.names.operand(value, layout, rank)),
  ]);
};

/** A number that is known, as a scalar that is repeated. */
function numberOf(value: Value): number | undefined {
  const { data } = value.repeated ?? value;
  return data?.length === 1 ? data[0] : undefined;
}

/** A mean over windows is a sum times one over their size: ONNX has the mean. */
const mul: Writer = (operation, emitter) => {
  const [a, b] = operation.inputs.map((input) => emitter.value(input));
  for (const [sums, factor] of [
    [a, numberOf(b)],
    [b, numberOf(a)],
  ] as const) {
    const { windows } = sums;
    if (windows && factor === Math.fround(1 / windows.size)) {
      emitter.alias(operation.outputs[0], windows.mean);
      return;
    }
  }
  simple('Mul')(operation, emitter);
};

/** Sums over windows divided by how many pixels lie under each: the mean without the zeros around the image. */
const div: Writer = (operation, emitter) => {
  const [sums, divisor] = operation.inputs.map((input) => emitter.source(input));
  const counts = (divisor.reshaped ?? divisor).windows;
  if (sums.windows && counts?.isCount && counts.places === sums.windows.places) {
    emitter.alias(operation.outputs[0], sums.windows.meanOfPixels());
    return;
  }
  simple('Div')(operation, emitter);
};

/** The name of an activation as ONNX has it. */
const unary = (opType: string): Writer => simple(opType);

const cast: Writer = (operation, emitter) => {
  const rank = emitter.shape(operation.outputs[0]).length;
  const layout: Layout = emitter.layoutOf(operation.inputs, rank);
  const to = operation.name === 'cast' && operation.attributes.to === 'int32' ? 6 : 1;
  emitter.write(operation, layout, 'Cast', [emitter.names.name(emitter.value(operation.inputs[0]), layout)], { to });
};

/** Operations that compute each element by itself. */
export const elementwiseWriters = {
  neg: unary('Neg'),
  abs: unary('Abs'),
  exp: unary('Exp'),
  log: unary('Log'),
  sqrt: unary('Sqrt'),
  tanh: unary('Tanh'),
  sigmoid: unary('Sigmoid'),
  relu: unary('Relu'),
  floor: unary('Floor'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  erf: unary('Erf'),
  add: simple('Add'),
  sub: simple('Sub'),
  mul,
  div,
  pow: simple('Pow'),
  maximum: simple('Max'),
  minimum: simple('Min'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterOrEqual'),
  equal: comparison('Equal'),
  where,
  cast,
  castBytes: cast,
} satisfies Readonly<Record<string, Writer>>;
