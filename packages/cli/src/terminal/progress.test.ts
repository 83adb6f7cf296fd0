import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downloadLine, progressLine } from './progress.js';

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

describe('downloadLine', () => {
  const file = { file: 'a.gz', mirror: 'https://example.org/data/', received: 5_000_000, total: 20_000_000 };

  test('is shorter than any terminal is wide; on a usual one it has a bar, the numbers and the host', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (columns) => {
        expect(downloadLine(file, columns).length).toBeLessThan(columns);
      }),
    );
    expect(downloadLine(file, 100)).toBe(
      `Fetching a.gz  ${'█'.repeat(6)}${'░'.repeat(18)}  5,000 of 20,000 kB  example.org`,
    );
  });
});
