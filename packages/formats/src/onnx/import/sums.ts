import type { Tensor } from '@weft/core';
import * as core from '@weft/core';
import {
  axisOf,
  computed,
  computedOf,
  type Handler,
  type ImportContext,
  knownNumbers,
  required,
  storedAxis,
} from './context.js';
import { Unsupported } from './node.js';
import { asGiven, asLast, shapeOf, toLast, type Value } from './value.js';

type Reduce = (x: Tensor, axes: readonly number[], options: { readonly keepDims: boolean }) => Tensor;

const reduction =
  (reduce: Reduce): Handler =>
  (node, inputs, context) => {
    const value = computedOf(required(inputs, 0), context);
    const rank = value.x.shape.length;
    const given = knownNumbers(inputs[1], 'axes') ?? node.ints('axes') ?? [];
    const isAll = given.length === 0 && node.int('noop_with_empty_axes', 0) === 0;
    const named = isAll ? Array.from({ length: rank }, (_, axis) => axis) : given;
    const axes = named.map((axis) => axisOf(axis, rank));
    const keepDims = node.int('keepdims', 1) === 1;
    // Without the reduced axes the others must lie in ONNX's order.
    const left = toLast(rank).filter((axis) => !axes.includes(axis));
    const isOrdered = left.every((axis, index) => index === 0 || axis > left[index - 1]);
    const isLast = value.isLast && (keepDims || isOrdered);
    const x = isLast ? value.x : asGiven(value);
    const stored = axes.map((axis) => storedAxis(axis, rank, isLast)).sort((a, b) => a - b);
    return computed(reduce(x, stored, { keepDims }), isLast && keepDims);
  };

const squares = (x: Tensor) => core.mul(x, x);

const alongAxis =
  (f: (x: Tensor, axis: number) => Tensor): Handler =>
  (node, inputs, context) => {
    const value = computedOf(required(inputs, 0), context);
    const rank = value.x.shape.length;
    const axis = axisOf(node.int('axis', context.opset < 13 ? 1 : -1), rank);
    // Before opset 13 all axes from this one on were taken together.
    if (context.opset < 13 && axis !== rank - 1) throw new Unsupported(`its axis is ${axis} of ${rank}, at this opset`);
    return computed(f(value.x, storedAxis(axis, rank, value.isLast)), value.isLast);
  };

const matmul: Handler = (_node, inputs, context) => {
  const [a, b] = [0, 1].map((which) => context.tensor(required(inputs, which)));
  return computed(core.matmul(a, b));
};

/** alpha a b + beta c. */
const gemm: Handler = (node, inputs, context) => {
  const [a, b] = [0, 1].map((which) => {
    const isTransposed = node.int(['transA', 'transB'][which], 0) !== 0;
    return context.tensor(required(inputs, which), isTransposed ? { permutation: [1, 0] } : undefined);
  });
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const product = core.matmul(a, b);
  const scaled = alpha === 1 ? product : core.mul(product, alpha);
  const c = inputs[2];
  if (c === undefined || beta === 0) return computed(scaled);
  const term = context.operand(c, 2, false);
  return computed(core.add(scaled, beta === 1 ? term : core.mul(term, beta)));
};

/** Scale and bias of features, with axes of length 1 behind where channels come first. */
function affine(x: Tensor, scale: Value, bias: Value | undefined, context: ImportContext): Tensor {
  const scaled = core.mul(x, context.tensor(scale));
  return bias === undefined ? scaled : core.add(scaled, context.tensor(bias));
}

/** (x - mean) / sqrt(variance + epsilon) over axes. */
function standardised(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const centred = core.sub(x, core.mean(x, axes, { keepDims: true }));
  const variance = core.mean(squares(centred), axes, { keepDims: true });
  return core.div(centred, core.sqrt(core.add(variance, epsilon)));
}

const layerNormalization: Handler = (node, inputs, context) => {
  const x = asGiven(computedOf(required(inputs, 0), context));
  const rank = x.shape.length;
  const first = axisOf(node.int('axis', -1), rank);
  const axes = Array.from({ length: rank - first }, (_, index) => first + index);
  const normal = standardised(x, axes, node.float('epsilon', 1e-5));
  return computed(affine(normal, required(inputs, 1), inputs[2], context));
};

const instanceNormalization: Handler = (node, inputs, context) => {
  const x = asLast(computedOf(required(inputs, 0), context));
  const axes = x.shape.map((_, axis) => axis).slice(1, -1);
  const normal = standardised(x, axes, node.float('epsilon', 1e-5));
  return computed(affine(normal, required(inputs, 1), inputs[2], context), true);
};

const groupNormalization: Handler = (node, inputs, context) => {
  const x = asLast(computedOf(required(inputs, 0), context));
  const groups = node.int('num_groups', 1);
  const channels = x.shape[x.shape.length - 1];
  const cut = core.reshape(x, [x.shape[0], -1, groups, channels / groups]);
  const normal = core.reshape(standardised(cut, [1, 3], node.float('epsilon', 1e-5)), x.shape);
  const [scale, bias] = [1, 2].map((which) => required(inputs, which));
  if (shapeOf(scale)[0] !== channels) throw new Unsupported('it has a scale for each group, as before opset 21');
  return computed(affine(normal, scale, bias, context), true);
};

const batchNormalization: Handler = (node, inputs, context) => {
  if (node.int('training_mode', 0) !== 0)
    throw new Unsupported('it is in training_mode; export the model for inference');
  node.expect('spatial', 1);
  const x = asLast(computedOf(required(inputs, 0), context));
  const epsilon = node.float('epsilon', 1e-5);
  const values = [1, 2, 3, 4].map((which) => required(inputs, which));
  const lists = values.flatMap((value) => context.numbersOf(value) ?? []);
  if (context.hasSpecialLayers && lists.length === values.length) {
    const weights = lists.map((list) => context.weight(list, list.shape, list.data));
    const momentum = Math.min(node.float('momentum', 0.9), 1 - 2 ** -24);
    return computed(context.layer(x, { type: 'BatchNormalization', options: { epsilon, momentum }, weights }), true);
  }
  const [scale, bias, mean, variance] = values.map((value) => context.tensor(value));
  const factor = core.div(scale, core.sqrt(core.add(variance, epsilon)));
  return computed(core.add(core.mul(core.sub(x, mean), factor), bias), true);
};

/** In inference nothing is dropped; in training it is. */
const dropout: Handler = (node, inputs, context) => {
  const value = required(inputs, 0);
  const rate = knownNumbers(inputs[1], 'ratio')?.[0] ?? node.float('ratio', 0.5);
  if (!context.hasSpecialLayers || value.is === 'known' || !(rate > 0 && rate < 1)) return value;
  const x = context.layer(value.x, { type: 'Dropout', options: { rate }, weights: [] });
  return computed(x, value.isLast, value.kind);
};

/** Operators in which elements meet. */
export const sumHandlers: Readonly<Record<string, Handler>> = {
  MatMul: matmul,
  Gemm: gemm,
  Softmax: alongAxis(core.softmax),
  LogSoftmax: alongAxis(core.logSoftmax),
  ReduceSum: reduction(core.sum),
  ReduceMean: reduction(core.mean),
  ReduceMax: reduction(core.max),
  ReduceMin: reduction(core.min),
  ReduceProd: reduction(core.prod),
  ReduceSumSquare: reduction((x, axes, options) => core.sum(squares(x), axes, options)),
  ReduceL1: reduction((x, axes, options) => core.sum(core.abs(x), axes, options)),
  ReduceL2: reduction((x, axes, options) => core.sqrt(core.sum(squares(x), axes, options))),
  ReduceLogSumExp: reduction(core.logSumExp),
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  BatchNormalization: batchNormalization,
  Dropout: dropout,
};
