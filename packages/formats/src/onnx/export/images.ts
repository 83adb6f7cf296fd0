import type { Operation, Window } from '@weft/core/program';
import type { Length } from '../symbolic.js';
import type { Emitter, Writer } from './emitter.js';
import { Inexpressible, type Value, type ValueNames } from './values.js';

/** [top, left, bottom, right], as ONNX wants the zeros around an image. */
const padsOf = ([[top, bottom], [left, right]]: Window['padding']) => [top, left, bottom, right];

function windowAttributes({ size, strides, dilation, padding }: Window) {
  return { kernel_shape: size, strides, dilations: dilation, pads: padsOf(padding) };
}

const windowOf = ({ attributes }: Operation) => attributes.window as Window;

/** A bias that is added to a result and to nothing else: ONNX's convolutions take it as an input. */
function biasOf({ outputs: [output] }: Operation, emitter: Emitter): { add: Operation; bias: Value } | undefined {
  const add = emitter.onlyReader(output);
  if (add?.name !== 'add') return undefined;
  const producer = emitter.producer(add.inputs.find((input) => input !== output) ?? output);
  if (producer?.name !== 'broadcast') return undefined;
  const bias = emitter.value(producer.inputs[0]) as Value | undefined;
  const filters = emitter.shape(output)[3];
  return bias?.data && bias.shape.length === 1 && bias.shape[0] === filters ? { add, bias } : undefined;
}

/** A convolution of some kind, with the bias and the weight as ONNX lays them out. */
function convolution(
  operation: Operation,
  emitter: Emitter,
  opType: 'Conv' | 'ConvTranspose',
  weight: string,
  attributes: Readonly<Record<string, number | readonly number[]>>,
): void {
  const { names } = emitter;
  const found = biasOf(operation, emitter);
  const image = names.name(emitter.value(operation.inputs[0]), 'first');
  const bias = found ? [names.name(found.bias)] : [];
  if (found) emitter.done.add(found.add);
  emitter.write(found?.add ?? operation, 'first', opType, [image, weight, ...bias], attributes);
}

const conv2d: Writer = (operation, emitter) => {
  const weight = emitter.names.permuted(emitter.value(operation.inputs[1]), [3, 2, 0, 1]);
  const group = (operation.attributes.groups as number | undefined) ?? 1;
  convolution(operation, emitter, 'Conv', weight, { ...windowAttributes(windowOf(operation)), group });
};

/** [channels, 1, height, width] of kernels [height, width, channels]. */
function depthwiseKernels({ inputs }: Operation, emitter: Emitter): string {
  const weight = emitter.value(inputs[1]);
  const [height, width, channels] = weight.shape as readonly number[];
  return emitter.names.permuted(weight, [2, 0, 1], [channels, 1, height, width]);
}

const depthwiseConv2d: Writer = (operation, emitter) => {
  const group = (operation.attributes.shape as readonly number[])[3];
  const kernels = depthwiseKernels(operation, emitter);
  convolution(operation, emitter, 'Conv', kernels, { ...windowAttributes(windowOf(operation)), group });
};

/** Rows and columns that no window of the convolution reaches, of which this is the transposed one. */
function outputPadding(image: readonly Length[], { size, strides, dilation, padding }: Window): number[] {
  return [0, 1].map((axis) => {
    const room = (image[axis + 1] as number) + padding[axis][0] + padding[axis][1];
    return (room - (size[axis] - 1) * dilation[axis] - 1) % strides[axis];
  });
}

function transposedConvolution(operation: Operation, emitter: Emitter, weight: string, group: number): void {
  const window = windowOf(operation);
  const output_padding = outputPadding(operation.attributes.shape as readonly Length[], window);
  convolution(operation, emitter, 'ConvTranspose', weight, { ...windowAttributes(window), group, output_padding });
}

const conv2dInputGradient: Writer = (operation, emitter) => {
  const weight = emitter.names.permuted(emitter.value(operation.inputs[1]), [3, 2, 0, 1]);
  transposedConvolution(operation, emitter, weight, (operation.attributes.groups as number | undefined) ?? 1);
};

const depthwiseTranspose: Writer = (operation, emitter) => {
  const channels = (operation.attributes.shape as readonly number[])[3];
  transposedConvolution(operation, emitter, depthwiseKernels(operation, emitter), channels);
};

const maxPool2d: Writer = (operation, emitter) => {
  const { dilation: _, ...window } = windowOf(operation);
  const { dilations: __, ...attributes } = windowAttributes({ ...window, dilation: [1, 1] });
  emitter.write(
    operation,
    'first',
    'MaxPool',
    [emitter.names.name(emitter.value(operation.inputs[0]), 'first')],
    attributes,
  );
};

/** A map from images to tiles that adds up the pixels under windows. */
interface SumOfWindows {
  readonly image: readonly [number, number];
  readonly grid: readonly [number, number];
  readonly origin: readonly [number, number];
  readonly step: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly rows: readonly (readonly number[])[];
  readonly columns: readonly (readonly number[])[];
  readonly components: string;
}

/** Sums over windows, which `avgPool2d` is made of: the mean times the size of the window. */
const gatherTiles: Writer = (operation, emitter) => {
  const { image, grid, origin, step, dilation, rows, columns, components } =
    operation.attributes as unknown as SumOfWindows;
  const isSum = [rows, columns].every((matrix) => matrix.length === 1 && matrix[0].every((factor) => factor === 1));
  if (!isSum || components !== 'first' || dilation.some((by) => by !== 1)) {
    throw new Inexpressible('tiles are cut out of images, which ONNX has no operator for');
  }
  const size = [rows[0].length, columns[0].length];
  const [top, left] = origin.map((at) => -at);
  const [bottom, right] = [top, left].map((before, axis) =>
    Math.max(0, (grid[axis] - 1) * step[axis] + size[axis] - before - image[axis]),
  );
  const source = emitter.value(operation.inputs[0]);
  const shape = [source.shape[0], ...grid, source.shape[3]];
  const attributes = { kernel_shape: size, strides: step, pads: [top, left, bottom, right] };
  const pooled = (count_include_pad: number): Value => {
    const image = emitter.names.name(source, 'first');
    const name = emitter.graph.node('AveragePool', [image], { ...attributes, count_include_pad });
    return { shape, dtype: 'float32', names: new Map([['first', name]]) };
  };
  const ones = source.repeated?.data;
  const windows = {
    mean: pooled(1),
    size: size[0] * size[1],
    places: JSON.stringify(attributes),
    isCount: ones?.length === 1 && ones[0] === 1,
    meanOfPixels: () => pooled(0),
  };
  const sums: Value = { shape, dtype: 'float32', names: new Map(), windows };
  emitter.define(operation.outputs[0], { reshaped: sums });
};

/** Images in another size; all ways of it read the middles of pixels. */
function resize(operation: Operation, emitter: Emitter, size: readonly number[], attributes: Record<string, string>) {
  const source = emitter.value(operation.inputs[0]);
  const inputs = resizeInputs(emitter.names, emitter.names.name(source, 'first'), source.shape, size);
  emitter.write(operation, 'first', 'Resize', inputs, attributes);
}

/**
 * Inputs of Resize for images with channels first: factors where they are whole, else the size, since factors are cut to
 * float32 and lengths to whole numbers.
 */
export function resizeInputs(
  names: ValueNames,
  image: string,
  [batch, height, width, channels]: readonly Length[],
  to: readonly number[],
): string[] {
  const from = [height, width] as readonly number[];
  if (to.some((length, axis) => length % from[axis] !== 0)) {
    return [image, '', '', names.lengths([batch, channels, ...to])];
  }
  const scales = Float32Array.of(1, 1, ...to.map((length, axis) => length / from[axis]));
  return [image, '', names.graph.constant('scales', 'float32', [4], scales)];
}

const upsample2d: Writer = (operation, emitter) => {
  const [, height, width] = emitter.shape(operation.inputs[0]) as readonly number[];
  const [rows, columns] = operation.attributes.size as readonly number[];
  resize(operation, emitter, [height * rows, width * columns], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
};

/** Resizing is the only way of reading images elsewhere that ONNX has for all of them alike. */
const affineSample: Writer = (operation, emitter) => {
  const { image, size, fillMode, interpolation } = operation.attributes as {
    readonly image: readonly [number, number];
    readonly size: readonly [number, number];
    readonly fillMode: string;
    readonly interpolation: 'bilinear' | 'nearest';
  };
  const matrix = emitter.source(operation.inputs[1]).data;
  const isNear = (value: number, wanted: number, slack: number) => Math.abs(value - wanted) <= slack;
  const along = (slope: number, offset: number, axis: number) => {
    const wanted = image[axis] / size[axis];
    const slack = interpolation === 'nearest' ? 0.3 / size[axis] : 1e-6 * image[axis];
    return isNear(slope, wanted, 1e-6 * wanted) && isNear(offset, wanted / 2 - 0.5, slack);
  };
  const isResizing =
    matrix?.length === 6 &&
    matrix[1] === 0 &&
    matrix[3] === 0 &&
    along(matrix[0], matrix[2], 1) &&
    along(matrix[4], matrix[5], 0);
  if (fillMode !== 'nearest' || !isResizing) {
    throw new Inexpressible('images are read through a map that is no resizing, which ONNX has no operator for');
  }
  resize(operation, emitter, size, {
    mode: interpolation === 'bilinear' ? 'linear' : 'nearest',
    coordinate_transformation_mode: 'half_pixel',
    ...(interpolation === 'nearest' && { nearest_mode: 'round_prefer_ceil' }),
  });
};

/** Operations on images. */
export const imageWriters = {
  conv2d,
  depthwiseConv2d,
  conv2dInputGradient,
  depthwiseTranspose,
  maxPool2d,
  gatherTiles,
  upsample2d,
  affineSample,
} satisfies Readonly<Record<string, Writer>>;
