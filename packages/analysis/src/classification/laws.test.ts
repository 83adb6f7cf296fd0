import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobs } from '../../test/samples.js';
import { confusionMatrix, logisticRegression, nearestNeighbourClasses } from '../index.js';
import { minimise } from './minimise.js';

const FAR_APART = blobs(30, [
  [0, 0],
  [9, 0],
  [0, 9],
]);

describe('logistic regression', () => {
  test('tells classes that lie apart, and gives probabilities whose sum is 1', () => {
    const { points, rows, labels } = FAR_APART;
    const model = logisticRegression(points, rows, 2, labels);
    expect([...model.predict(points)]).toEqual([...labels]);
    const probabilities = model.probabilities(points);
    for (let row = 0; row < rows; row++) {
      expect(probabilities.subarray(row * 3, row * 3 + 3).reduce((sum, value) => sum + value)).toBeCloseTo(1, 12);
    }
  });

  test('has a lower objective than any coefficients near those that it finds', () => {
    const { points, rows, labels } = blobs(20, [
      [0, 0],
      [1, 1],
    ]);
    const c = 0.7;
    const { coefficients, intercepts, objective } = logisticRegression(points, rows, 2, labels, { c, tolerance: 1e-5 });
    const objectiveOf = (weights: Float64Array, offsets: Float64Array) => {
      let loss = 0;
      for (let row = 0; row < rows; row++) {
        const logits = [0, 1].map(
          (k) => weights[2 * k] * points[2 * row] + weights[2 * k + 1] * points[2 * row + 1] + offsets[k],
        );
        loss += Math.log(Math.exp(logits[0]) + Math.exp(logits[1])) - logits[labels[row]];
      }
      return (loss + weights.reduce((sum, value) => sum + value * value, 0) / (2 * c)) / rows;
    };
    expect(objectiveOf(coefficients, intercepts)).toBeCloseTo(objective, 6);
    const change = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(change, (by) => {
        const other = objectiveOf(
          coefficients.map((value, at) => value + by[at]),
          intercepts.map((value, at) => value + by[4 + at]),
        );
        expect(other).toBeGreaterThanOrEqual(objective - 1e-6);
      }),
    );
  });

  test('says the same of points that were moved', () => {
    const { points, rows, labels } = FAR_APART;
    const moved = points.map((value, at) => value + (at % 2 === 0 ? 500 : -70));
    const [here, there] = [points, moved].map((data) => logisticRegression(data, rows, 2, labels));
    expect(there.objective).toBeCloseTo(here.objective, 4);
    expect([...there.predict(moved)]).toEqual([...here.predict(points)]);
  });

  test('refuses what cannot be fitted', () => {
    expect(() => logisticRegression([1, 2], 2, 1, [1, 1])).toThrow('all 2 labels are 1, expected two classes or more.');
    expect(() => logisticRegression([1, 2], 2, 1, [0, 0.5])).toThrow('expected a whole number from 0');
    expect(() => logisticRegression([1, 2], 2, 1, [0, 1e6])).toThrow('expected at most 10000');
    expect(() => logisticRegression([1, 2], 2, 1, [0, 1], { c: 0 })).toThrow('c is 0, expected a number above 0.');
    const model = logisticRegression([1, 2, 3, 4], 2, 2, [0, 1]);
    expect(() => model.predict([1, 2, 3])).toThrow('the points hold 3 values, expected a multiple of 2');
  });
});

describe('nearest neighbours', () => {
  test('are those of comparing all pairs, with ties too', () => {
    const sample = fc.record({
      points: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })), {
        minLength: 4,
        maxLength: 60,
      }),
      queries: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })), {
        minLength: 1,
        maxLength: 5,
      }),
      k: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(sample, ({ points, queries, k }) => {
        const labels = points.map((_, at) => (at * 7) % 3);
        const expected = queries.map(([x, y]) => {
          const near = points
            .map(([a, b], at) => ({ at, distance: (a - x) ** 2 + (b - y) ** 2 }))
            .sort((a, b) => a.distance - b.distance || a.at - b.at)
            .slice(0, k)
            .map(({ at }) => labels[at]);
          const count = (label: number) => near.filter((other) => other === label).length;
          return [0, 1, 2].sort((a, b) => count(b) - count(a) || a - b)[0];
        });
        const found = nearestNeighbourClasses(points.flat(), points.length, 2, labels, queries.flat(), k);
        expect([...found]).toEqual(expected);
      }),
    );
  });

  test('at equal distances are the earlier ones, also where products in float32 cannot tell', () => {
    const part = fc.integer({ min: -(2 ** 19), max: 2 ** 19 }).map((whole) => whole / 1024);
    const steps = fc.array(fc.tuple(part, part), { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.tuple(part, part), (away, [x, y]) => {
        // Each point has another one opposite of the query, which is as far away, and comes later.
        const points = [...away, ...away.map(([a, b]) => [-a, -b])].map(([a, b]) => [x + a, y + b]);
        const labels = points.map((_, at) => at);
        const nearest = Math.min(...away.map(([a, b]) => a * a + b * b));
        const expected = away.findIndex(([a, b]) => a * a + b * b === nearest);
        expect([...nearestNeighbourClasses(points.flat(), points.length, 2, labels, [x, y], 1)]).toEqual([expected]);
      }),
    );
  });

  test('refuse more neighbours than there are points', () => {
    expect(() => nearestNeighbourClasses([1, 2], 2, 1, [0, 1], [1], 3)).toThrow('k is 3, expected 1 to 2');
    expect(() => nearestNeighbourClasses([1, 2, 3, 4], 2, 2, [0, 1], [1])).toThrow('expected a multiple of 2');
  });
});

test('a confusion matrix has the examples of a class in its row and those taken for it in its column', () => {
  const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 50 });
  fc.assert(
    fc.property(pairs, (list) => {
      const [labels, predicted] = [0, 1].map((which) => list.map((pair) => pair[which]));
      const counts = confusionMatrix(labels, predicted, 4);
      const at = (k: number) => [0, 1, 2, 3].map((other) => [counts[k * 4 + other], counts[other * 4 + k]]);
      for (const k of [0, 1, 2, 3]) {
        const sums = at(k).reduce(([row, column], [a, b]) => [row + a, column + b], [0, 0]);
        expect(sums).toEqual([labels, predicted].map((values) => values.filter((value) => value === k).length));
      }
    }),
  );
  expect(() => confusionMatrix([0, 4], [0, 1], 4)).toThrow('in the labels, value 1 is 4');
  expect(() => confusionMatrix([0], [0, 1], 2)).toThrow('got 1 labels and 2 predicted classes');
});

test('the minimum of a badly scaled valley is found', () => {
  const valley = (point: Float64Array) => {
    const [x, y] = [point[0] - 3, point[1] + 2];
    return { value: x * x + 1000 * y * y + x * y, gradient: Float64Array.of(2 * x + y, 2000 * y + x) };
  };
  const { point, converged } = minimise(valley, new Float64Array(2), { tolerance: 1e-8, maxIterations: 100 });
  expect(converged).toBe(true);
  expect(point[0]).toBeCloseTo(3, 7);
  expect(point[1]).toBeCloseTo(-2, 7);
});
