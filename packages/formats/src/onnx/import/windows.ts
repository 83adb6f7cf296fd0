import type { Tensor } from '@weft/core';
import * as core from '@weft/core';
import { applyOperation, type Padding, resolveWindow, transposedWindow } from '@weft/core/program';
import { computed, computedOf, type Handler, type ImportContext, required } from './context.js';
import { type OnnxNode, Unsupported } from './node.js';
import { asLast, shapeOf, type Value } from './value.js';

type Two = readonly [number, number];
type Amounts = readonly [Two, Two];

/** Pixels along one side of a window: a file must not make the program large. */
const MOST_PIXELS = 2 ** 12;

/** Images with channels last; sequences are images of one column. */
interface Images {
  readonly x: Tensor;
  readonly isSequence: boolean;
}

function imagesOf(inputs: readonly (Value | undefined)[], context: ImportContext): Images {
  const x = asLast(computedOf(required(inputs, 0), context));
  if (x.shape.length === 4) return { x, isSequence: false };
  if (x.shape.length !== 3) throw new Unsupported(`its input has ${x.shape.length} axes, of which 3 and 4 are known`);
  const [batch, length, channels] = x.shape;
  return { x: core.reshape(x, [batch, length, 1, channels]), isSequence: true };
}

/** What was made of images, as ONNX has it. */
function result(x: Tensor, isSequence: boolean) {
  const [batch, rows, , channels] = x.shape;
  return computed(isSequence ? core.reshape(x, [batch, rows, channels]) : x, true);
}

/** An attribute for height and width; sequences have one number. */
function pair(node: OnnxNode, name: string, fallback: Two, isSequence: boolean): Two {
  const given = node.ints(name);
  if (given === undefined) return fallback;
  const numbers = isSequence ? [...given, fallback[1]] : given;
  if (numbers.length !== 2 || !numbers.every((number) => number >= 0 && number <= MOST_PIXELS)) {
    throw new Unsupported(`its ${name} is [${given.join()}]`);
  }
  return [numbers[0], numbers[1]];
}

/** Zeros around the images, by name or in amounts. */
function paddingOf(node: OnnxNode, isSequence: boolean): Padding {
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER') return 'same';
  if (auto === 'VALID') return 'valid';
  if (auto !== 'NOTSET') throw new Unsupported(`its auto_pad is ${auto}, of which SAME_UPPER and VALID are known`);
  const pads = node.ints('pads') ?? (isSequence ? [0, 0] : [0, 0, 0, 0]);
  const [top, left, bottom, right] = isSequence ? [pads[0], 0, pads[1], 0] : pads;
  if ([top, left, bottom, right].some((amount) => !(amount >= 0))) {
    throw new Unsupported(`its pads are [${pads.join()}]`);
  }
  return [
    [top, bottom],
    [left, right],
  ];
}

/** Kernels [a, b, height, width], or [a, b, size] of sequences, as [height, width, b, a]. */
function kernelOf(value: Value, context: ImportContext, isSequence: boolean): Tensor {
  if (!isSequence) return context.tensor(value, { permutation: [2, 3, 1, 0] });
  const [a, b, size] = shapeOf(value);
  return context.tensor(value, { permutation: [2, 1, 0], shape: [size, 1, b, a] });
}

/** A bias, as an operand that broadcasts. */
function withBias(x: Tensor, bias: Value | undefined, context: ImportContext): Tensor {
  return bias === undefined ? x : core.add(x, context.tensor(bias));
}

const conv: Handler = (node, inputs, context) => {
  const { x, isSequence } = imagesOf(inputs, context);
  const weight = kernelOf(required(inputs, 1), context, isSequence);
  const y = core.conv2d(x, weight, {
    strides: pair(node, 'strides', [1, 1], isSequence),
    dilation: pair(node, 'dilations', [1, 1], isSequence),
    padding: paddingOf(node, isSequence),
    groups: node.int('group', 1),
  });
  return result(withBias(y, inputs[2], context), isSequence);
};

const convTranspose: Handler = (node, inputs, context) => {
  const { x, isSequence } = imagesOf(inputs, context);
  if (node.has('output_shape')) throw new Unsupported('it has output_shape; export it with pads');
  const groups = node.int('group', 1);
  const weight = kernelOf(required(inputs, 1), context, isSequence);
  const [height, width, filters, channels] = weight.shape;
  const options = {
    strides: pair(node, 'strides', [1, 1], isSequence),
    dilation: pair(node, 'dilations', [1, 1], isSequence),
    padding: paddingOf(node, isSequence),
    outputPadding: pair(node, 'output_padding', [0, 0], isSequence),
  } as const;
  if (options.padding === 'same' && !node.has('output_padding')) {
    throw new Unsupported('its auto_pad is SAME_UPPER; export it with pads');
  }
  if (groups === 1) {
    return result(withBias(core.conv2dTranspose(x, weight, options), inputs[2], context), isSequence);
  }
  if (groups !== channels || filters !== 1)
    throw new Unsupported(`its group is ${groups}: 1 and all channels are known`);
  const { window, shape } = transposedWindow('ConvTranspose', x.shape, [height, width], channels, options);
  const kernels = core.reshape(weight, [height, width, channels]);
  const [y] = applyOperation('depthwiseTranspose', [x, kernels], { window, shape });
  return result(withBias(y, inputs[2], context), isSequence);
};

/** Amounts of zeros; with `ceil_mode` as many more at the end as make the last window fit. */
function poolPadding(node: OnnxNode, x: Tensor, size: Two, strides: Two, isSequence: boolean): Padding {
  const padding = paddingOf(node, isSequence);
  if (node.int('ceil_mode', 0) === 0 || padding === 'same') return padding;
  if (typeof padding === 'string') {
    const isWhole = size.every((length, axis) => (x.shape[axis + 1] - length) % strides[axis] === 0);
    if (isWhole) return padding;
    throw new Unsupported(
      'its auto_pad is VALID beside ceil_mode, which runtimes read in two ways; export it with pads',
    );
  }
  return padding.map(([before, after], axis) => {
    const room = x.shape[axis + 1] + before + after - size[axis];
    const steps = Math.ceil(room / strides[axis]);
    // A window that begins in the zeros at the end is not counted.
    const isBeyond = steps * strides[axis] >= x.shape[axis + 1] + before;
    const missing = (isBeyond ? steps - 1 : steps) * strides[axis] - room;
    return [before, after + Math.max(0, missing)] as const;
  }) as unknown as Amounts;
}

function poolOf(node: OnnxNode, inputs: readonly (Value | undefined)[], context: ImportContext) {
  const { x, isSequence } = imagesOf(inputs, context);
  const size = pair(node, 'kernel_shape', [1, 1], isSequence);
  const strides = pair(node, 'strides', [1, 1], isSequence);
  if (pair(node, 'dilations', [1, 1], isSequence).some((by) => by !== 1))
    throw new Unsupported('its window is dilated');
  return { x, isSequence, size, strides, padding: poolPadding(node, x, size, strides, isSequence) };
}

const maxPool: Handler = (node, inputs, context) => {
  if (node.outputs.length > 1) throw new Unsupported('it gives the places of the largest elements');
  const { x, isSequence, size, strides, padding } = poolOf(node, inputs, context);
  return result(core.maxPool2d(x, size, { strides, padding }), isSequence);
};

const averagePool: Handler = (node, inputs, context) => {
  const { x, isSequence, size, strides, padding } = poolOf(node, inputs, context);
  if (node.int('count_include_pad', 0) === 0) {
    return result(core.avgPool2d(x, size, { strides, padding }), isSequence);
  }
  if (node.int('ceil_mode', 0) !== 0) throw new Unsupported('it counts zeros and has ceil_mode');
  const { padding: amounts } = resolveWindow('AveragePool', x.shape, size, strides, 1, padding);
  const padded = core.pad(x, [[0, 0], amounts[0], amounts[1], [0, 0]]);
  return result(core.avgPool2d(padded, size, { strides }), isSequence);
};

/** Over all pixels of an image. */
const globalPool =
  (reduce: (x: Tensor, axes: readonly number[], options: { keepDims: true }) => Tensor): Handler =>
  (_node, inputs, context) => {
    const x = asLast(computedOf(required(inputs, 0), context));
    const axes = x.shape.map((_, axis) => axis).slice(1, -1);
    return computed(reduce(x, axes, { keepDims: true }), true);
  };

/** Operators that move a window over images. */
export const windowHandlers: Readonly<Record<string, Handler>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(core.mean),
  GlobalMaxPool: globalPool(core.max),
};
