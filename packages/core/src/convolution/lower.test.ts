import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionsOf, seeds, windows } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { computeByReference, convolutionOptions } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { type Conv2dTransposeOptions, conv2dTranspose } from '../compositions/conv2d-transpose.js';
import { differentiate } from '../differentiate/differentiate.js';
import { sum } from '../operations/broadcast.js';
import { type Conv2dOptions, conv2d } from '../operations/conv2d.js';
import { depthwiseConv2d } from '../operations/depthwise.js';
import { mul } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { upsample2d } from '../operations/upsample2d.js';
import type { Padding } from '../operations/window.js';
import { tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from '../trace/trace.js';
import type { ConvolutionAlgorithm, ConvolutionOption } from './choose.js';
import { type ConvolutionRecord, lowerConvolutions, lowerManyGroups } from './lower.js';

interface Drawn extends Conv2dOptions {
  readonly image: Shape;
  readonly kernel: Shape;
  /** The images are upsampled by this before the convolution. */
  readonly scale?: readonly [number, number];
}

const between = (min: number, max: number) => fc.integer({ min, max });
const channels = between(1, 9);
const side = between(1, 9);
const amounts = fc.tuple(between(0, 4), between(0, 4));
const paddings: fc.Arbitrary<Padding> = fc.oneof(
  fc.constant<Padding>('same'),
  fc.constant<Padding>('valid'),
  fc.tuple(amounts, amounts) as fc.Arbitrary<Padding>,
);

/** What a convolution of 3x3 with stride 1 is drawn from: images that tiles do not divide, tiny ones, few channels or many. */
interface Shapes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly input: number;
  readonly filters: number;
  readonly padding: Padding;
  readonly isUpsampled: boolean;
}

const threeByThree: fc.Arbitrary<Shapes> = fc.record({
  batch: between(1, 2),
  height: side,
  width: side,
  input: channels,
  filters: channels,
  padding: paddings,
  isUpsampled: fc.boolean(),
});

function convolutionWith({ batch, height, width, input, filters, padding, isUpsampled }: Shapes): Drawn {
  const sides = [height, width].map((length) => (isUpsampled ? 2 : 1) * length);
  // A window that has no room gets some.
  const room = typeof padding === 'string' ? [0, 0] : padding.map(([before, after]) => before + after);
  const isTooSmall = padding !== 'same' && sides.some((length, axis) => length + room[axis] < 3);
  return {
    image: [batch, height, width, input],
    kernel: [3, 3, input, filters],
    padding: isTooSmall ? 'same' : padding,
    ...(isUpsampled && { scale: [2, 2] as const }),
  };
}

const anyWindow: fc.Arbitrary<Drawn> = fc.tuple(windows('convolution'), channels).map(([window, filters]) => ({
  ...window,
  kernel: [...window.size, window.image[3], filters],
}));

const inGroups: fc.Arbitrary<Drawn> = fc.tuple(anyWindow, fc.integer({ min: 2, max: 3 })).map(([drawn, groups]) => ({
  ...drawn,
  groups,
  image: drawn.image.with(3, drawn.image[3] * groups),
  kernel: drawn.kernel.with(3, drawn.kernel[3] * groups),
}));

/** The value of a convolution and its gradients, as tensors. */
function convolutionOf({ image, kernel, scale, ...window }: Drawn, seed: number) {
  const x = tensor(numbers(sizeOf(image), seed), image);
  const weight = tensor(numbers(sizeOf(kernel), seed + 1), kernel);
  const y = conv2d(scale ? upsample2d(x, scale) : x, weight, { ...optionsOf(window), groups: window.groups ?? 1 });
  const gradients = grad(sum(mul(y, tensor(numbers(y.size, seed + 2), y.shape))), [x, weight]);
  return [y, ...gradients];
}

/** Each algorithm, and where it is taken. */
const places: readonly (readonly [ConvolutionAlgorithm, ConvolutionOption, Partial<Shapes>])[] = [
  ['im2col', 'auto', { input: 3, filters: 5 }],
  ['im2col', 'direct', { input: 9, filters: 8 }],
  ['col2im', 'auto', { input: 9, filters: 4 }],
  ['winograd2', 'winograd2', { input: 9, filters: 8 }],
  ['winograd4', 'winograd4', { input: 9, filters: 8 }],
  ['upsample1', 'auto', { input: 5, filters: 6, padding: 'same', isUpsampled: true }],
  ['upsample2', 'winograd4', { input: 9, filters: 8, padding: 'same', isUpsampled: true }],
  ['upsample4', 'winograd6', { input: 9, filters: 8, padding: 'same', isUpsampled: true }],
  ['upsample7', 'winograd7', { input: 9, filters: 8, padding: 'same', isUpsampled: true }],
  ['upsample-col2im', 'auto', { input: 5, filters: 2, padding: 'same', isUpsampled: true }],
];

/** Values and gradients are those of the definitions, up to rounding. */
function expectAgreement(tensors: readonly Tensor[], option: ConvolutionOption): void {
  const truth = computeByReference(tensors);
  computeByReference(tensors, option).forEach((values, which) => {
    expectValues(values, truth[which], { scaled: 4e-5 });
  });
}

describe('lowerConvolutions', () => {
  it.each(places)('by %s (%s) agrees with the definition in values and gradients', (algorithm, option, fixed) => {
    fc.assert(
      fc.property(threeByThree, seeds, (drawn, seed) => {
        const tensors = convolutionOf(convolutionWith({ ...drawn, isUpsampled: false, ...fixed }), seed);
        const used: ConvolutionAlgorithm[] = [];
        lowerConvolutions(trace(tensors).program, option, (record) => used.push(record.algorithm));
        expect(used).toEqual([algorithm]);
        expectAgreement(tensors, option);
      }),
      { numRuns: 25 },
    );
  });

  const any = fc.oneof(threeByThree.map(convolutionWith), anyWindow, inGroups);

  it.each(convolutionOptions)('agrees with the definition for any shapes and windows: %s', (option) => {
    fc.assert(
      fc.property(any, seeds, (drawn, seed) => expectAgreement(convolutionOf(drawn, seed), option)),
      { numRuns: 25 },
    );
  });

  it('leaves neither convolution nor upsampling in a program, gradients included', () => {
    fc.assert(
      fc.property(any, fc.constantFrom(...convolutionOptions), (drawn, option) => {
        const { program } = trace(convolutionOf(drawn, 1));
        const names = lowerConvolutions(program, option).operations.map(({ name }) => name);
        expect(names.filter((name) => /^conv2d|upsample/.test(name))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('records each convolution with its shapes, and why it is computed as it is', () => {
    const records: ConvolutionRecord[] = [];
    const [y] = convolutionOf({ image: [40, 5, 6, 8], kernel: [3, 3, 8, 9], padding: 'same' }, 1);
    lowerConvolutions(trace([y]).program, 'auto', (record) => records.push(record));
    expect(records).toEqual([
      { algorithm: 'winograd6', reason: expect.stringMatching(/3x3/), input: [40, 5, 6, 8], weight: [3, 3, 8, 9] },
    ]);
  });

  it('computes groups one by one, each by the algorithm of its shapes, and depthwise convolutions as they are', () => {
    const records: ConvolutionRecord[] = [];
    const [x, weight, kernels] = [
      [40, 5, 6, 16],
      [3, 3, 8, 16],
      [3, 3, 16, 1],
    ].map((shape) => tensor(numbers(sizeOf(shape), 1), shape));
    const y = conv2d(depthwiseConv2d(x, kernels), weight, { padding: 'same', groups: 2 });
    const { operations } = lowerConvolutions(trace([y]).program, 'auto', (record) => records.push(record));
    const group = { algorithm: 'winograd4', input: [40, 3, 4, 8], weight: [3, 3, 8, 8] };
    expect(records).toEqual([
      {
        algorithm: 'depthwise',
        reason: expect.stringContaining('one kernel a channel'),
        input: [40, 5, 6, 16],
        weight: [3, 3, 16],
      },
      expect.objectContaining(group),
      expect.objectContaining(group),
    ]);
    expect(operations.map(({ name }) => name)).toContain('depthwiseConv2d');
  });

  it.each([
    ['winograd6', { padding: 'same' }, 8],
    ['winograd4', {}, 8],
    ['col2im', { padding: 'same' }, 3],
    ['col2im', { strides: 2 }, 8],
    ['col2im', { padding: [[3, 0], [0, 0]] }, 8], // biome-ignore format: in one line
  ] as const)(
    'computes a transposed convolution by %s where it is %o with %i filters',
    (algorithm, options, filters) => {
      const [x, weight] = [
        [40, 5, 6, 9],
        [3, 3, filters, 9],
      ].map((shape) => tensor(numbers(sizeOf(shape), 1), shape));
      const y = conv2dTranspose(x, weight, options as Conv2dTransposeOptions);
      const records: ConvolutionRecord[] = [];
      const { operations } = lowerConvolutions(trace([y]).program, 'auto', (record) => records.push(record));
      expect(records.map((record) => record.algorithm)).toEqual([algorithm]);
      expect(operations.filter(({ name }) => name.startsWith('conv2d'))).toEqual([]);
      expectAgreement([y, ...grad(sum(mul(y, y)), [x, weight])], 'auto');
    },
  );

  it('leaves many groups until gradients are taken, and then none', () => {
    const records: ConvolutionRecord[] = [];
    const shapes = { image: [1, 4, 5, 12], kernel: [3, 3, 2, 6], padding: 'same', groups: 6 } as const;
    const tensors = convolutionOf(shapes, 1);
    const first = lowerConvolutions(trace(tensors).program, 'auto', (record) => records.push(record));
    expect(records).toMatchObject([{ algorithm: 'col2im', input: [1, 4, 5, 2], weight: [3, 3, 2, 1] }]);
    expect(first.operations.filter(({ name }) => name === 'conv2d')).toHaveLength(1);
    const { operations } = lowerManyGroups(differentiate(first));
    expect(operations.filter(({ name }) => /conv2d|^pad$/.test(name))).toEqual([]);
  });

  it('makes one product of a convolution of 1x1, and cuts no tiles forward or backward', () => {
    const [y, ...gradients] = convolutionOf({ image: [2, 5, 6, 8], kernel: [1, 1, 8, 3] }, 1);
    const program = differentiate(lowerConvolutions(trace([y, ...gradients]).program));
    const names = program.operations.map(({ name }) => name);
    expect(names.filter((name) => name === 'matmul')).toHaveLength(3);
    expect(names.filter((name) => name.endsWith('Tiles'))).toEqual([]);
    expectAgreement([y, ...gradients], 'auto');
  });

  it('lowers gradients that were taken first, as well as those to be taken after', () => {
    fc.assert(
      fc.property(anyWindow, seeds, (drawn, seed) => {
        const [, gx, gw] = convolutionOf(drawn, seed);
        const second = grad(sum(mul(gx, gx)), [gw.node.inputs[1]]);
        const [truth] = computeByReference(second);
        const [values] = computeByReference(second, 'auto');
        expectValues(values, truth, { scaled: 1e-4 });
      }),
      { numRuns: 20 },
    );
  });

  it('gives the gradient in upsampled images, too, where the convolution never makes them', () => {
    const x = tensor(numbers(2 * 3 * 4 * 5, 1), [2, 3, 4, 5]);
    const weight = tensor(numbers(9 * 5 * 6, 2), [3, 3, 5, 6]);
    const between = upsample2d(x);
    const y = conv2d(between, weight, { padding: 'same' });
    const gradient = grad(sum(mul(y, y)), [between, x]);
    const truth = computeByReference(gradient);
    computeByReference(gradient, 'auto').forEach((values, which) => {
      expectValues(values, truth[which]);
    });
  });
});
