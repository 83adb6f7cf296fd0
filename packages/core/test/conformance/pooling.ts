import { avgPool2d } from '../../src/compositions/avg-pool2d.js';
import { sum } from '../../src/operations/broadcast.js';
import { mul } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { maxPool2d, type PoolOptions } from '../../src/operations/pooling.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { EQUAL } from '../support/compare.js';
import { numbers } from '../support/numbers.js';
import { positions, total } from '../support/plain.js';
import { type Pair, pixelsUnder, plainWindow, windowGrid } from '../support/windows.js';
import { type Case, nearly } from './case.js';

const ONE: Pair = [1, 1];

/** Image, size of the window, options. */
const pools: readonly (readonly [Shape, Pair, PoolOptions])[] = [
  [[1, 1, 1, 1], [1, 1], {}],
  [[1, 2, 2, 1], [2, 2], {}],
  [[2, 4, 6, 3], [2, 2], {}],
  [[2, 5, 7, 3], [2, 2], {}],
  [[2, 5, 7, 3], [2, 2], { padding: 'same' }],
  [[1, 7, 7, 17], [3, 3], { padding: 'same' }],
  [[1, 6, 6, 4], [3, 3], { strides: 1 }],
  [[1, 6, 6, 4], [3, 3], { strides: 1, padding: 'same' }],
  [[1, 6, 5, 8], [3, 2], { strides: [2, 1], padding: 'same' }],
  [[1, 8, 8, 5], [2, 2], { strides: 3 }],
  [[1, 7, 8, 5], [1, 1], { strides: 2, padding: 'same' }],
  [[1, 2, 2, 2], [5, 5], { strides: 1, padding: 'same' }],
  [
    [1, 4, 5, 2],
    [3, 3],
    {
      strides: 2,
      padding: [
        [1, 0],
        [0, 2],
      ],
    },
  ],
  [[1, 4, 4, 31], [4, 4], {}],
  [[0, 4, 4, 2], [2, 2], {}],
];

interface PoolPlan {
  readonly name: string;
  readonly shape: Shape;
  /** For every place of the result the indices of the pixels under its window, in row-major order. */
  readonly under: readonly (readonly number[])[];
}

function poolPlan(image: Shape, size: Pair, { strides = size, padding = 'valid' }: PoolOptions): PoolPlan {
  const pair: Pair = typeof strides === 'number' ? [strides, strides] : strides;
  const window = plainWindow(image, size, pair, ONE, padding);
  const shape = [image[0], ...windowGrid(image, window), image[3]];
  const under = positions(shape).map(([n, row, column, c]) =>
    pixelsUnder(image, row, column, window).map(([h, w]) => ((n * image[1] + h) * image[2] + w) * image[3] + c),
  );
  return { name: `${formatShape(image)} ${size} strides ${pair} ${JSON.stringify(padding)}`, shape, under };
}

/** Where the largest of some pixels lies: the first NaN, else the first of equals. */
function firstLargest(values: ArrayLike<number>, indices: readonly number[]): number {
  const broken = indices.find((index) => Number.isNaN(values[index]));
  const largest = Math.max(...indices.map((index) => values[index]));
  return broken ?? (indices.find((index) => values[index] === largest) as number);
}

function maxPoolCases(image: Shape, size: Pair, options: PoolOptions, what: string, values: Float32Array): Case[] {
  const { name, shape, under } = poolPlan(image, size, options);
  const x = tensor(values, image);
  const y = maxPool2d(x, size, options);
  const gradient = numbers(sizeOf(shape), 3);
  const [gx] = grad(sum(mul(y, tensor(gradient, shape))), [x]);
  const largest = under.map((indices) => firstLargest(values, indices));
  const wanted = new Float64Array(values.length);
  largest.forEach((index, output) => {
    wanted[index] += gradient[output];
  });
  const cases = [
    nearly(
      `maxPool2d ${name} of ${what}`,
      y,
      shape,
      largest.map((index) => values[index]),
      EQUAL,
    ),
  ];
  return [...cases, nearly(`maxPool2d ${name} of ${what}, gradient`, gx, image, wanted)];
}

function poolCases(): Case[] {
  return pools.flatMap(([image, size, options]) => {
    const values = numbers(sizeOf(image), 5);
    const { name, shape, under } = poolPlan(image, size, options);
    const x = tensor(values, image);
    const average = avgPool2d(x, size, options);
    const gradient = numbers(sizeOf(shape), 3);
    const [gx] = grad(sum(mul(average, tensor(gradient, shape))), [x]);
    const wanted = new Float64Array(values.length);
    under.forEach((indices, output) => {
      for (const index of indices) wanted[index] += gradient[output] / indices.length;
    });
    const means = under.map((indices) => total(indices.map((index) => values[index])) / indices.length);
    return [
      ...maxPoolCases(image, size, options, 'numbers', values),
      ...maxPoolCases(
        image,
        size,
        options,
        'negative numbers',
        values.map((value) => -1 - Math.abs(value)),
      ),
      ...maxPoolCases(
        image,
        size,
        options,
        'many ties',
        values.map((value) => Math.round(value / 2)),
      ),
      ...maxPoolCases(
        image,
        size,
        options,
        'equal numbers',
        values.map(() => 3),
      ),
      ...maxPoolCases(
        image,
        size,
        options,
        'minus infinities',
        values.map((value, i) => (i % 3 ? -Infinity : value)),
      ),
      ...maxPoolCases(
        image,
        size,
        options,
        'NaN',
        values.map((value, i) => (i % 4 === 1 ? Number.NaN : value)),
      ),
      nearly(`avgPool2d ${name}`, average, shape, means),
      nearly(`avgPool2d ${name}, gradient`, gx, image, wanted),
    ];
  });
}

export const pooling: Case[] = poolCases();
