import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrawnWindow, optionsOf, seeds, tilings, windows } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { compute, computeByReference, kernelSets } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { avgPool2d } from '../compositions/avg-pool2d.js';
import { pad } from '../compositions/pad.js';
import { mean } from '../compositions/reductions.js';
import { tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { sum } from './broadcast.js';
import { conv2d, conv2dInputGradientDefinition, conv2dWeightGradientDefinition } from './conv2d.js';
import { apply } from './definition.js';
import { add, mul, neg, relu } from './elementwise.js';
import { grad } from './gradient.js';
import { matmul } from './matmul.js';
import { maxPool2d } from './pooling.js';
import { max } from './reductions.js';
import { reshape } from './reshape.js';
import { slice } from './slice.js';
import { componentsOf, gatherTiles, scatterTiles } from './tiles.js';
import { upsample2d } from './upsample2d.js';
import { resolveWindow } from './window.js';

const sampled = (shape: Shape, seed: number) => tensor(numbers(sizeOf(shape), seed), shape);
const filters = fc.integer({ min: 1, max: 4 });
const kernelOf = ({ image, size }: DrawnWindow, out: number) => [...size, image[3], out];

/** The inner product of two tensors in float64, and the sum of the magnitudes of its terms. */
function inner(x: Tensor, y: Tensor) {
  const [a, b] = computeByReference([x, y]);
  const terms = Array.from(a, (value, i) => value * b[i]);
  const add = (total: number, term: number) => total + term;
  return { product: terms.reduce(add, 0), magnitude: terms.map(Math.abs).reduce(add, 0) };
}

type Inner = ReturnType<typeof inner>;

/** Two inner products agree up to the rounding of float32, in which their factors were stored. */
function expectAlike(a: Inner, b: Inner): void {
  expect(Math.abs(a.product - b.product)).toBeLessThanOrEqual(1e-6 * (a.magnitude + b.magnitude) + 1e-9);
}

describe('adjoints', () => {
  it('<gatherTiles(x), y> = <x, scatterTiles(y)>', () => {
    fc.assert(
      fc.property(tilings, seeds, ({ batch, channels, tiling }, seed) => {
        const x = sampled([batch, ...tiling.image, channels], seed);
        const tiles = gatherTiles(x, tiling);
        const y = sampled(tiles.shape, seed + 1);
        const back = scatterTiles(y, tiling);
        expect(back.shape).toEqual(x.shape);
        expect(tiles.size).toBe(batch * tiling.grid[0] * tiling.grid[1] * componentsOf(tiling) * channels);
        expectAlike(inner(tiles, y), inner(x, back));
      }),
    );
  });

  it('<conv2d(x, w), g> = <x, its adjoint in x> = <w, its adjoint in w>', () => {
    fc.assert(
      fc.property(windows('convolution'), filters, seeds, (drawn, out, seed) => {
        const { image, size, strides, dilation, padding } = drawn;
        const [x, weight] = [sampled(image, seed), sampled(kernelOf(drawn, out), seed + 1)];
        const window = resolveWindow('conv2d', image, size, strides, dilation, padding);
        const y = conv2d(x, weight, optionsOf(drawn));
        const g = sampled(y.shape, seed + 2);
        const inX = apply(conv2dInputGradientDefinition, [g, weight], { window, shape: image });
        const inWeight = apply(conv2dWeightGradientDefinition, [x, g], { window, shape: weight.shape });
        const product = inner(y, g);
        expectAlike(product, inner(x, inX));
        expectAlike(product, inner(weight, inWeight));
        // The gradient is just these.
        const [gx, gw, wantX, wantW] = computeByReference([...grad(sum(mul(y, g)), [x, weight]), inX, inWeight]);
        expect(gx).toEqual(wantX);
        expect(gw).toEqual(wantW);
      }),
    );
  });
});

describe.each(kernelSets)('laws of windows, %s kernels', (kernels) => {
  const expectTensors = (a: Tensor, b: Tensor) => {
    expect(a.shape).toEqual(b.shape);
    // Each in a program of its own: together, passes might make one of the two.
    const [[left], [right]] = [compute([a], kernels), compute([b], kernels)];
    expectValues(left, right);
  };

  it('convolution is linear in images and in weights', () => {
    fc.assert(
      fc.property(windows('convolution'), filters, seeds, (drawn, out, seed) => {
        const [x, z] = [sampled(drawn.image, seed), sampled(drawn.image, seed + 1)];
        const [v, w] = [sampled(kernelOf(drawn, out), seed + 2), sampled(kernelOf(drawn, out), seed + 3)];
        expectTensors(
          conv2d(add(x, z), w, optionsOf(drawn)),
          add(conv2d(x, w, optionsOf(drawn)), conv2d(z, w, optionsOf(drawn))),
        );
        expectTensors(
          conv2d(x, add(v, mul(w, 2)), optionsOf(drawn)),
          add(conv2d(x, v, optionsOf(drawn)), mul(conv2d(x, w, optionsOf(drawn)), 2)),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('padding by amounts is padding the images', () => {
    fc.assert(
      fc.property(windows('convolution'), filters, seeds, (drawn, out, seed) => {
        const { image, size, strides, dilation, padding } = drawn;
        const { padding: amounts } = resolveWindow('conv2d', image, size, strides, dilation, padding);
        const [x, weight] = [sampled(image, seed), sampled(kernelOf(drawn, out), seed + 1)];
        const padded = pad(x, [[0, 0], ...amounts, [0, 0]]);
        expectTensors(
          conv2d(x, weight, optionsOf(drawn)),
          conv2d(padded, weight, { ...optionsOf(drawn), padding: 'valid' }),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('a stride is a convolution without one of which every so many are kept', () => {
    fc.assert(
      fc.property(windows('convolution'), filters, seeds, (drawn, out, seed) => {
        const { image, size, strides, dilation, padding } = drawn;
        const { padding: amounts } = resolveWindow('conv2d', image, size, strides, dilation, padding);
        const [x, weight] = [sampled(image, seed), sampled(kernelOf(drawn, out), seed + 1)];
        const all = conv2d(x, weight, { dilation, padding: amounts as [[number, number], [number, number]] });
        expectTensors(conv2d(x, weight, optionsOf(drawn)), slice(all, [], [], [1, ...strides, 1]));
      }),
      { numRuns: 20 },
    );
  });

  it('a kernel of 1x1 is a matrix product over the channels', () => {
    fc.assert(
      fc.property(windows('pooling'), filters, seeds, ({ image }, out, seed) => {
        const [x, weight] = [sampled(image, seed), sampled([image[3], out], seed + 1)];
        expectTensors(conv2d(x, reshape(weight, [1, 1, image[3], out])), matmul(x, weight));
      }),
      { numRuns: 20 },
    );
  });

  it('`same` keeps ceil(length / stride) positions', () => {
    fc.assert(
      fc.property(windows('convolution'), ({ image, size, strides, dilation }) => {
        const x = tensor(new Float32Array(sizeOf(image)), image);
        const kernel = tensor(new Float32Array(sizeOf([...size, image[3], 1])), [...size, image[3], 1]);
        const rows = Math.ceil(image[1] / strides[0]);
        const columns = Math.ceil(image[2] / strides[1]);
        expect(conv2d(x, kernel, { strides, dilation, padding: 'same' }).shape).toEqual([image[0], rows, columns, 1]);
        expect(maxPool2d(x, size, { strides, padding: 'same' }).shape).toEqual([image[0], rows, columns, image[3]]);
      }),
    );
  });

  it('pooling over the whole image is a reduction', () => {
    fc.assert(
      fc.property(windows('pooling'), seeds, ({ image }, seed) => {
        const x = sampled(image, seed);
        const whole = [image[1], image[2]] as const;
        expectTensors(maxPool2d(x, whole), max(x, [1, 2], { keepDims: true }));
        expectTensors(avgPool2d(x, whole), mean(x, [1, 2], { keepDims: true }));
      }),
      { numRuns: 20 },
    );
  });

  it('max pooling commutes with what is monotone, and averages of a constant are that constant', () => {
    fc.assert(
      fc.property(windows('pooling'), seeds, ({ image, size, strides, padding }, seed) => {
        const x = sampled(image, seed);
        const options = { strides, padding };
        expectTensors(maxPool2d(relu(x), size, options), relu(maxPool2d(x, size, options)));
        expectTensors(maxPool2d(add(x, 3), size, options), add(maxPool2d(x, size, options), 3));
        // The average lies between the extremes.
        const [low, average, high] = compute(
          [neg(maxPool2d(neg(x), size, options)), avgPool2d(x, size, options), maxPool2d(x, size, options)],
          kernels,
        );
        average.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(low[i] - 1e-6);
          expect(value).toBeLessThanOrEqual(high[i] + 1e-6);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('pooling undoes upsampling', () => {
    fc.assert(
      fc.property(windows('pooling'), fc.tuple(filters, filters), seeds, ({ image }, size, seed) => {
        const x = sampled(image, seed);
        const larger = upsample2d(x, size);
        expectTensors(maxPool2d(larger, size), x);
        expectTensors(avgPool2d(larger, size), x);
        expectTensors(slice(larger, [], [], [1, ...size, 1]), x);
      }),
      { numRuns: 20 },
    );
  });

  it('a gradient through max pooling gives each window as much as it got', () => {
    fc.assert(
      fc.property(windows('pooling'), seeds, ({ image, size, strides, padding }, seed) => {
        const x = sampled(image, seed);
        const y = maxPool2d(x, size, { strides, padding });
        const g = sampled(y.shape, seed + 1);
        const [gx] = grad(sum(mul(y, g)), [x]);
        const [back, given] = compute([sum(gx), sum(g)], kernels);
        expectValues(back, given);
      }),
      { numRuns: 20 },
    );
  });
});
