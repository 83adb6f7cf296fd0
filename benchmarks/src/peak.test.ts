import { expect, it } from 'vitest';
import { availableNumerics } from './numerics.js';
import { peakProbe } from './peak.js';

it.each(availableNumerics())('the %s probe takes every step of every chain', (numerics) => {
  expect(peakProbe(3, 4, numerics)(10)).toBe(0 + 1 + 2 + 3 * 4 * 10);
  expect(peakProbe(14, 1, numerics)(5)).toBe(91 + 14 * 5);
});
