import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressLine } from './progress.js';

const PROGRESS = {
  name: 'CDAE',
  epoch: 3,
  epochs: 20,
  images: 12_000,
  imagesInEpoch: 48_000,
  loss: 0.01234,
  imagesPerSecond: 1500,
  secondsLeft: 600,
};

describe('progressLine', () => {
  test('is shorter than any terminal is wide, and full on a usual one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (columns) => {
        expect(progressLine(PROGRESS, columns).length).toBeLessThan(columns);
      }),
    );
    expect(progressLine(PROGRESS, 80)).toContain('loss 0.01234  1,500 images/s  ETA 10:00');
  });

  test('fills its bar by the part that is done', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 48_000 }), (images) => {
        const bar = /[█░]+/.exec(progressLine({ ...PROGRESS, images }, 100))![0];
        const filled = bar.replaceAll('░', '').length / bar.length;
        expect(Math.abs(filled - images / 48_000)).toBeLessThanOrEqual(0.5 / bar.length + 1e-9);
      }),
    );
  });
});
