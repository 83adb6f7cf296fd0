import { readFileSync } from 'node:fs';
import { grad, mean, reshape, sigmoid, tensor, zeros } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Activation,
  binaryCrossentropy,
  binaryCrossentropyWith,
  categoricalCrossentropy,
  categoricalCrossentropyWith,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
  sparseCategoricalCrossentropyWith,
} from '../index.js';

const f = Math.fround;
const clipped = (p: number) => Math.min(Math.max(p, f(1e-7)), f(1 - 1e-7));
/** Loss and its derivative in the prediction, for one element. */
const formulas: [string, Loss, (p: number, t: number) => number, (p: number, t: number) => number][] = [
  ['meanSquaredError', meanSquaredError, (p, t) => (p - t) ** 2, (p, t) => 2 * (p - t)],
  ['meanAbsoluteError', meanAbsoluteError, (p, t) => Math.abs(p - t), (p, t) => Math.sign(p - t)],
  [
    'binaryCrossentropy',
    binaryCrossentropy,
    (p, t) => -(t * Math.log(clipped(p)) + (1 - t) * Math.log(f(1 - clipped(p)))),
    (p, t) => (clipped(p) === p ? (1 - t) / (1 - p) - t / p : 0),
  ],
];
const probability = fc.oneof(fc.float({ min: f(0.001), max: f(0.999), noNaN: true }), fc.constantFrom(0, 1, 0.5));
const pairs = fc
  .array(fc.tuple(probability, probability), { minLength: 2, maxLength: 24 })
  .map((p) => p.slice(0, p.length & ~1));

describe.each(formulas)('%s', (_name, loss, value, derivative) => {
  test('is the mean of its formula over the elements of each example', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const shape = [2, list.length / 2];
        const prediction = tensor(list.map(([p]) => p)).toArray();
        const target = tensor(list.map(([, t]) => t)).toArray();
        const got = loss(tensor(prediction, shape), tensor(target, shape));
        expect(got.shape).toEqual([2]);
        got.toArray().forEach((loss, row) => {
          const parts = [...prediction.keys()].slice(row * shape[1], (row + 1) * shape[1]);
          const expected = parts.reduce((total, i) => total + value(prediction[i], target[i]), 0) / shape[1];
          expect(Math.abs(loss - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + 1e-7);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('has the gradient of its formula', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const prediction = tensor(list.map(([p]) => p));
        const target = tensor(list.map(([, t]) => t));
        const [gradient] = grad(mean(loss(prediction, target)), [prediction]);
        const got = gradient.toArray();
        list.forEach((_, i) => {
          const expected = derivative(prediction.toArray()[i], target.toArray()[i]) / list.length;
          expect(Math.abs(got[i] - expected)).toBeLessThanOrEqual(1e-4 * Math.abs(expected) + 1e-6);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('refuses shapes that differ, also if they broadcast', () => {
    expect(() => loss(zeros([2, 3]), zeros([1, 3]))).toThrow('the prediction is [2,3] but the target [1,3]');
  });
});

test('a single number has no batch', () => {
  expect(() => meanSquaredError(tensor(1), tensor(2))).toThrow('the prediction is a single number without a batch');
});

test('binary cross-entropy is finite for predictions that are certain and wrong', () => {
  const [first, second] = binaryCrossentropy(tensor([1, 0]), tensor([0, 1])).toArray();
  for (const loss of [first, second]) {
    expect(loss).toBeGreaterThan(15);
    expect(loss).toBeLessThan(17);
  }
});

const activated = (activation: 'sigmoid' | 'softmax', x: ReturnType<typeof tensor>) =>
  new Activation({ activation }).call(x);

describe('of the result of a sigmoid or softmax, a loss looks at what went into it', () => {
  test('binary cross-entropy has the gradient sigmoid(z) - t everywhere, also through a reshape', () => {
    const values = [20, -20, 100, 0, 0, 1.5, -200];
    const targets = [0, 1, 0, 0, 1, 0.25, 1];
    const z = tensor(values);
    for (const prediction of [sigmoid(z), reshape(reshape(sigmoid(z), [7, 1]), [7])]) {
      const losses = binaryCrossentropy(prediction, tensor(targets));
      const [gradient] = grad(mean(losses), [z]);
      values.forEach((value, i) => {
        expect(7 * gradient.toArray()[i]).toBeCloseTo(1 / (1 + Math.exp(-value)) - targets[i], 6);
      });
      expect(losses.toArray()[2]).toBeCloseTo(100, 4);
      expect(losses.toArray()[6]).toBeCloseTo(200, 4);
    }
  });

  test('categorical cross-entropies have the gradient softmax(z) - one-hot', () => {
    const z = tensor([
      [200, 0, -200],
      [1, 2, 3],
    ]);
    const expected = [
      1,
      0,
      -1,
      ...[1, 2, 3].map((x, i) => Math.exp(x) / (Math.E + Math.E ** 2 + Math.E ** 3) - Number(i === 1)),
    ];
    const hot = tensor([
      [0, 0, 1],
      [0, 1, 0],
    ]);
    const losses = [
      sparseCategoricalCrossentropy(activated('softmax', z), tensor([2, 1])),
      sparseCategoricalCrossentropy(activated('softmax', z), tensor([[2], [1]])),
      categoricalCrossentropy(activated('softmax', z), hot),
      sparseCategoricalCrossentropyWith({ fromLogits: true })(z, tensor([2, 1])),
      categoricalCrossentropyWith({ fromLogits: true })(z, hot),
    ];
    for (const loss of losses) {
      expect(loss.toArray()[0]).toBeCloseTo(400, 3);
      const [gradient] = grad(mean(loss), [z]);
      gradient.toArray().forEach((value, i) => {
        expect(2 * value).toBeCloseTo(expected[i], 5);
      });
    }
  });
});

describe('agrees with Keras', () => {
  const fixture = new URL('../../test/fixtures/keras-layers.json', import.meta.url);
  const golden = JSON.parse(readFileSync(fixture, 'utf8'));
  const matrix = (name: string) => tensor(golden[name], [4, 3]);
  const [logits, targets, probabilities, binary] = ['logits', 'targets', 'probabilities', 'binary'].map(matrix);
  const labels = tensor(golden.labels);
  const hot = tensor(golden.labels.map((label: number) => [0, 1, 2].map((which) => Number(which === label))));
  const fromLogits = { fromLogits: true };
  test.each([
    ['sparseFromLogits', sparseCategoricalCrossentropyWith(fromLogits)(logits, labels)],
    ['sparse', sparseCategoricalCrossentropy(probabilities, labels)],
    ['categorical', categoricalCrossentropy(probabilities, hot)],
    ['binaryFromLogits', binaryCrossentropyWith(fromLogits)(logits, targets)],
    ['binary', binaryCrossentropy(binary, targets)],
    ['meanSquaredError', meanSquaredError(logits, targets)],
    ['meanAbsoluteError', meanAbsoluteError(logits, targets)],
  ])('%s', (name, loss) => {
    expect(loss.shape).toEqual([4]);
    loss.toArray().forEach((value, i) => {
      expect(Math.abs(value - golden.losses[name][i])).toBeLessThan(2e-6 * (1 + Math.abs(value)));
    });
  });
});

describe('labels', () => {
  test('are refused in other shapes', () => {
    expect(() => sparseCategoricalCrossentropy(zeros([2, 3]), zeros([2, 3]))).toThrow(
      'sparseCategoricalCrossentropy: the prediction is [2,3] but the target [2,3]. The prediction must be',
    );
    expect(() => sparseCategoricalCrossentropy(zeros([2]), zeros([2]))).toThrow('[batch, ..., classes]');
  });

  test('that are no class give NaN, not a small loss', () => {
    const losses = sparseCategoricalCrossentropy(
      tensor([
        [0.5, 0.5],
        [1, 0],
        [1, 0],
      ]),
      tensor([2, 0, -1]),
    ).toArray();
    expect([...losses].map(Number.isNaN)).toEqual([true, false, true]);
  });

  test('of several places in an example are averaged', () => {
    const prediction = tensor([
      [
        [0.5, 0.5],
        [0.25, 0.75],
      ],
    ]);
    const [loss] = sparseCategoricalCrossentropy(prediction, tensor([[0, 1]])).toArray();
    expect(loss).toBeCloseTo((Math.log(2) - Math.log(0.75)) / 2, 6);
  });

  test('options are checked', () => {
    expect(() => binaryCrossentropyWith({ logits: true } as never)).toThrow("there is no option 'logits'");
    expect(() => sparseCategoricalCrossentropyWith({ fromLogits: 1 as never })).toThrow('fromLogits is 1');
  });
});
