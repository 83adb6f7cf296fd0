import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  averagePrecision,
  bootstrapInterval,
  confusionMatrix,
  logisticRegression,
  nearestNeighbourClasses,
  perRegionOverlap,
  precisionRecallCurve,
  predictionInterval,
  rocAuc,
  rocCurve,
} from '../src/index.js';
import { expectClose } from './golden.js';

const golden = JSON.parse(readFileSync(new URL('./fixtures/scikit-learn.json', import.meta.url), 'utf8'));

describe('detectors agree with scikit-learn, where scores are tied too', () => {
  const { scores, labels, ...expected } = golden.detector;

  test('in the receiver operating characteristic and its area', () => {
    const curve = rocCurve(scores, labels);
    expectClose(curve.falsePositiveRates, expected.falsePositiveRates);
    expectClose(curve.truePositiveRates, expected.truePositiveRates);
    expectClose(curve.thresholds.subarray(1), expected.rocThresholds);
    expect(rocAuc(scores, labels)).toBeCloseTo(expected.auc, 12);
  });

  test('in precision, recall and average precision', () => {
    const curve = precisionRecallCurve(scores, labels);
    // scikit-learn leaves out thresholds below the one that finds all.
    const count = expected.cuts.length;
    expectClose(curve.thresholds.subarray(0, count), expected.cuts);
    expectClose(curve.precisions.subarray(0, count), expected.precisions);
    expectClose(curve.recalls.subarray(0, count), expected.recalls);
    expect(averagePrecision(scores, labels)).toBeCloseTo(expected.averagePrecision, 12);
  });
});

test('the overlap of regions is that of its definition, with regions by SciPy', () => {
  const { scores, masks, height, width, overlap } = golden.regions;
  expect(perRegionOverlap(scores, masks, { height, width })).toBeCloseTo(overlap, 12);
});

describe('classifiers agree with scikit-learn', () => {
  const { points, labels, rows, columns } = golden.classes;
  const held = points.slice(rows * columns);

  test.each(golden.classes.logistic as { c: number }[])('logistic regression with C = $c', (expected) => {
    const { c, ...wanted } = expected as unknown as Record<string, number & number[]>;
    const model = logisticRegression(points.slice(0, rows * columns), rows, columns, labels.slice(0, rows), {
      c: c as number,
      tolerance: 1e-5,
    });
    expect(model.converged).toBe(true);
    expect(Math.abs(model.objective / (wanted.objective as number) - 1)).toBeLessThan(1e-6);
    expectClose(model.coefficients, wanted.coefficients, 5e-3);
    expectClose(model.probabilities(held), wanted.probabilities, 5e-3);
    expect([...model.predict(held)]).toEqual(wanted.predicted);
  });

  test('k-nearest neighbours', () => {
    for (const k of [1, 5, 10]) {
      const found = nearestNeighbourClasses(
        points.slice(0, rows * columns),
        rows,
        columns,
        labels.slice(0, rows),
        held,
        k,
      );
      expect([...found]).toEqual(golden.classes[`neighbours${k}`]);
    }
  });

  test('the confusion matrix', () => {
    const { predicted } = golden.classes.logistic[1];
    expect([...confusionMatrix(labels.slice(rows), predicted, 3)]).toEqual(golden.classes.confusion);
  });
});

describe('intervals agree with SciPy', () => {
  test.each(golden.intervals as { values: number[]; level: number; half: number; mean: number }[])(
    'prediction of one more value of $values.length at $level',
    ({ values, level, half, mean }) => {
      const { estimate, lower, upper } = predictionInterval(values, level);
      expectClose([estimate, lower, upper], [mean, mean - half, mean + half], 1e-9);
    },
  );

  test('bootstrap of a mean, as far as two draws of samples agree', () => {
    const { values, lower, upper } = golden.bootstrap;
    const found = bootstrapInterval(values, { resamples: 20_000, seed: 3 });
    const tolerance = 0.03 * (upper - lower);
    expect(Math.abs(found.lower - lower)).toBeLessThan(tolerance);
    expect(Math.abs(found.upper - upper)).toBeLessThan(tolerance);
  });
});
