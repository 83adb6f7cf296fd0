import { describe, expect, it } from 'vitest';
import type { ConvolutionAlgorithm, ConvolutionOption } from '../src/convolution/choose.js';
import { lowerConvolutions } from '../src/convolution/lower.js';
import { sum } from '../src/operations/broadcast.js';
import { conv2d } from '../src/operations/conv2d.js';
import { mul } from '../src/operations/elementwise.js';
import { grad } from '../src/operations/gradient.js';
import { upsample2d } from '../src/operations/upsample2d.js';
import { tensor } from '../src/tensor/create.js';
import { sizeOf } from '../src/tensor/shape.js';
import { trace } from '../src/trace/trace.js';
import { compute, computeByReference, kernelSets } from './support/kernels.js';
import { numbers } from './support/numbers.js';

interface Case {
  readonly algorithm: ConvolutionAlgorithm;
  readonly option: ConvolutionOption;
  readonly length: number;
  readonly channels: number;
  readonly filters: number;
  readonly isUpsampled?: boolean;
  /** The most that output, input gradient and weight gradient may be off, as relative L2. */
  readonly limit: number;
}

/** The layers that the autoencoder has, by each algorithm that can compute them. docs/PERFORMANCE.md has this table. */
const cases: readonly Case[] = [
  { algorithm: 'im2col', option: 'direct', length: 14, channels: 32, filters: 64, limit: 1e-6 },
  { algorithm: 'im2col', option: 'auto', length: 28, channels: 1, filters: 32, limit: 1e-6 },
  { algorithm: 'col2im', option: 'auto', length: 28, channels: 32, filters: 1, limit: 1e-6 },
  { algorithm: 'winograd2', option: 'winograd2', length: 14, channels: 32, filters: 64, limit: 1e-6 },
  { algorithm: 'winograd4', option: 'winograd4', length: 14, channels: 32, filters: 64, limit: 3e-6 },
  { algorithm: 'winograd6', option: 'winograd6', length: 14, channels: 32, filters: 64, limit: 5e-6 },
  { algorithm: 'winograd7', option: 'auto', length: 14, channels: 32, filters: 64, limit: 1e-5 },
  { algorithm: 'winograd7', option: 'winograd7', length: 7, channels: 64, filters: 64, limit: 1e-5 },
  { algorithm: 'upsample1', option: 'winograd2', length: 7, channels: 64, filters: 32, isUpsampled: true, limit: 1e-6 },
  { algorithm: 'upsample2', option: 'winograd4', length: 7, channels: 64, filters: 32, isUpsampled: true, limit: 1e-6 },
  { algorithm: 'upsample4', option: 'winograd6', length: 7, channels: 64, filters: 32, isUpsampled: true, limit: 2e-6 },
  { algorithm: 'upsample7', option: 'winograd7', length: 7, channels: 64, filters: 32, isUpsampled: true, limit: 1e-5 },
  {
    algorithm: 'upsample-col2im',
    option: 'auto',
    length: 14,
    channels: 32,
    filters: 1,
    isUpsampled: true,
    limit: 1e-6,
  },
];

const BATCH = 4;

/** Images with pixels of 0 as ReLU leaves them, and weights about as large as a trained layer's. */
function layer({ length, channels, filters, isUpsampled }: Case) {
  const shape = [BATCH, length, length, channels];
  const kernel = [3, 3, channels, filters];
  const x = tensor(
    numbers(sizeOf(shape), 1).map((value) => Math.max(0, value)),
    shape,
  );
  const weight = tensor(
    numbers(sizeOf(kernel), 2).map((value) => value / 20),
    kernel,
  );
  const y = conv2d(isUpsampled ? upsample2d(x) : x, weight, { padding: 'same' });
  return [y, ...grad(sum(mul(y, tensor(numbers(y.size, 3), y.shape))), [x, weight])];
}

function distance(got: Float32Array, truth: Float32Array): number {
  let [difference, norm] = [0, 0];
  truth.forEach((value, i) => {
    difference += (got[i] - value) ** 2;
    norm += value ** 2;
  });
  return Math.sqrt(difference / norm);
}

describe.each(kernelSets.filter((kernels) => kernels !== 'reference'))('computed by %s', (kernels) => {
  it.each(cases)(
    '$algorithm ($option) on $length x $length x $channels is as near to float64 as the table says',
    (drawn) => {
      const used: ConvolutionAlgorithm[] = [];
      lowerConvolutions(trace(layer(drawn)).program, drawn.option, ({ algorithm }) => used.push(algorithm));
      expect(used).toEqual([drawn.algorithm]);
      // By the definitions, which add up in float64.
      const truth = computeByReference(layer(drawn));
      const distances = compute(layer(drawn), kernels, drawn.option).map((got, which) => distance(got, truth[which]));
      expect(Math.max(...distances)).toBeLessThan(drawn.limit);
    },
  );
});

describe('one pixel that is infinite or near the largest float32', () => {
  const LENGTH = 28;
  const CHANNELS = 8;
  const [row, column] = [13, 9];

  /** Channel 0 of the outputs of a 3x3 convolution with positive weights, whose only large pixel is `value`. */
  function outputs(value: number, kernels: (typeof kernelSets)[number], option: ConvolutionOption): Float32Array {
    const shape = [1, LENGTH, LENGTH, CHANNELS];
    const pixels = numbers(sizeOf(shape), 1);
    pixels[(row * LENGTH + column) * CHANNELS] = value;
    const kernel = [3, 3, CHANNELS, CHANNELS];
    const weight = numbers(sizeOf(kernel), 2).map((each) => 0.25 + Math.abs(each) / 4);
    const y = conv2d(tensor(pixels, shape), tensor(weight, kernel), { padding: 'same' });
    return compute([y], kernels, option)[0].filter((_, at) => at % CHANNELS === 0);
  }

  const places = (values: Float32Array, isMeant: (value: number) => boolean) =>
    [...values.keys()]
      .filter((at) => isMeant(values[at]))
      .map((at): [number, number] => [Math.floor(at / LENGTH), at % LENGTH]);
  const near = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x): [number, number] => [row + y, column + x]));

  it.each(kernelSets)('reaches the nine outputs around it with `direct`, by %s', (kernels) => {
    const infinite = outputs(Number.POSITIVE_INFINITY, kernels, 'direct');
    expect(places(infinite, Number.isNaN)).toEqual([]);
    expect(places(infinite, (value) => value === Number.POSITIVE_INFINITY)).toEqual(near);
    const large = outputs(3e38, kernels, 'direct');
    expect(places(large, (value) => !Number.isFinite(value))).toEqual([]);
    expect(places(large, (value) => value > 1e36)).toEqual(near);
  });

  it.each(kernelSets.filter((kernels) => kernels !== 'reference'))(
    'makes NaN of outputs of the tiles that read it with Winograd, by %s',
    (kernels) => {
      for (const value of [Number.POSITIVE_INFINITY, 3e38]) {
        const lost = places(outputs(value, kernels, 'winograd4'), Number.isNaN);
        expect(lost.length).toBeGreaterThan(0);
        // A tile has four outputs along a side, and reads a pixel more at each end.
        const tilesOf = (at: number) => new Set([-1, 0, 1].map((beside) => Math.floor((at + beside) / 4)));
        const isRead = ([y, x]: [number, number]) =>
          tilesOf(row).has(Math.floor(y / 4)) && tilesOf(column).has(Math.floor(x / 4));
        expect(lost.filter((place) => !isRead(place))).toEqual([]);
      }
    },
  );
});
