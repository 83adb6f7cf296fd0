import { grad, mean, randomUniform, type Tensor } from '@weft/core';
import { binaryCrossentropy, type Loss, meanAbsoluteError, meanSquaredError, ssimLoss, ssimLossWith } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMAGE_LOSS_TERMS, imageLoss, imageLossText } from '../index.js';

const picture = (seed: number, shape = [3, 12, 13, 2]) => randomUniform(shape, { seed });
const gradientOf = (loss: Loss, x: Tensor, t: Tensor) => grad(mean(loss(x, t)), [x])[0].toArray();

describe('imageLoss', () => {
  test('of one term is that loss: mse the very default of fit', () => {
    expect(imageLoss('mse')).toBe(meanSquaredError);
    expect(imageLoss(' 1.0 * mse ')).toBe(meanSquaredError);
    expect(imageLoss('mae')).toBe(meanAbsoluteError);
    expect(imageLoss('bce')).toBe(binaryCrossentropy);
    const [x, t] = [picture(1), picture(2)];
    expect(imageLoss('ssim')(x, t).toArray()).toEqual(ssimLoss(x, t).toArray());
  });

  test('of several terms is their weighted sum for each example, and so is its gradient', () => {
    const [x, t] = [picture(1), picture(2)];
    const [loss, both] = [imageLoss('0.8*ssim + 0.2*mae'), [ssimLoss, meanAbsoluteError]];
    const wanted = (of: (loss: Loss) => ArrayLike<number>) => {
      const [a, b] = both.map(of);
      return Array.from(a, (value, at) => 0.8 * value + 0.2 * b[at]);
    };
    const near = (got: ArrayLike<number>, expected: readonly number[]) => {
      expect(got.length).toBe(expected.length);
      expected.forEach((value, at) => {
        expect(got[at]).toBeCloseTo(value, 6);
      });
    };
    expect(loss(x, t).shape).toEqual([3]);
    near(
      loss(x, t).toArray(),
      wanted((each) => each(x, t).toArray()),
    );
    near(
      gradientOf(loss, x, t),
      wanted((each) => gradientOf(each, x, t)),
    );
  });

  test('takes images of any size from 1 x 1, with a window that fits', () => {
    const side = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(...IMAGE_LOSS_TERMS), (height, width, term) => {
        const [x, t] = [picture(1, [2, height, width, 1]), picture(2, [2, height, width, 1])];
        const loss = imageLoss(term);
        const [of, gradient] = [loss(x, t).toArray(), gradientOf(loss, x, t)];
        expect([...of, ...gradient].every(Number.isFinite)).toBe(true);
        expect(of.length).toBe(2);
        if (term !== 'bce') expect([...loss(x, x).toArray()]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
    const [x, t] = [picture(1, [2, 8, 20, 1]), picture(2, [2, 8, 20, 1])];
    const fitted = ssimLossWith({ windowSize: 7, sigma: (1.5 * 7) / 11 });
    expect(imageLoss('ssim')(x, t).toArray()).toEqual(fitted(x, t).toArray());
  });

  test('refuses what is no image where it compares images', () => {
    const flat = picture(1, [3, 10]);
    expect(imageLoss('mse')(flat, flat).shape).toEqual([3]);
    expect(() => imageLoss('ssim')(flat, flat)).toThrow('imageLoss: ssim got [3,10]; expected images, [batch, height,');
  });
});

describe('texts', () => {
  test('are written in one way, which is read again', () => {
    expect(imageLossText(' 0.80 * ssim+ .2*mae')).toBe('0.8*ssim+0.2*mae');
    expect(imageLossText('1*mse')).toBe('mse');
    const weight = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...IMAGE_LOSS_TERMS], { minLength: 1 }),
        fc.array(weight, { minLength: 5 }),
        (terms, weights) => {
          const text = terms.map((term, at) => `${weights[at]}*${term}`).join(' + ');
          expect(imageLossText(imageLossText(text))).toBe(imageLossText(text));
        },
      ),
    );
  });

  test.each([
    ['', "imageLoss: got '', expected mse, mae, bce, ssim"],
    ['   ', 'or a sum of them.'],
    ['sim', "imageLoss: got 'sim', expected a weight and one of mse, mae, bce, ssim"],
    ['ms-sim', 'Did you mean ms-ssim?'],
    ['0.8*ssin', "got '0.8*ssin'"],
    ['0.8*ssin', 'Did you mean ssim?'],
    ['mse+', "got 'mse+', expected a weight and one of"],
    ['-1*mse', "got '-1*mse', expected a number above 0 as the weight of mse, such as 0.5*mse."],
    ['0*mae', "got '0*mae', expected a number above 0"],
    ['x*mae', "got 'x*mae', expected a number above 0"],
    ['1e999*mae', 'expected a number above 0'],
    ['2*3*mae', 'expected a number above 0'],
    ['mse*2', 'expected a weight and one of'],
    ['mse + 0.5*mse', 'expected each term once: mse is there twice. Add up its weights.'],
    ['toString', 'expected a weight and one of'],
  ])('refuses %j', (text, message) => {
    for (const read of [imageLoss, imageLossText]) {
      expect(() => read(text)).toThrow(RangeError);
      expect(() => read(text)).toThrow(message);
    }
  });
});
