import { recordText } from '@weft/report';
import { expect, test } from 'vitest';
import { compareImages } from './compare-images.js';
import { testTable } from './results-table.js';

test('images that equal their targets have no error and an infinite PSNR, in the table and in JSON too', () => {
  const images = Float32Array.from({ length: 2 * 144 }, (_, index) => ((index * 37) % 10) / 10);
  const { errors: _, ...result } = compareImages(images, images.slice(), { height: 12, width: 12, channels: 1 });
  expect(result).toMatchObject({ testError: { mean: 0, max: 0 }, psnr: { mean: Infinity }, ssim: { mean: 1 } });
  expect(testTable([{ name: 'copy', result }])).toMatch(/ Infinity +1\.0000$/);
  expect(JSON.parse(recordText(result)).psnr.mean).toBe('Infinity');
});

test('images smaller than the window of SSIM are compared by the largest window that fits', () => {
  const images = Float32Array.from({ length: 2 * 8 * 5 }, (_, index) => ((index * 37) % 10) / 10);
  const size = { height: 8, width: 5, channels: 1 };
  expect(compareImages(images, images.slice(), size).ssim.mean).toBeCloseTo(1, 12);
  expect(compareImages(images, new Float32Array(images.length), size).ssim.mean).toBeLessThan(0.5);
});
