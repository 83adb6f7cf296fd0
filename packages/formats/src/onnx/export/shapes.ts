import { permuted } from '../permute.js';
import { type Length, sameLengths } from '../symbolic.js';
import type { Writer } from './emitter.js';
import { fromLayout, Inexpressible, rootOf, shapeText, type Value } from './values.js';

const isFixed = (shape: readonly Length[]): shape is readonly number[] =>
  shape.every((length) => typeof length === 'number');

const reshape: Writer = ({ inputs: [input], outputs: [output] }, emitter) => {
  const value = emitter.value(input);
  const shape = emitter.shape(output);
  if (value.data && isFixed(shape)) {
    emitter.define(output, { data: value.data, path: value.path });
    return;
  }
  const root = rootOf(value);
  if (sameLengths(root.shape, shape)) emitter.alias(output, root);
  else emitter.define(output, { reshaped: root });
};

const transpose: Writer = (operation, emitter) => {
  const { inputs, outputs, attributes } = operation;
  const value = emitter.value(inputs[0]);
  const permutation = attributes.permutation as readonly number[];
  if (value.data && isFixed(value.shape)) {
    emitter.define(outputs[0], { data: permuted(value.data, value.shape, permutation), path: value.path });
    return;
  }
  const layout = emitter.layoutOf(inputs.slice(0, 1), value.shape.length);
  const name = emitter.names.transposed(emitter.names.name(value, layout), fromLayout(layout, permutation));
  emitter.define(outputs[0]).names.set('last', name);
};

const broadcast: Writer = ({ inputs: [input], outputs: [output] }, emitter) => {
  emitter.define(output, { repeated: emitter.source(input) });
};

const slice: Writer = (operation, emitter) => {
  const { inputs, attributes } = operation;
  const { graph, names } = emitter;
  const value = emitter.value(inputs[0]);
  const { begin, size, step } = attributes as Readonly<Record<'begin' | 'step', readonly Length[]>> & {
    size: readonly Length[];
  };
  const layout = emitter.layoutOf(inputs, value.shape.length);
  const all = value.shape.map((length, axis) => ({
    axis,
    length,
    begin: begin[axis],
    size: size[axis],
    step: step[axis],
  }));
  const cut = all.filter((each) => !sameLengths([each.size], [each.length]) || each.step !== 1 || each.begin !== 0);
  if (cut.some((each) => [each.begin, each.size, each.step].some((length) => typeof length !== 'number'))) {
    throw new Inexpressible('the batch is cut into pieces. Export it with batch: n');
  }
  const numbers = cut as unknown as readonly { axis: number; begin: number; size: number; step: number }[];
  // Backwards to the first element, the end lies before it.
  const ends = numbers.map((each) => {
    const end = each.begin + each.size * each.step;
    return each.step < 0 && end < 0 ? -(2 ** 31) : end;
  });
  emitter.write(operation, layout, 'Slice', [
    names.name(value, layout),
    graph.integers(
      'starts',
      numbers.map((each) => each.begin),
    ),
    graph.integers('ends', ends),
    graph.integers(
      'axes',
      numbers.map((each) => emitter.axis(each.axis, layout)),
    ),
    graph.integers(
      'steps',
      numbers.map((each) => each.step),
    ),
  ]);
};

const pad: Writer = (operation, emitter) => {
  const { inputs, attributes } = operation;
  const { graph, names } = emitter;
  const { before, after, interior } = attributes as Readonly<Record<string, readonly Length[]>>;
  const value = emitter.value(inputs[0]);
  const pads = [before, after].flatMap((amounts) =>
    emitter.perAxis(amounts, emitter.layoutOf(inputs, value.shape.length)),
  );
  if (!isFixed(pads) || interior.some((amount) => amount !== 0)) {
    throw new Inexpressible('zeros are put between elements, which ONNX has no operator for');
  }
  const layout = emitter.layoutOf(inputs, value.shape.length);
  const zero = value.dtype === 'int32' ? Int32Array.of(0) : Float32Array.of(0);
  emitter.write(operation, layout, 'Pad', [
    names.name(value, layout),
    graph.integers('pads', pads),
    graph.constant('constant', value.dtype, [], zero),
  ]);
};

const concatenate: Writer = (operation, emitter) => {
  const { inputs, outputs, attributes } = operation;
  const layout = emitter.layoutOf(inputs, emitter.shape(outputs[0]).length);
  const names = inputs.map((input) => emitter.names.name(emitter.value(input), layout));
  emitter.write(operation, layout, 'Concat', names, { axis: emitter.axis(attributes.axis as number, layout) });
};

const iota: Writer = ({ outputs: [output], attributes }, emitter) => {
  const { length } = attributes;
  if (typeof length !== 'number') {
    throw new Inexpressible('examples of the batch are numbered. Export it with batch: n');
  }
  emitter.define(output, { data: Float32Array.from({ length }, (_, index) => index) });
};

const constant: Writer = ({ outputs: [output], attributes: { value, dtype } }, emitter) => {
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new Inexpressible('a number depends on the batch. Export it with batch: n');
  }
  const number = Number(value);
  emitter.define(output, { data: dtype === 'int32' ? Int32Array.of(number) : Float32Array.of(number) });
};

const takeRows: Writer = (operation, emitter) => {
  const { graph, names } = emitter;
  const [table, index] = operation.inputs.map((input): Value => emitter.value(input));
  const [rows] = shapeText(table.shape.slice(0, 1));
  const numbers = graph.node('Cast', [names.name(index)], { to: 7 });
  // Weft takes the nearest row for a number that names none.
  const clipped = graph.node('Clip', [numbers, ...[0, rows - 1].map((row) => scalarInteger(graph, row))]);
  const gathered = graph.node('Gather', [names.name(table), clipped], { axis: 0 });
  if (table.dtype === 'uint8') emitter.write(operation, 'last', 'Cast', [gathered], { to: 1 });
  else emitter.define(operation.outputs[0]).names.set('last', gathered);
};

/** One whole number, as a tensor without axes. */
function scalarInteger(
  graph: { integers(wished: string, numbers: readonly number[]): string; node: GraphNode },
  n: number,
) {
  return graph.node('Squeeze', [graph.integers('row', [n]), graph.integers('axes', [0])]);
}

type GraphNode = (opType: string, input: readonly string[]) => string;

const stopGradient: Writer = ({ inputs: [input], outputs: [output] }, emitter) => {
  emitter.alias(output, emitter.value(input));
};

/** Operations that move elements and compute nothing. */
export const shapeWriters = {
  reshape,
  transpose,
  broadcast,
  slice,
  pad,
  concatenate,
  iota,
  constant,
  takeRows,
  stopGradient,
} satisfies Readonly<Record<string, Writer>>;
