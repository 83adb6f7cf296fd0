import type { Operation } from '@weft/core/program';
import { TO_CHANNELS_FIRST } from '../permute.js';
import type { Emitter, Writer } from './emitter.js';
import type { Layout } from './values.js';

/** Axes left by a reduction must stand in the same order whichever way the image lies. */
function layoutOfReduction({ inputs, attributes }: Operation, emitter: Emitter): Layout {
  const rank = emitter.shape(inputs[0]).length;
  const layout = emitter.layoutOf(inputs, rank);
  const axes = attributes.axes as readonly number[];
  const left = TO_CHANNELS_FIRST.filter((axis) => !axes.includes(axis));
  return layout === 'first' && left.every((axis, index) => index === 0 || axis > left[index - 1]) ? 'first' : 'last';
}

const reduction =
  (opType: 'ReduceSum' | 'ReduceMax'): Writer =>
  (operation, emitter) => {
    const { graph, names, opset } = emitter;
    const layout = layoutOfReduction(operation, emitter);
    const axes = (operation.attributes.axes as readonly number[]).map((axis) => emitter.axis(axis, layout));
    const sorted = [...axes].sort((a, b) => a - b);
    const name = names.name(emitter.value(operation.inputs[0]), layout);
    const isInput = opType === 'ReduceSum' || opset >= 18;
    const inputs = isInput ? [name, graph.integers('axes', sorted)] : [name];
    const reduced = graph.node(opType, inputs, { keepdims: 0, ...(!isInput && { axes: sorted }) });
    emitter.define(operation.outputs[0]).names.set('last', reduced);
  };

const alongLast =
  (opType: 'Softmax' | 'LogSoftmax'): Writer =>
  (operation, emitter) => {
    const rank = emitter.shape(operation.inputs[0]).length;
    const layout = emitter.layoutOf(operation.inputs, rank);
    const name = emitter.names.name(emitter.value(operation.inputs[0]), layout);
    emitter.write(operation, layout, opType, [name], { axis: emitter.axis(rank - 1, layout) });
  };

const matmul: Writer = (operation, emitter) => {
  const { transposeA, transposeB } = operation.attributes;
  const names = operation.inputs.map((input, which) => {
    const value = emitter.value(input);
    const rank = value.shape.length;
    const exchanged = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return [transposeA, transposeB][which] ? emitter.names.permuted(value, exchanged) : emitter.names.name(value);
  });
  emitter.write(operation, 'last', 'MatMul', names);
};

/** Operations in which elements meet. */
export const sumWriters = {
  sum: reduction('ReduceSum'),
  max: reduction('ReduceMax'),
  softmax: alongLast('Softmax'),
  logSoftmax: alongLast('LogSoftmax'),
  matmul,
} satisfies Readonly<Record<string, Writer>>;
