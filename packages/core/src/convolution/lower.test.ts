import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeds, windows } from '../../test/support/arbitraries.js';
import { expectValues } from '../../test/support/compare.js';
import { computeByReference } from '../../test/support/kernels.js';
import { numbers } from '../../test/support/numbers.js';
import { sum } from '../operations/broadcast.js';
import { type Conv2dOptions, conv2d } from '../operations/conv2d.js';
import { mul } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { upsample2d } from '../operations/upsample2d.js';
import type { Padding } from '../operations/window.js';
import { tensor } from '../tensor/create.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import { trace } from '../trace/trace.js';
import type { ConvolutionAlgorithm, ConvolutionOption } from './choose.js';
import { type ConvolutionRecord, lowerConvolutions } from './lower.js';

const options: readonly ConvolutionOption[] = ['auto', 'direct', 'winograd2', 'winograd4', 'winograd6', 'winograd7'];
const ALGORITHMS: readonly ConvolutionAlgorithm[] = [
  'im2col',
  'col2im',
  'winograd2',
  'winograd4',
  'winograd6',
  'winograd7',
  'upsample',
  'upsample-col2im',
];

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

/** Three by three with stride 1, over images that tiles do not divide, tiny ones, and few or many channels. */
const threeByThree: fc.Arbitrary<Drawn> = fc
  .record({ batch: between(1, 2), height: side, width: side, input: channels, filters: channels, padding: paddings })
  .map(({ batch, height, width, input, filters, padding }) => {
    // A window that has no room gets some.
    const isTooSmall = padding === 'valid' && Math.min(height, width) < 3;
    const lacks = typeof padding !== 'string' && [height, width].some((n, i) => n + padding[i][0] + padding[i][1] < 3);
    return {
      image: [batch, height, width, input],
      kernel: [3, 3, input, filters],
      padding: isTooSmall || lacks ? 'same' : padding,
    };
  });

const upsampled: fc.Arbitrary<Drawn> = fc
  .tuple(threeByThree, fc.constantFrom([2, 2] as const, [2, 2] as const, [3, 1] as const))
  .map(([drawn, scale]) => ({ ...drawn, scale }));

const anyWindow: fc.Arbitrary<Drawn> = fc.tuple(windows('convolution'), channels).map(([window, filters]) => ({
  ...window,
  kernel: [...window.size, window.image[3], filters],
}));

/** The value of a convolution and its gradients, as tensors. */
function convolutionOf({ image, kernel, scale, ...window }: Drawn, seed: number) {
  const x = tensor(numbers(sizeOf(image), seed), image);
  const weight = tensor(numbers(sizeOf(kernel), seed + 1), kernel);
  const y = conv2d(scale ? upsample2d(x, scale) : x, weight, window);
  const gradients = grad(sum(mul(y, tensor(numbers(y.size, seed + 2), y.shape))), [x, weight]);
  return [y, ...gradients];
}

describe('lowerConvolutions', () => {
  const used = new Set<ConvolutionAlgorithm>();

  describe.each(options)('%s', (option) => {
    it.each([
      ['3x3 kernels', threeByThree],
      ['3x3 kernels over upsampled images', upsampled],
      ['any kernel, stride, dilation and padding', anyWindow],
    ] as const)('agrees with the definition in values and gradients: %s', (_name, drawn) => {
      fc.assert(
        fc.property(drawn, seeds, (convolution, seed) => {
          const tensors = convolutionOf(convolution, seed);
          const truth = computeByReference(tensors);
          computeByReference(tensors, option).forEach((values, which) => {
            expectValues(values, truth[which], { scaled: 4e-5 });
          });
          lowerConvolutions(trace(tensors).program, option, ({ algorithm }) => used.add(algorithm));
        }),
        { numRuns: 30 },
      );
    });
  });

  it('has used every algorithm above', () => {
    expect([...used].sort()).toEqual([...ALGORITHMS].sort());
  });

  it('leaves neither convolution nor upsampling in a program, gradients included', () => {
    fc.assert(
      fc.property(fc.oneof(threeByThree, upsampled, anyWindow), fc.constantFrom(...options), (drawn, option) => {
        const { program } = trace(convolutionOf(drawn, 1));
        const names = lowerConvolutions(program, option).operations.map(({ name }) => name);
        expect(names.filter((name) => /conv2d|upsample/.test(name))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('records each convolution with its shapes, and why it is computed as it is', () => {
    const records: ConvolutionRecord[] = [];
    const [y] = convolutionOf({ image: [2, 5, 6, 8], kernel: [3, 3, 8, 9], padding: 'same' }, 1);
    lowerConvolutions(trace([y]).program, 'auto', (record) => records.push(record));
    expect(records).toEqual([
      { algorithm: 'winograd6', reason: expect.stringMatching(/3x3/), input: [2, 5, 6, 8], weight: [3, 3, 8, 9] },
    ]);
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
