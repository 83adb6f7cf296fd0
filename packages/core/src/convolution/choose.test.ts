import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveWindow } from '../operations/window.js';
import { type ConvolutionOption, chooseConvolution } from './choose.js';

const options: readonly ConvolutionOption[] = ['auto', 'direct', 'winograd2', 'winograd4', 'winograd6', 'winograd7'];

/** The choice for a kernel of some size over a square image, with padding `same`. */
function choice(
  { batch = 256, length = 14, channels = 32, filters = 64, size = 3, strides = 1, dilation = 1, upsampled = false },
  option: ConvolutionOption = 'auto',
) {
  const image = [batch, length, length, channels];
  const larger = upsampled ? [batch, 2 * length, 2 * length, channels] : image;
  const window = resolveWindow('conv2d', larger, [size, size], strides, dilation, 'same');
  return chooseConvolution(image, [size, size, channels, filters], window, upsampled, option).algorithm;
}

describe('chooseConvolution', () => {
  // The convolutions of an autoencoder for small images: what each costs decides the speed of training.
  it.each([
    ['the first, of one channel', { length: 28, channels: 1, filters: 32 }, 'im2col'],
    ['one of many channels', { length: 14, channels: 32, filters: 64 }, 'winograd7'],
    ['one over a small image', { length: 7, channels: 64, filters: 64 }, 'winograd7'],
    ['one that tiles of 4 fit', { length: 8, channels: 32, filters: 64 }, 'winograd4'],
    ['one that tiles of 6 fit', { length: 30, channels: 32, filters: 64 }, 'winograd6'],
    ['one over a very small image', { length: 2, channels: 32, filters: 64 }, 'winograd2'],
    ['one after upsampling', { length: 7, channels: 64, filters: 32, upsampled: true }, 'upsample7'],
    ['one after upsampling a small image', { length: 4, channels: 64, filters: 32, upsampled: true }, 'upsample4'],
    ['one of few channels, after upsampling', { length: 7, channels: 3, filters: 8, upsampled: true }, 'upsample1'],
    ['the last, to one channel', { length: 28, channels: 32, filters: 1 }, 'col2im'],
    ['the last, after upsampling', { length: 14, channels: 32, filters: 1, upsampled: true }, 'upsample-col2im'],
    ['strided', { strides: 2 }, 'im2col'],
    ['dilated', { dilation: 2 }, 'im2col'],
    ['5x5', { size: 5 }, 'im2col'],
    ['1x1, with one filter', { size: 1, filters: 1 }, 'im2col'],
    ['strided, with one filter', { strides: 2, filters: 1 }, 'im2col'],
    ['one over a single image', { batch: 1, length: 7, channels: 64, filters: 64 }, 'im2col'],
    ['one after upsampling a single image', { batch: 1, length: 7, channels: 64, upsampled: true }, 'upsample1'],
  ] as const)('%s', (_name, shapes, algorithm) => {
    expect(choice(shapes)).toBe(algorithm);
  });

  const shapes = fc.record({
    length: fc.integer({ min: 1, max: 30 }),
    channels: fc.integer({ min: 1, max: 70 }),
    filters: fc.integer({ min: 1, max: 70 }),
    size: fc.integer({ min: 1, max: 5 }),
    strides: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    upsampled: fc.boolean(),
  });

  it('takes no fast algorithm where direct ones are asked for', () => {
    fc.assert(
      fc.property(shapes, (drawn) => {
        expect(['im2col', 'col2im']).toContain(choice(drawn, 'direct'));
      }),
    );
  });

  it('takes no smaller tiles for more examples', () => {
    const side = (algorithm: string) => Number(/[0-9]$/.exec(algorithm)?.[0] ?? 0);
    const sizes = fc.record({ length: fc.integer({ min: 1, max: 30 }), upsampled: fc.boolean() });
    const batches = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(sizes, batches, (drawn, pair) => {
        const [few, many] = [Math.min(...pair), Math.max(...pair)].map((batch) => choice({ ...drawn, batch }));
        expect(side(many)).toBeGreaterThanOrEqual(side(few));
      }),
    );
  });

  it('takes the fast algorithms for 3x3 with stride and dilation 1 alone, and only the Winograd asked for', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...options), (drawn, option) => {
        const algorithm = choice(drawn, option);
        const isPlain = drawn.size === 3 && drawn.strides === 1 && drawn.dilation === 1;
        if (!isPlain) expect(['im2col', 'col2im']).toContain(algorithm);
        if (option !== 'auto' && algorithm.startsWith('winograd')) expect(algorithm).toBe(option);
      }),
    );
  });
});
