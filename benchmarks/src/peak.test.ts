import { expect, it } from 'vitest';
import { availableNumerics } from './numerics.js';
import { peakProbe } from './peak.js';

it.each(availableNumerics())('the %s probe adds up a product for every step, row and column', (numerics) => {
  expect(peakProbe(3, 4, numerics)(10)).toBe(3 * 4 * 10);
  expect(peakProbe(2, 6, numerics)(1)).toBe(12);
});
