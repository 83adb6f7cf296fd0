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
