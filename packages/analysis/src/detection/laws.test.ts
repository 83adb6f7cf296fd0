import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averagePrecision,
  bestF1,
  detectionAt,
  perRegionOverlap,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
} from '../index.js';

/** Scores with ties, and labels of both kinds. */
const examples = fc
  .array(fc.record({ score: fc.integer({ min: -4, max: 4 }), label: fc.constantFrom(0, 1) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((list) => new Set(list.map(({ label }) => label)).size === 2)
  .map((list) => ({ scores: list.map(({ score }) => score), labels: list.map(({ label }) => label) }));

describe('scores of detectors', () => {
  test('the area is the share of pairs in the right order, where ties count half', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        let [right, pairs] = [0, 0];
        for (let i = 0; i < scores.length; i++) {
          for (let j = 0; j < scores.length; j++) {
            if (labels[i] !== 1 || labels[j] !== 0) continue;
            pairs++;
            right += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
          }
        }
        expect(rocAuc(scores, labels)).toBeCloseTo(right / pairs, 12);
      }),
    );
  });

  test('the area under the drawn curve is the area', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const { falsePositiveRates: x, truePositiveRates: y } = rocCurve(scores, labels);
        let area = 0;
        for (let at = 1; at < x.length; at++) area += ((x[at] - x[at - 1]) * (y[at] + y[at - 1])) / 2;
        expect(area).toBeCloseTo(rocAuc(scores, labels), 12);
        expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
      }),
    );
  });

  test('no order of examples and no rising function of scores changes anything but thresholds', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const turned = { scores: scores.map((score) => score ** 3 / 7 + 5).reverse(), labels: [...labels].reverse() };
        expect(rocAuc(turned.scores, turned.labels)).toBe(rocAuc(scores, labels));
        expect(averagePrecision(turned.scores, turned.labels)).toBe(averagePrecision(scores, labels));
        expect(bestF1(turned.scores, turned.labels).f1).toBe(bestF1(scores, labels).f1);
      }),
    );
  });

  test('scores turned around have the rest of the area', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const turned = scores.map((score) => -score);
        expect(rocAuc(scores, labels) + rocAuc(turned, labels)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('each threshold gives what counting gives, and none a better F1 than the best', () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: -5, max: 5 }), ({ scores, labels }, threshold) => {
        const called = scores.map((score) => score >= threshold);
        const hits = labels.filter((label, at) => label === 1 && called[at]).length;
        const all = called.filter(Boolean).length;
        const found = detectionAt(scores, labels, threshold);
        const positives = labels.filter((label) => label === 1).length;
        expect(found.precision).toBeCloseTo(all === 0 ? 0 : hits / all, 12);
        expect(found.recall).toBeCloseTo(hits / positives, 12);
        expect(found.f1).toBeCloseTo((2 * hits) / (all + positives), 12);
        const best = bestF1(scores, labels);
        expect(best.f1).toBeGreaterThanOrEqual(found.f1);
        expect(detectionAt(scores, labels, best.threshold)).toEqual(best);
      }),
    );
  });

  test('recall rises to 1 as the threshold falls', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const { recalls, thresholds } = precisionRecallCurve(scores, labels);
        for (let at = 1; at < recalls.length; at++) {
          expect(recalls[at]).toBeGreaterThanOrEqual(recalls[at - 1]);
          expect(thresholds[at]).toBeLessThan(thresholds[at - 1]);
        }
        expect(recalls.at(-1)).toBe(1);
      }),
    );
  });

  test('what cannot be scored is refused', () => {
    expect(() => rocAuc([1, 2], [1, 1])).toThrow('rocAuc: all 2 labels are 1, expected some of 1 and some of 0');
    expect(() => rocAuc([1, 2], [1, 2])).toThrow('rocAuc: label 1 is 2, expected 1 for positive or 0 for negative.');
    expect(() => rocAuc([1, 2], [1])).toThrow('rocAuc: got 1 labels for 2 scores. Give one for each.');
    expect(() => bestF1([1, Number.NaN], [1, 0])).toThrow('value 1 of 2 is NaN');
    expect(() => detectionAt([1, 2], [1, 0], Number.NaN)).toThrow('the threshold is NaN, expected a number.');
  });
});

describe('overlap of regions', () => {
  const maps = fc
    .record({
      count: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 6 }),
    })
    .chain(({ count, height, width }) => {
      const length = count * height * width;
      const pixels = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: length, maxLength: length });
      return fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        scores: pixels(fc.integer({ min: 0, max: 5 })),
        masks: pixels(fc.constantFrom(0, 0, 1)),
      });
    })
    .filter(({ masks }) => new Set(masks).size === 2);

  test('lies between 0 and 1, and is 1 for the masks themselves', () => {
    fc.assert(
      fc.property(maps, ({ scores, masks, height, width }) => {
        const overlap = perRegionOverlap(scores, masks, { height, width });
        expect(overlap >= 0 && overlap <= 1 + 1e-12).toBe(true);
        expect(perRegionOverlap(masks, masks, { height, width })).toBeCloseTo(1, 12);
      }),
    );
  });

  test('with one region and no limit it is the area under the receiver operating characteristic of pixels', () => {
    const oneRegion = maps.map(({ height, width, scores }) => ({
      ...{ height, width, scores },
      masks: scores.map((_, at) => (at < Math.ceil(width / 2) ? 1 : 0)),
    }));
    fc.assert(
      fc.property(oneRegion, ({ scores, masks, height, width }) => {
        fc.pre(new Set(masks).size === 2);
        expect(perRegionOverlap(scores, masks, { height, width, limit: 1 })).toBeCloseTo(rocAuc(scores, masks), 12);
      }),
    );
  });

  test('a small defect counts as much as a large one', () => {
    // Two regions, apart: one of six pixels that is found, one of one pixel that is not.
    const masks = [1, 1, 1, 0, 0, 1, 1, 1, 0, 1];
    const scores = [1, 1, 1, 0, 0, 1, 1, 1, 0, 0];
    const overlap = perRegionOverlap(scores, masks, { height: 2, width: 5, limit: 0.3 });
    expect(overlap).toBeGreaterThan(0.49);
    expect(overlap).toBeLessThan(0.76);
  });

  test('regions that touch at a corner are one', () => {
    const masks = [1, 0, 0, 1];
    const scores = [1, 0, 0, 0];
    const both = perRegionOverlap(scores, masks, { height: 2, width: 2, limit: 1 });
    expect(both).toBeCloseTo((0.5 + 1) / 2, 12);
  });

  test('what has no region or no faultless pixel is refused', () => {
    const shape = { height: 1, width: 2 };
    expect(() => perRegionOverlap([1, 2], [0, 0], shape)).toThrow('the masks have no pixel of a defect');
    expect(() => perRegionOverlap([1, 2], [1, 1], shape)).toThrow('the masks have no faultless pixel');
    expect(() => perRegionOverlap([1, 2], [1, 3], shape)).toThrow('pixel 1 of the masks is 3');
    expect(() => perRegionOverlap([1, 2, 3], [1, 0, 0], shape)).toThrow('expected a whole number of maps');
    expect(() => perRegionOverlap([1, 2], [1, 0], { ...shape, limit: 0 })).toThrow('the limit is 0');
  });
});
