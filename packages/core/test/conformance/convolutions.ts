import { sum } from '../../src/operations/broadcast.js';
import { conv2d } from '../../src/operations/conv2d.js';
import { mul } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { upsample2d } from '../../src/operations/upsample2d.js';
import type { Padding } from '../../src/operations/window.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape } from '../../src/tensor/shape.js';
import { numbers, sample } from '../support/numbers.js';
import { build, positions, reader, total } from '../support/plain.js';
import { type Pair, plainConvolution, plainWindow } from '../support/windows.js';
import { type Case, exactly, nearly } from './case.js';

/** Image, kernel height, kernel width, filters, strides, dilation, padding. */
type Convolution = readonly [Shape, Pair, number, Pair, Pair, Padding];

const ONE: Pair = [1, 1];
const plain: readonly Convolution[] = [
  [[1, 1, 1, 1], [1, 1], 1, ONE, ONE, 'valid'],
  [[2, 5, 5, 3], [3, 3], 4, ONE, ONE, 'same'],
  [[2, 5, 5, 3], [3, 3], 4, ONE, ONE, 'valid'],
  [[1, 1, 1, 2], [3, 3], 2, ONE, ONE, 'same'],
  [[1, 2, 3, 9], [3, 3], 9, ONE, ONE, 'same'],
  [[1, 6, 9, 8], [3, 3], 8, ONE, ONE, 'same'],
  [[2, 7, 5, 8], [3, 3], 11, ONE, ONE, 'valid'],
  [
    [1, 5, 6, 8],
    [3, 3],
    8,
    ONE,
    ONE,
    [
      [2, 0],
      [0, 3],
    ],
  ],
  [
    [1, 3, 3, 8],
    [3, 3],
    8,
    ONE,
    ONE,
    [
      [4, 4],
      [4, 4],
    ],
  ],
  [[2, 5, 4, 6], [3, 3], 1, ONE, ONE, 'same'],
  [[1, 5, 4, 7], [5, 3], 2, ONE, ONE, 'same'],
  [[1, 4, 5, 5], [2, 2], 3, ONE, ONE, 'same'],
  [[1, 4, 4, 5], [1, 1], 3, ONE, ONE, 'valid'],
  [[3, 1, 17, 2], [1, 3], 5, ONE, ONE, 'same'],
  [[1, 7, 7, 2], [3, 3], 3, [2, 2], ONE, 'same'],
  [[1, 8, 6, 2], [3, 3], 3, [2, 2], ONE, 'same'],
  [[1, 8, 9, 2], [3, 2], 3, [3, 1], ONE, 'valid'],
  [[1, 9, 9, 1], [1, 1], 2, [2, 3], ONE, 'same'],
  [[1, 9, 8, 2], [3, 3], 2, ONE, [2, 2], 'same'],
  [[1, 9, 8, 2], [3, 2], 2, ONE, [3, 1], 'valid'],
  [
    [1, 11, 10, 2],
    [3, 3],
    2,
    [2, 3],
    [2, 1],
    [
      [1, 2],
      [0, 3],
    ],
  ],
  [[2, 4, 4, 4], [4, 4], 5, ONE, ONE, 'valid'],
  [[2, 4, 4, 33], [3, 3], 17, ONE, ONE, 'same'],
  [[0, 5, 5, 3], [3, 3], 4, ONE, ONE, 'same'],
  [[0, 5, 5, 8], [3, 3], 8, ONE, ONE, 'same'],
];

function plainCases(): Case[] {
  return plain.flatMap(([image, size, filters, strides, dilation, padding]) => {
    const kernel = [...size, image[3], filters];
    const [x, weight] = [sample(image, 1), sample(kernel, 2)];
    const y = conv2d(x.x, weight.x, { strides, dilation, padding });
    const gradient = numbers(y.size, 3);
    const window = plainWindow(image, size, strides, dilation, padding);
    const truth = plainConvolution(x.values, image, weight.values, kernel, window, gradient);
    const [gx, gw] = grad(sum(mul(y, tensor(gradient, y.shape))), [x.x, weight.x]);
    const name = `conv2d ${formatShape(image)} ${formatShape(kernel)} strides ${strides} dilation ${dilation} ${JSON.stringify(padding)}`;
    return [
      nearly(name, y, truth.shape, truth.y),
      nearly(`${name}, gradient in the input`, gx, image, truth.inputGradient),
      nearly(`${name}, gradient in the weight`, gw, kernel, truth.weightGradient),
    ];
  });
}

/** Upsampling before a convolution, which has algorithms of its own. */
function upsampledCases(): Case[] {
  const list: readonly (readonly [Shape, Pair, number, Padding])[] = [
    [[1, 1, 1, 1], [2, 2], 1, 'same'],
    [[2, 3, 4, 3], [2, 2], 5, 'same'],
    [[1, 4, 3, 9], [2, 2], 2, 'same'],
    [[1, 3, 3, 8], [2, 2], 8, 'valid'],
    [[1, 2, 2, 3], [3, 2], 5, 'same'],
    [[0, 3, 3, 3], [2, 2], 5, 'same'],
  ];
  return list.flatMap(([image, scale, filters, padding]) => {
    const kernel = [3, 3, image[3], filters];
    const [x, weight] = [sample(image, 1), sample(kernel, 2)];
    const y = conv2d(upsample2d(x.x, scale), weight.x, { padding });
    const gradient = numbers(y.size, 3);
    const larger = [image[0], image[1] * scale[0], image[2] * scale[1], image[3]];
    const at = reader(x.values, image);
    const upsampled = build(larger, (n, h, w, c) => at(n, Math.floor(h / scale[0]), Math.floor(w / scale[1]), c));
    const window = plainWindow(larger, [3, 3], ONE, ONE, padding);
    const truth = plainConvolution(upsampled, larger, weight.values, kernel, window, gradient);
    const back = reader(truth.inputGradient, larger);
    const inputGradient = build(image, (n, h, w, c) =>
      total(positions(scale).map(([i, j]) => back(n, h * scale[0] + i, w * scale[1] + j, c))),
    );
    const [gx, gw] = grad(sum(mul(y, tensor(gradient, y.shape))), [x.x, weight.x]);
    const name = `conv2d of ${formatShape(image)} upsampled by ${scale} with ${filters} filters, ${padding}`;
    return [
      nearly(name, y, truth.shape, truth.y),
      nearly(`${name}, gradient in the input`, gx, image, inputGradient),
      nearly(`${name}, gradient in the weight`, gw, kernel, truth.weightGradient),
    ];
  });
}

function upsampleCases(): Case[] {
  const list: readonly (readonly [Shape, Pair])[] = [
    [
      [1, 1, 1, 1],
      [1, 1],
    ],
    [
      [1, 2, 3, 1],
      [2, 2],
    ],
    [
      [2, 3, 2, 5],
      [2, 2],
    ],
    [
      [2, 3, 2, 4],
      [3, 1],
    ],
    [
      [1, 2, 2, 17],
      [1, 4],
    ],
    [
      [0, 2, 2, 3],
      [2, 2],
    ],
  ];
  return list.map(([image, scale]) => {
    const { x, values } = sample(image, 4);
    const shape = [image[0], image[1] * scale[0], image[2] * scale[1], image[3]];
    const at = reader(values, image);
    const want = build(shape, (n, h, w, c) => at(n, Math.floor(h / scale[0]), Math.floor(w / scale[1]), c));
    return exactly(`upsample2d ${formatShape(image)} by ${scale}`, upsample2d(x, scale), shape, want);
  });
}

export const convolutions: Case[] = [...plainCases(), ...upsampledCases(), ...upsampleCases()];
