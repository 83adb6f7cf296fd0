import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LossCurve } from './loss-curve.js';

describe('LossCurve', () => {
  test('has each step while there are few', () => {
    const curve = new LossCurve();
    const steps = Array.from({ length: 100 }, (_, step) => [(step + 1) / 10, 1 / (step + 1)] as const);
    for (const step of steps) curve.add(...step);
    expect(curve.points).toEqual(steps);
  });

  test('has few points of many steps, in order, and keeps the mean', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (count) => {
        const curve = new LossCurve();
        for (let step = 1; step <= count; step++) curve.add(step, step);
        const { points } = curve;
        expect(points.length).toBeLessThan(240);
        expect(points.length).toBeGreaterThanOrEqual(Math.min(count, 100));
        // Points of equally many steps: each is the mean of the steps since the one before.
        const size = points[0][0];
        points.forEach(([epochs, loss], at) => {
          expect(epochs).toBe(size * (at + 1));
          expect(loss).toBeCloseTo(epochs - (size - 1) / 2, 6);
        });
        expect(count - (points.at(-1)?.[0] ?? 0)).toBeLessThan(size);
      }),
    );
  });
});
