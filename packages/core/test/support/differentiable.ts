import fc from 'fast-check';
import { clip, square } from '../../src/compositions/arithmetic.js';
import { avgPool2d } from '../../src/compositions/avg-pool2d.js';
import { conv1d } from '../../src/compositions/conv1d.js';
import { conv2dTranspose } from '../../src/compositions/conv2d-transpose.js';
import { cumsum } from '../../src/compositions/cumsum.js';
import { gather, scatterAdd } from '../../src/compositions/gather.js';
import { flip, roll } from '../../src/compositions/order.js';
import { type PadMode, pad } from '../../src/compositions/pad.js';
import { split, stack, tile } from '../../src/compositions/pieces.js';
import { mean, min, prod, std, variance } from '../../src/compositions/reductions.js';
import { type AffineAttributes, affineSample, affineScatterDefinition } from '../../src/operations/affine-sample.js';
import { broadcastTo, sum } from '../../src/operations/broadcast.js';
import { conv2d, conv2dInputGradientDefinition, conv2dWeightGradientDefinition } from '../../src/operations/conv2d.js';
import { apply } from '../../src/operations/definition.js';
import {
  depthwiseConv2d,
  depthwiseCorrelationDefinition,
  depthwiseTransposeDefinition,
} from '../../src/operations/depthwise.js';
import {
  abs,
  add,
  cos,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  sqrt,
  sub,
  tanh,
  where,
} from '../../src/operations/elementwise.js';
import { matmul } from '../../src/operations/matmul.js';
import {
  maxPool2d,
  maxPool2dPlaceDefinition,
  maxUnpool2dDefinition,
  takePlaces2dDefinition,
} from '../../src/operations/pooling.js';
import { max } from '../../src/operations/reductions.js';
import { reshape, transpose } from '../../src/operations/reshape.js';
import { concatenate, slice } from '../../src/operations/slice.js';
import { logSoftmax, softmax } from '../../src/operations/softmax.js';
import { componentsOf, gatherTiles, scatterTiles } from '../../src/operations/tiles.js';
import { upsample2d } from '../../src/operations/upsample2d.js';
import { resolveWindow, windowPositions } from '../../src/operations/window.js';
import { tensor } from '../../src/tensor/create.js';
import { type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import {
  broadcastable,
  type DrawnWindow,
  optionsOf,
  seeds,
  shapes,
  shapesWithAxes,
  tilings,
  windows,
} from './arbitraries.js';
import type { Application, Domain } from './differences.js';
import { numbers } from './numbers.js';

/** Random applications of one operation. */
export type Applications = fc.Arbitrary<Application>;

/** A function of one tensor of any shape. */
export const unary = (f: (x: Tensor) => Tensor, domain: Domain = 'any'): Applications =>
  shapes.map((shape) => ({ shapes: [shape], apply: f, domain }));

const binary = (f: (x: Tensor, y: Tensor) => Tensor, domain: Domain = 'any'): Applications =>
  broadcastable(2).map(({ operands }) => ({ shapes: operands, apply: f, domain }));

const reduction = (f: typeof sum, domain: Domain = 'any'): Applications =>
  fc
    .tuple(shapesWithAxes, fc.boolean())
    .map(([{ shape, axes }, keepDims]) => ({ shapes: [shape], apply: (x) => f(x, axes, { keepDims }), domain }));

const sliced: Applications = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 5 }),
      begin: fc.nat(3),
      end: fc.nat(6),
      step: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 3 },
  )
  .map((axes) => ({
    shapes: [axes.map(({ length }) => length)],
    apply: (x) =>
      slice(
        x,
        axes.map(({ begin }) => begin),
        axes.map(({ end }) => end),
        axes.map(({ step }) => step),
      ),
  }));

const padded: Applications = fc
  .array(fc.record({ length: fc.integer({ min: 1, max: 4 }), before: fc.nat(2), after: fc.nat(2) }), { maxLength: 3 })
  .map((axes) => ({
    shapes: [axes.map(({ length }) => length)],
    apply: (x) =>
      pad(
        x,
        axes.map(({ before, after }) => [before, after]),
      ),
  }));

const concatenated: Applications = fc
  .record({ before: fc.nat(2), lengths: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), after: fc.nat(2) })
  .map(({ before, lengths, after }) => ({
    shapes: lengths.map((length) => [...new Array(before).fill(2), length, ...new Array(after).fill(3)]),
    apply: (...parts) => concatenate(parts, before),
  }));

const permuted: Applications = shapes.chain((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, axis) => axis),
      { minLength: shape.length },
    )
    .map((permutation) => ({ shapes: [shape], apply: (x) => transpose(x, permutation) })),
);

const sizes = fc.integer({ min: 1, max: 4 });

const multiplied: Applications = fc
  .record({
    stacks: broadcastable(2).map(({ operands }) => operands.map((stack) => stack.slice(-2))),
    m: sizes,
    k: sizes,
    n: sizes,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  })
  .map(({ stacks, m, k, n, transposeA, transposeB }) => ({
    shapes: [
      [...stacks[0], ...(transposeA ? [k, m] : [m, k])],
      [...stacks[1], ...(transposeB ? [n, k] : [k, n])],
    ],
    apply: (a, b) => matmul(a, b, { transposeA, transposeB }),
  }));

const filters = fc.integer({ min: 1, max: 3 });

function kernelOf({ image, size }: DrawnWindow, out: number): Shape {
  return [...size, image[3], out];
}

const convolved: Applications = fc.tuple(windows('convolution'), filters).map(([window, out]) => ({
  shapes: [window.image, kernelOf(window, out)],
  apply: (x, weight) => conv2d(x, weight, optionsOf(window)),
}));

/** The adjoints of a convolution, which are operations of their own. */
const adjoint = (of: 'input' | 'weight'): Applications =>
  fc.tuple(windows('convolution'), filters).map(([drawn, out]) => {
    const { image, size, strides, dilation, padding } = drawn;
    const window = resolveWindow('conv2d', image, size, strides, dilation, padding);
    const kernel = kernelOf(drawn, out);
    const result = conv2d(
      tensor(new Float32Array(sizeOf(image)), image),
      tensor(new Float32Array(sizeOf(kernel)), kernel),
      optionsOf(drawn),
    );
    return of === 'input'
      ? {
          shapes: [result.shape, kernel],
          apply: (g, weight) => apply(conv2dInputGradientDefinition, [g, weight], { window, shape: image }),
        }
      : {
          shapes: [image, result.shape],
          apply: (x, g) => apply(conv2dWeightGradientDefinition, [x, g], { window, shape: kernel }),
        };
  });

const grouped: Applications = fc
  .tuple(windows('convolution'), fc.integer({ min: 2, max: 3 }), filters)
  .map(([window, groups, out]) => ({
    shapes: [window.image.with(3, window.image[3] * groups), kernelOf(window, out * groups)],
    apply: (x, weight) => conv2d(x, weight, { ...optionsOf(window), groups }),
  }));

const depthwise: Applications = fc.tuple(windows('convolution'), filters).map(([window, multiplier]) => ({
  shapes: [window.image, kernelOf(window, multiplier)],
  apply: (x, weight) => depthwiseConv2d(x, weight, optionsOf(window)),
}));

const transposed: Applications = fc
  .record({
    image: fc.tuple(sizes, sizes, sizes, filters),
    size: fc.tuple(filters, filters),
    strides: fc.tuple(filters, filters),
    out: filters,
  })
  .map(({ image, size, strides, out }) => ({
    shapes: [image, [...size, out, image[3]]],
    apply: (x, weight) => conv2dTranspose(x, weight, { strides, padding: 'same' }),
  }));

const ofSequences: Applications = fc
  .record({ batch: filters, length: fc.integer({ min: 3, max: 8 }), inside: filters, size: filters, out: filters })
  .map(({ batch, length, inside, size, out }) => ({
    shapes: [
      [batch, length, inside],
      [size, inside, out],
    ],
    apply: (x, weight) => conv1d(x, weight, { padding: 'causal' }),
  }));

const depthwiseAdjoint = (of: 'input' | 'weight'): Applications =>
  windows('convolution').map(({ image, size, strides, dilation, padding }) => {
    const window = resolveWindow('depthwiseConv2d', image, size, strides, dilation, padding);
    const result = [image[0], ...windowPositions('depthwiseConv2d', image, window), image[3]];
    const attributes = { window, shape: image };
    return of === 'input'
      ? {
          shapes: [result, [...size, image[3]]],
          apply: (g, weight) => apply(depthwiseTransposeDefinition, [g, weight], attributes),
        }
      : {
          shapes: [image, result],
          apply: (x, g) => apply(depthwiseCorrelationDefinition, [x, g], attributes),
        };
  });

const pooled = (f: typeof maxPool2d, domain: Domain = 'any'): Applications =>
  windows('pooling').map(({ image, size, strides, padding }) => ({
    shapes: [image],
    apply: (x) => f(x, size, { strides, padding }),
    domain,
  }));

/** What puts values back to where a maximum was found, and what takes them from there. */
const placed = (which: 'maxUnpool2d' | 'takePlaces2d'): Applications =>
  fc.tuple(windows('pooling'), seeds).map(([{ image, size, strides, padding }, seed]) => {
    const attributes = { window: resolveWindow('pool', image, size, strides, 1, padding), shape: image };
    const place = apply(maxPool2dPlaceDefinition, [tensor(numbers(sizeOf(image), seed), image)], attributes);
    return which === 'maxUnpool2d'
      ? { shapes: [place.shape], apply: (values) => apply(maxUnpool2dDefinition, [values, place], attributes) }
      : { shapes: [image], apply: (x) => apply(takePlaces2dDefinition, [x, place], attributes) };
  });

const gathered: Applications = tilings.map(({ batch, channels, tiling }) => ({
  shapes: [[batch, ...tiling.image, channels]],
  apply: (x) => gatherTiles(x, tiling),
}));

const scattered: Applications = tilings.map(({ batch, channels, tiling }) => {
  const count = batch * tiling.grid[0] * tiling.grid[1];
  const parts = componentsOf(tiling);
  return {
    shapes: [tiling.components === 'first' ? [parts, count, channels] : [count, parts * channels]],
    apply: (tiles) => scatterTiles(tiles, tiling),
  };
});

const upsampled: Applications = fc
  .record({ image: fc.tuple(sizes, sizes, sizes, sizes), size: fc.tuple(filters, filters) })
  .map(({ image, size }) => ({ shapes: [image], apply: (x) => upsample2d(x, size) }));

/** Rows by number along an axis, and what adds them up again. */
const indexed = (which: 'gather' | 'scatterAdd'): Applications =>
  fc
    .record({
      before: fc.array(sizes, { maxLength: 2 }),
      length: sizes,
      after: fc.array(sizes, { maxLength: 2 }),
      shape: fc.array(sizes, { maxLength: 2 }),
      seed: fc.nat(99),
    })
    .map(({ before, length, after, shape, seed }) => {
      const numbered = Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * i + seed) % length);
      const indices = tensor(numbered, shape);
      return which === 'gather'
        ? { shapes: [[...before, length, ...after]], apply: (x) => gather(x, indices, before.length) }
        : { shapes: [[...before, ...shape, ...after]], apply: (x) => scatterAdd(x, indices, length, before.length) };
    });

/** Images read by a matrix, and the adjoint. */
const affine = (which: 'affineSample' | 'affineScatter'): Applications =>
  fc
    .record({
      image: fc.tuple(sizes, sizes),
      size: fc.tuple(sizes, sizes),
      fillMode: fc.constantFrom('constant', 'nearest', 'reflect', 'wrap'),
      interpolation: fc.constantFrom('bilinear', 'nearest'),
      channels: sizes,
      seed: seeds,
    })
    .map(({ image, size, fillMode, interpolation, channels, seed }) => {
      const matrices = tensor(numbers(12, seed), [2, 2, 3]);
      const attributes: AffineAttributes = { image, size, fillMode, interpolation, fillValue: 0 };
      return which === 'affineSample'
        ? {
            shapes: [[2, ...image, channels]],
            apply: (x) => affineSample(x, matrices, { size, fillMode, interpolation, fillValue: 0.5 }),
          }
        : {
            shapes: [[2, ...size, channels]],
            apply: (x) => apply(affineScatterDefinition, [x, matrices], attributes),
          };
    });

const alongAxis = (f: typeof softmax): Applications =>
  fc
    .tuple(fc.array(sizes, { minLength: 1, maxLength: 3 }), fc.nat(2))
    .map(([shape, axis]) => ({ shapes: [shape], apply: (x) => f(x, axis % shape.length) }));

/** A function along one axis of a tensor with some axes. */
const alongOne = (f: (x: Tensor, axis: number) => Tensor, domain: Domain = 'any'): Applications =>
  shapes
    .filter(({ length }) => length > 0)
    .chain((shape) => fc.nat(shape.length - 1).map((axis) => ({ shapes: [shape], apply: (x) => f(x, axis), domain })));

const mirrored: Applications = fc
  .tuple(shapesWithAxes, fc.constantFrom<PadMode>('constant', 'reflect', 'symmetric', 'edge'))
  .map(([{ shape, axes }, mode]) => ({
    shapes: [shape],
    apply: (x) => {
      const amounts = shape.map((length, axis) => [axes.includes(axis) ? length - 1 : 0, 0] as const);
      return pad(x, amounts, mode === 'constant' ? { constantValues: 3 } : { mode });
    },
  }));

/** Every operation that has a gradient, in random shapes with random options. */
export const differentiable: Readonly<Record<string, Applications>> = {
  neg: unary(neg),
  abs: unary(abs, 'spaced'),
  exp: unary(exp),
  log: unary(log, 'positive'),
  sqrt: unary(sqrt, 'positive'),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  relu: unary(relu, 'spaced'),
  sin: unary(sin),
  cos: unary(cos),
  erf: unary(erf),
  square: unary(square),
  clip: unary((x) => clip(x, -0.5, 1), 'spaced'),
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div, 'positive'),
  pow: binary(pow, 'positive'),
  maximum: binary(maximum, 'spaced'),
  minimum: binary(minimum, 'spaced'),
  where: broadcastable(3).map(({ operands: [condition, ...operands] }) => {
    const flags = tensor(
      numbers(sizeOf(condition), 1).map((x) => Number(x > 0)),
      condition,
    );
    return { shapes: operands, apply: (x, y) => where(flags, x, y) };
  }),
  'an operand used twice': unary((x) => mul(x, add(x, tanh(x)))),
  broadcastTo: broadcastable(1).map(({ shape, operands }) => ({
    shapes: operands,
    apply: (x) => broadcastTo(x, shape),
  })),
  sum: reduction(sum),
  mean: reduction(mean),
  max: reduction(max, 'spaced'),
  reshape: shapes.map((shape) => ({ shapes: [shape], apply: (x) => square(reshape(square(x), [-1])) })),
  transpose: permuted,
  slice: sliced,
  pad: padded,
  concatenate: concatenated,
  matmul: multiplied,
  conv2d: convolved,
  conv2dInputGradient: adjoint('input'),
  conv2dWeightGradient: adjoint('weight'),
  'conv2d in groups': grouped,
  conv2dTranspose: transposed,
  conv1d: ofSequences,
  depthwiseConv2d: depthwise,
  depthwiseTranspose: depthwiseAdjoint('input'),
  depthwiseCorrelation: depthwiseAdjoint('weight'),
  gatherTiles: gathered,
  scatterTiles: scattered,
  maxPool2d: pooled(maxPool2d, 'spaced'),
  maxUnpool2d: placed('maxUnpool2d'),
  takePlaces2d: placed('takePlaces2d'),
  avgPool2d: pooled(avgPool2d),
  upsample2d: upsampled,
  affineSample: affine('affineSample'),
  affineScatter: affine('affineScatter'),
  gather: indexed('gather'),
  scatterAdd: indexed('scatterAdd'),
  softmax: alongAxis(softmax),
  logSoftmax: alongAxis(logSoftmax),
  flip: shapesWithAxes.map(({ shape, axes }) => ({ shapes: [shape], apply: (x) => flip(x, axes) })),
  roll: alongOne((x, axis) => roll(x, 2, axis)),
  stack: alongOne((x, axis) => stack([x, square(x), x], axis)),
  split: alongOne((x, axis) =>
    split(x, [1], axis)
      .map(square)
      .reduce((a, b) => concatenate([b, a], axis)),
  ),
  tile: shapesWithAxes.map(({ shape, axes }) => ({
    shapes: [shape],
    apply: (x) => tile(x, [2, ...shape.map((_, axis) => (axes.includes(axis) ? 3 : 1))]),
  })),
  'pad with a mode': mirrored,
  cumsum: alongOne(cumsum),
  min: reduction(min, 'spaced'),
  prod: reduction(prod),
  variance: reduction(variance),
  // One element alone has no deviation, and its square root no gradient.
  std: shapes
    .map((shape) => [...shape, 3])
    .map((shape) => ({ shapes: [shape], apply: (x) => std(x, -1), domain: 'spaced' })),
};
