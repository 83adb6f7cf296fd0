import { type Conv1dOptions, conv1d } from '../../src/compositions/conv1d.js';
import { type Conv2dTransposeOptions, conv2dTranspose } from '../../src/compositions/conv2d-transpose.js';
import { sum } from '../../src/operations/broadcast.js';
import { mul } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { numbers, sample } from '../support/numbers.js';
import { positions } from '../support/plain.js';
import { type Pair, plainConvolution, plainWindow } from '../support/windows.js';
import { type Case, nearly } from './case.js';

/** Image, size of the kernel, filters, options; what is cut off at the top and at the left; rows and columns. */
type Transposed = readonly [Shape, Pair, number, Conv2dTransposeOptions, Pair, Pair];

const transposed: readonly Transposed[] = [
  [[2, 3, 4, 2], [3, 3], 3, { strides: 2, padding: 'same' }, [0, 0], [6, 8]],
  [[1, 3, 3, 2], [4, 4], 1, { strides: 2, padding: 'same' }, [1, 1], [6, 6]],
  [[1, 3, 2, 5], [2, 2], 3, { strides: 2 }, [0, 0], [6, 4]],
  [[1, 3, 2, 2], [3, 2], 3, { strides: [1, 3] }, [0, 0], [5, 6]],
  [[1, 3, 3, 2], [3, 3], 2, { strides: 2, padding: 'same', outputPadding: 0 }, [1, 1], [5, 5]],
  [[1, 3, 3, 2], [3, 3], 2, { strides: 2, padding: 'same', outputPadding: [1, 0] }, [0, 1], [6, 5]],
  [[1, 3, 4, 2], [3, 3], 2, { strides: 3, outputPadding: [2, 1] }, [0, 0], [11, 13]],
  [[1, 4, 4, 2], [3, 3], 2, { dilation: 2, padding: 'same' }, [2, 2], [4, 4]],
  [[1, 3, 4, 2], [2, 3], 2, { dilation: [3, 2], strides: [2, 1] }, [0, 0], [8, 8]],
  [
    [1, 4, 5, 3],
    [3, 3],
    2,
    {
      strides: 2,
      padding: [
        [1, 1],
        [0, 2],
      ],
    },
    [1, 0],
    [7, 9],
  ],
  [[3, 6, 7, 9], [3, 3], 8, { padding: 'same' }, [1, 1], [6, 7]],
  [[4, 5, 6, 8], [3, 3], 12, {}, [0, 0], [7, 8]],
  [[0, 3, 3, 2], [3, 3], 2, { strides: 2 }, [0, 0], [7, 7]],
];

/** Each pixel adds its multiples of the kernel, by the definition. */
function plainTransposed(
  [image, size, filters, { strides = 1, dilation = 1 }, cut, side]: Transposed,
  x: readonly number[],
  weight: readonly number[],
  gradient: readonly number[],
) {
  const [stride, dilate] = [strides, dilation].map((pair) => (typeof pair === 'number' ? [pair, pair] : pair));
  const shape = [image[0], ...side, filters];
  const y = new Float64Array(sizeOf(shape));
  const inX = new Float64Array(x.length);
  const inWeight = new Float64Array(weight.length);
  for (const [n, i, j, c] of positions(image)) {
    for (const [a, b, f] of positions([...size, filters])) {
      const row = i * stride[0] + a * dilate[0] - cut[0];
      const column = j * stride[1] + b * dilate[1] - cut[1];
      if (row < 0 || row >= side[0] || column < 0 || column >= side[1]) continue;
      const from = ((n * image[1] + i) * image[2] + j) * image[3] + c;
      const by = ((a * size[1] + b) * filters + f) * image[3] + c;
      const to = ((n * side[0] + row) * side[1] + column) * filters + f;
      y[to] += x[from] * weight[by];
      inX[from] += gradient[to] * weight[by];
      inWeight[by] += gradient[to] * x[from];
    }
  }
  return { shape, y, inX, inWeight };
}

/** A value and its gradients in two operands. */
function threeOf(name: string, y: Tensor, gradient: readonly number[], operands: readonly [Tensor, Tensor]) {
  const [first, second] = grad(sum(mul(y, tensor(gradient, y.shape))), operands);
  return (shape: Shape, values: readonly ArrayLike<number>[]): Case[] => [
    nearly(name, y, shape, values[0]),
    nearly(`${name}, gradient in the input`, first, operands[0].shape, values[1]),
    nearly(`${name}, gradient in the weight`, second, operands[1].shape, values[2]),
  ];
}

const transposedCases = transposed.flatMap((each) => {
  const [image, size, filters, options, , side] = each;
  const [x, weight] = [sample(image, 1), sample([...size, filters, image[3]], 2)];
  const gradient = Array.from(numbers(image[0] * side[0] * side[1] * filters, 3));
  const { shape, y, inX, inWeight } = plainTransposed(each, Array.from(x.values), Array.from(weight.values), gradient);
  const name = `conv2dTranspose ${formatShape(image)} ${size} to ${filters} ${JSON.stringify(options)}`;
  return threeOf(name, conv2dTranspose(x.x, weight.x, options), gradient, [x.x, weight.x])(shape, [y, inX, inWeight]);
});

/** Sequences, size of the kernel, filters, options, and how many zeros stand before. */
const sequences: readonly (readonly [Shape, number, number, Conv1dOptions, readonly [number, number]])[] = [
  [[2, 7, 3], 3, 4, {}, [0, 0]],
  [[2, 7, 3], 3, 4, { padding: 'same', strides: 2 }, [1, 1]],
  [[1, 8, 2], 4, 3, { padding: 'same' }, [1, 2]],
  [[1, 9, 2], 3, 3, { padding: 'causal', dilation: 2 }, [4, 0]],
  [[1, 9, 8], 2, 9, { padding: 'causal', strides: 3 }, [1, 0]],
  [[1, 5, 4], 3, 2, { padding: [0, 3], dilation: 3 }, [0, 3]],
];

const sequenceCases = sequences.flatMap(([shape, size, filters, options, padding]) => {
  const [x, weight] = [sample(shape, 1), sample([size, shape[2], filters], 2)];
  const y = conv1d(x.x, weight.x, options);
  const gradient = Array.from(numbers(y.size, 3));
  const image = [shape[0], 1, shape[1], shape[2]];
  const { strides = 1, dilation = 1 } = options;
  const window = plainWindow(image, [1, size], [1, strides], [1, dilation], [[0, 0], padding]);
  const kernel = [1, size, shape[2], filters];
  const truth = plainConvolution(x.values, image, weight.values, kernel, window, gradient);
  const name = `conv1d ${formatShape(shape)} ${size} to ${filters} ${JSON.stringify(options)}`;
  const values = [truth.y, truth.inputGradient, truth.weightGradient];
  return threeOf(name, y, gradient, [x.x, weight.x])([shape[0], truth.shape[2], filters], values);
});

/** Depthwise and in groups, as one row. */
function groupedSequences(): Case[] {
  const [x, weight] = [sample([1, 6, 4], 1), sample([2, 1, 4], 2)];
  const { y, shape } = plainConvolution(
    x.values,
    [1, 1, 6, 4],
    positions([2, 4, 4]).map(([tap, c, f]) => (c === f ? weight.values[tap * 4 + c] : 0)),
    [1, 2, 4, 4],
    plainWindow([1, 1, 6, 4], [1, 2], [1, 1], [1, 1], 'valid'),
  );
  return [nearly('conv1d in as many groups as channels', conv1d(x.x, weight.x, { groups: 4 }), [1, shape[2], 4], y)];
}

export const transposedConvolutions: Case[] = [...transposedCases, ...sequenceCases, ...groupedSequences()];
