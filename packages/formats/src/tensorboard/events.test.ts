import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventValue, encodeEvent, eventFileStart } from './events.js';
import { eventHistogram } from './histogram.js';

/** What TensorBoard's own writer has written; `event-files.py` beside it made it. */
const golden = JSON.parse(readFileSync(new URL('../../test/fixtures/event-files.json', import.meta.url), 'utf8'));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const event = (step: number, ...values: EventValue[]) => hex(encodeEvent({ wallTime: 1700000000.25, step, values }));

describe('event files have the bytes that TensorBoard writes', () => {
  test('at their beginning', () => {
    expect(hex(eventFileStart({ wallTime: 1.5, step: 7 }))).toBe(golden.start);
  });

  test('for scalars', () => {
    expect(event(1, { tag: 'epoch_loss', scalar: 0.1 }, { tag: 'é', scalar: -2 })).toBe(golden.scalars);
  });

  test('for histograms', () => {
    const histogram = eventHistogram(Float32Array.of(-1, 1, 1, 3), 2);
    expect(event(300, { tag: 'conv/kernel/histogram', histogram })).toBe(golden.histogram);
  });

  test('for pictures', () => {
    const png = Uint8Array.from({ length: 256 }, (_, at) => at);
    expect(event(2, { tag: 'pictures', image: { height: 2, width: 3, channels: 1, png } })).toBe(golden.image);
  });
});

test('a histogram counts each finite value once, between the ends of its part', () => {
  const values = fc.array(fc.float({ noDefaultInfinity: true, noNaN: true, min: -1000, max: 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (list, buckets) => {
      const { min, max, count, sum, limits, counts } = eventHistogram([...list, Number.NaN, Infinity], buckets);
      expect([min, max, count]).toEqual([Math.min(...list) + 0, Math.max(...list) + 0, list.length]);
      expect(sum).toBeCloseTo(
        list.reduce((total, value) => total + value, 0),
        6,
      );
      expect(counts.reduce((total, value) => total + value, 0)).toBe(list.length);
      expect(limits.at(-1)).toBe(max);
      expect(limits).toEqual([...limits].sort((a, b) => a - b));
      // Rounding of the ends may put a value that is one into the part beside it.
      const tolerance = (max - min) * 1e-9;
      for (const [at, limit] of limits.entries()) {
        const below = counts.slice(0, at + 1).reduce((total, value) => total + value, 0);
        expect(below).toBeLessThanOrEqual(list.filter((value) => value <= limit + tolerance).length);
        expect(below).toBeGreaterThanOrEqual(list.filter((value) => value < limit - tolerance).length);
      }
    }),
  );
});

test('a histogram of nothing is empty, and one of the same values has one part', () => {
  expect(eventHistogram([Number.NaN])).toMatchObject({ count: 0, counts: [0] });
  expect(eventHistogram([2, 2])).toMatchObject({ min: 2, max: 2, limits: [2], counts: [2], sumOfSquares: 8 });
});
