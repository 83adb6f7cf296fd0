import { expect, it } from 'vitest';
import { availableNumerics } from './numerics.js';
import { peakProbe } from './peak.js';

it.each(availableNumerics())('the %s probe takes every step of every chain', (numerics) => {
  expect([...peakProbe(3, 4, numerics)(10)]).toEqual([0, 1, 2].map((start) => start + 4 * 10));
  expect([...peakProbe(28, 1, numerics)(5)]).toEqual(Array.from({ length: 28 }, (_, start) => start + 5));
});
