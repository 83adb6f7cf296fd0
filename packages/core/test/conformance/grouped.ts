import { sum } from '../../src/operations/broadcast.js';
import { type Conv2dOptions, conv2d } from '../../src/operations/conv2d.js';
import { depthwiseConv2d } from '../../src/operations/depthwise.js';
import { mul, relu } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import type { Padding } from '../../src/operations/window.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { numbers, sample } from '../support/numbers.js';
import { build, positions, reader } from '../support/plain.js';
import { type Pair, plainConvolution, plainWindow } from '../support/windows.js';
import { type Case, nearly } from './case.js';

/** Image, size of the kernel, groups, filters, options. */
type Grouped = readonly [Shape, Pair, number, number, { strides?: Pair; dilation?: Pair; padding?: Padding }];

const grouped: readonly Grouped[] = [
  [[2, 5, 6, 4], [3, 3], 2, 6, { padding: 'same' }],
  [[1, 6, 5, 16], [3, 3], 2, 16, { padding: 'same' }],
  [[1, 7, 5, 6], [2, 3], 3, 3, { strides: [2, 1], padding: 'same' }],
  [[1, 9, 8, 4], [3, 2], 2, 10, { dilation: [2, 3] }],
  [[2, 4, 4, 12], [1, 1], 4, 8, {}],
  [[0, 4, 4, 4], [3, 3], 2, 4, {}],
  [[2, 5, 6, 12], [3, 3], 6, 18, { padding: 'same' }],
  [[1, 6, 5, 40], [3, 3], 5, 40, { padding: 'same' }],
  [[1, 7, 5, 16], [3, 2], 8, 8, { strides: [2, 2], dilation: [2, 1] }],
];

/** One group a channel: widths around those of vectors, columns around those of tiles. */
const depthwise: readonly Grouped[] = [
  [[1, 1, 1, 1], [1, 1], 1, 1, {}],
  [[2, 5, 5, 3], [3, 3], 3, 3, { padding: 'same' }],
  [[2, 5, 5, 8], [3, 3], 8, 8, {}],
  [[1, 4, 8, 17], [3, 3], 17, 17, { padding: 'same' }],
  [[1, 3, 9, 4], [3, 3], 4, 4, { padding: 'same' }],
  [[1, 2, 33, 8], [3, 3], 8, 8, { padding: 'same' }],
  [[1, 40, 31, 9], [3, 3], 9, 9, { padding: 'same' }],
  [[9, 7, 7, 5], [3, 3], 5, 5, { padding: 'same' }],
  [[1, 2, 300, 4], [2, 2], 4, 4, {}],
  [[1, 7, 9, 12], [3, 3], 12, 12, { strides: [2, 2], padding: 'same' }],
  [[1, 8, 8, 8], [3, 3], 8, 8, { strides: [2, 2], padding: 'same' }],
  [[2, 9, 31, 5], [5, 5], 5, 5, { strides: [3, 2], padding: 'same' }],
  [[1, 9, 10, 2], [2, 1], 2, 2, { strides: [3, 9] }],
  [[1, 5, 19, 8], [2, 3], 8, 8, { dilation: [2, 4], padding: 'same' }],
  [[1, 12, 11, 3], [3, 4], 3, 3, { strides: [2, 4], dilation: [4, 2], padding: 'same' }],
  [[1, 4, 5, 8], [7, 11], 8, 8, { padding: 'same' }],
  [[1, 1, 3, 2], [3, 1], 2, 2, { dilation: [5, 1], padding: [[5, 5], [0, 0]] }], // biome-ignore format: one line
  [[1, 3, 3, 8], [3, 3], 8, 8, { padding: [[4, 4], [4, 9]] }], // biome-ignore format: one line
  [[1, 5, 6, 4], [3, 3], 4, 12, { padding: 'same' }],
  [[1, 5, 6, 3], [3, 2], 3, 6, { strides: [2, 1], dilation: [1, 2], padding: 'same' }],
  [[0, 5, 5, 3], [3, 3], 3, 3, { padding: 'same' }],
];

/** A weight [height, width, in / groups, out] as one of all channels, with zeros between channels of different groups. */
function dense(weight: ArrayLike<number>, kernel: Shape, groups: number): { weight: readonly number[]; kernel: Shape } {
  const at = reader(weight, kernel);
  const [inside, filters] = [kernel[2], kernel[3] / groups];
  const shape = kernel.with(2, inside * groups);
  return {
    kernel: shape,
    weight: build(shape, (i, j, c, f) =>
      Math.floor(c / inside) === Math.floor(f / filters) ? at(i, j, c % inside, f) : 0,
    ),
  };
}

function casesOf(
  [image, size, groups, filters, options]: Grouped,
  name: string,
  apply: (x: Tensor, weight: Tensor) => Tensor,
  kernelShape: Shape,
): Case[] {
  const kernel = [...size, image[3] / groups, filters];
  const [x, weight] = [sample(image, 1), sample(kernelShape, 2)];
  const y = apply(x.x, weight.x);
  const gradient = numbers(y.size, 3);
  const { strides = [1, 1], dilation = [1, 1], padding = 'valid' } = options;
  const window = plainWindow(image, size, strides, dilation, padding);
  const whole = dense(weight.values, kernel, groups);
  const truth = plainConvolution(x.values, image, whole.weight, whole.kernel, window, gradient);
  const at = reader(truth.weightGradient, whole.kernel);
  const [inside, outside] = [kernel[2], filters / groups];
  const weightGradient = positions(kernel).map(([i, j, c, f]) => at(i, j, Math.floor(f / outside) * inside + c, f));
  const [gx, gw] = grad(sum(mul(y, tensor(gradient, y.shape))), [x.x, weight.x]);
  return [
    nearly(name, y, truth.shape, truth.y),
    nearly(`${name}, gradient in the input`, gx, image, truth.inputGradient),
    nearly(`${name}, gradient in the weight`, gw, kernelShape, weightGradient),
  ];
}

const groupedCases = grouped.flatMap((each) => {
  const [image, size, groups, filters, options] = each;
  const name = `conv2d ${formatShape(image)} ${size} in ${groups} groups to ${filters} ${JSON.stringify(options)}`;
  const kernel = [...size, image[3] / groups, filters];
  return casesOf(each, name, (x, weight) => conv2d(x, weight, { ...options, groups } as Conv2dOptions), kernel);
});

const depthwiseCases = depthwise.flatMap((each) => {
  const [image, size, groups, filters, options] = each;
  const name = `depthwiseConv2d ${formatShape(image)} ${size} to ${filters} ${JSON.stringify(options)}`;
  const kernel = [...size, groups, filters / groups];
  return casesOf(each, name, (x, weight) => depthwiseConv2d(x, weight, options), kernel);
});

/** Bias and activation behind a depthwise convolution, which its kernel computes. */
function epilogueCases(): Case[] {
  const [image, kernel] = [
    [2, 5, 11, 13],
    [3, 3, 13, 1],
  ];
  const [x, weight, bias] = [sample(image, 1), sample(kernel, 2), sample([13], 3)];
  const window = plainWindow(image, [3, 3], [1, 1], [1, 1], 'same');
  const whole = dense(weight.values, [3, 3, 1, 13], 13);
  const { y, shape } = plainConvolution(x.values, image, whole.weight, whole.kernel, window);
  const want = Float64Array.from(y, (value, i) => Math.max(0, value + bias.values[i % 13]));
  const result = relu(depthwiseConv2d(x.x, weight.x, { padding: 'same' }).add(bias.x));
  return [nearly('depthwiseConv2d, bias and activation', result, shape, want)];
}

/** One group a channel, asked for as groups. */
function asGroups(): Case[] {
  const each: Grouped = [[1, 5, 6, 4], [3, 3], 4, 8, { padding: 'same' }];
  const name = 'conv2d in as many groups as channels';
  return casesOf(each, name, (x, weight) => conv2d(x, weight, { padding: 'same', groups: 4 }), [3, 3, 1, 8]);
}

export const groupedConvolutions: Case[] = [...groupedCases, ...depthwiseCases, ...epilogueCases(), ...asGroups()];
